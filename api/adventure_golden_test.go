package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"trailcat/api/wire"
)

// goldenDay is the day on which the golden cases are rated.
var goldenDay = time.Date(2025, time.November, 20, 0, 0, 0, 0, time.UTC)

var traitOf = map[string]string{
	"oi": "outdoor_interest", "nr": "novelty_response", "sr": "sound_recovery", "bc": "baseline_calm", "ad": "adaptability",
	"fm": "food_motivation", "hc": "handling_comfort", "ha": "harness_comfort", "cc": "carrier_comfort", "pb": "person_bond",
	"se": "stranger_ease", "ae": "animal_ease", "pd": "play_drive", "oe": "outdoor_experience",
}

// goldenVisits lists the observations of the golden cases in the rubric's specification:
// role, assessor, context, days ago, days in place, levels.
var goldenVisits = map[string]string{
	"GC01": "",
	"GC02": "staff s1 shelter_room 5 10 sr5",
	"GC03": "foster f1 foster_home 10 30 oi5 nr5 sr4 bc5 ad4 fm5 hc4 ha5 cc4 pb5 se4 ae3 pd5 oe5; staff s1 shelter_room 40 9 oi5 nr4 sr4 bc4 hc4 se4 fm5",
	"GC04": "staff s1 shelter_room 5 15 oi3 nr2 sr1 bc2 hc2 fm3 cc2 ad2 se1; volunteer v1 kennel 8 12 nr1 sr1 bc2 hc2 se1 fm3",
	"GC05": "staff s1 shelter_room 75 15 oi3 nr2 sr1 bc2 hc2 fm3 cc2 ad2 se1; volunteer v1 kennel 78 12 nr1 sr1 bc2 hc2 se1 fm3; foster f1 foster_home 5 56 oi4 nr4 sr3 bc4 ad3 fm4 hc4 cc4 pb5 se2",
	"GC06": "staff s1 kennel 0 0 oi1 nr1 sr1 bc1 hc1 fm1 se1",
	"GC07": "foster f1 foster_home 3 21 oi5 nr5 sr4 bc4 ad5 fm5 hc4 pd5 cc3 se4",
	"GC08": "foster f1 foster_home 20 60 oi4 nr4 sr4 bc4 ad4 fm4 hc4 cc4 pb4 se4",
	"GC09": "foster f1 foster_home 15 45 oi4 nr3 sr4 bc5 ad4 fm4 hc4 cc5 pb5 se4 pd2; previous_owner p1 history 60 - oe4 oi4",
	"GC10": "staff s1 shelter_room 5 20 oi5 nr5 sr5 bc5 hc5 fm4; volunteer v1 shelter_room 5 20 oi3 nr2 sr2 bc2 hc3 fm4",
	"GC11": "foster f1 foster_home 10 40 oi3 nr2 sr3 bc4 ad3 fm4 hc3 cc5 pb4 ha1",
	"GC12": "foster f1 foster_home 10 40 oi5 nr4 sr4 bc4 ad4 fm5 hc4 ha3 cc3 pb5 se1 ae2; staff s1 shelter_room 20 9 se1 sr4 bc3",
	"GC13": "foster f1 foster_home 410 30 oi5 nr5 sr4 bc5 ad4 fm5 hc4 ha5 cc4 pb5 se4 ae3 pd5 oe5; staff s1 shelter_room 440 9 oi5 nr4 sr4 bc4 hc4 se4 fm5",
	"GC14": "volunteer v1 shelter_room 5 20" + strings.Repeat(" sr5 nr5 bc5 oi5 hc5", 10),
	"GC15": "foster f1 foster_home 5 20 oi3 nr3 sr3 bc3 ad3 fm3 hc3 ha3 cc3 pb3 se3 ae3 pd3 oe3",
}

// goldenWant lists the scores that the specification gives each case: leash walk,
// backpack, hike, patio visit (- if not yet assessed) and overall.
var goldenWant = map[string]struct {
	scores    string
	readiness string
}{
	"GC01": {"- - - - -", "NYA NYA NYA NYA"},
	"GC02": {"- - - - -", "NYA NYA NYA NYA"},
	"GC03": {"81.9 80.2 82.3 77.5 80.8", "RN RN RN RN"},
	"GC04": {"30.4 30.2 30.4 27.1 29.9", "BCF BCF BCF BCF"},
	"GC05": {"50.6 51.7 50.8 45.2 50.2", "RWT RWT RWT BCF"},
	"GC06": {"- - - - -", "NYA NYA NYA NYA"},
	"GC07": {"77.5 73.6 76.9 74.7 75.8", "HOLD RWT HOLD HOLD"},
	"GC08": {"69.1 69.7 69.0 69.2 69.3", "HOLD RN HOLD HOLD"},
	"GC09": {"69.9 74.6 69.8 71.5 71.5", "RWT RN RWT RWT"},
	"GC10": {"65.1 64.3 64.4 - 64.6", "RWT RWT RWT NYA"},
	"GC11": {"51.2 59.9 52.8 - 54.7", "RWT RWT RWT NYA"},
	"GC12": {"67.0 65.1 66.2 57.0 64.8", "RWT RWT RWT BCF"},
	"GC13": {"70.7 70.1 70.7 69.3 70.3", "RWT RWT RWT RWT"},
	"GC14": {"80.8 79.2 79.6 - 79.8", "RWT RWT RWT NYA"},
	"GC15": {"50.0 50.0 50.0 50.0 50.0", "RWT RWT RWT RWT"},
}

var readinessWord = map[string]string{
	"NYA": "not_yet_assessed", "BCF": "build_confidence_first", "RWT": "ready_with_training", "RN": "ready_now", "HOLD": "on_hold",
}

func TestAdventurePreview_GoldenCases(t *testing.T) {
	t.Parallel()

	api, spec := newSQLiteServer(t), loadSpec(t)
	for name := range goldenVisits {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			code, body := preview(t, api, spec, goldenPreview(t, name))
			if code != http.StatusOK {
				t.Fatalf("answers %d: %s", code, body)
			}
			var got wire.AdventureRating
			if err := json.Unmarshal(body, &got); err != nil {
				t.Fatal(err)
			}
			checkGolden(t, name, got)
		})
	}
}

func checkGolden(t *testing.T, name string, got wire.AdventureRating) {
	t.Helper()
	want := goldenWant[name]
	scores, readiness := strings.Fields(want.scores), strings.Fields(want.readiness)
	for i, a := range got.Activities[1:] {
		if a.Readiness != readinessWord[readiness[i]] || tenths(a.Score) != scores[i] {
			t.Errorf("%s: %s with %s, want %s with %s", a.Activity, a.Readiness, tenths(a.Score), readinessWord[readiness[i]], scores[i])
		}
		if a.Score == nil {
			continue
		}
		sum := *a.Base
		for _, c := range a.Contributions {
			sum += c.Points
		}
		if math.Abs(sum-*a.Score) > 1e-6 {
			t.Errorf("%s: base and contributions are %v, the score %v", a.Activity, sum, *a.Score)
		}
	}
	if tenths(got.Overall) != scores[4] {
		t.Errorf("overall %s, want %s", tenths(got.Overall), scores[4])
	}
}

// The order of observations does not change the response.
func TestAdventurePreview_OrderOfObservationsDoesNotMatter(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	for _, name := range []string{"GC03", "GC05", "GC10", "GC14"} {
		in := goldenPreview(t, name)
		_, want := preview(t, api, nil, in)
		random := rand.New(rand.NewPCG(1, 2))
		for range 20 {
			random.Shuffle(len(in.Observations), func(i, j int) {
				in.Observations[i], in.Observations[j] = in.Observations[j], in.Observations[i]
			})
			if _, got := preview(t, api, nil, in); !bytes.Equal(got, want) {
				t.Fatalf("%s rates otherwise in another order", name)
			}
		}
	}
}

func tenths(x *float64) string {
	if x == nil {
		return "-"
	}
	return fmt.Sprintf("%.1f", *x)
}

// goldenPreview returns a golden case as a request body.
func goldenPreview(t *testing.T, name string) wire.AdventurePreview {
	t.Helper()
	in := wire.AdventurePreview{AsOf: new(goldenDay.Format(time.DateOnly)), Rubric: new("1.0.0"), Cat: wire.AdventureCat{BirthDate: daysAgo(156 * 7)}}
	but := map[string]wire.HealthDraft{}
	switch name {
	case "GC07":
		in.Cat.BirthDate = daysAgo(12 * 7)
		but["MED.CORE"], but["MED.RABIES"], but["ID.CHIP"] = wire.HealthDraft{Status: "fail"}, wire.HealthDraft{Status: "fail"}, wire.HealthDraft{Status: "unknown"}
	case "GC08":
		in.Cat.BirthDate, but["MED.FELV_POS"] = daysAgo(5*365), wire.HealthDraft{Status: "fail"}
	case "GC09":
		in.Cat.BirthDate, but["MED.PAIN"] = daysAgo(13*365+4), wire.HealthDraft{Status: "fail", Severity: new("moderate")}
	}
	for _, code := range rubricForTest(t).HealthCodes() {
		item := wire.HealthDraft{Status: "ok"}
		if other, ok := but[code]; ok {
			item = other
		}
		item.Code = code
		in.Health = append(in.Health, item)
	}
	for text := range strings.SplitSeq(goldenVisits[name], ";") {
		in.Observations = append(in.Observations, goldenVisit(t, strings.Fields(text))...)
	}
	return in
}

func goldenVisit(t *testing.T, words []string) []wire.ObservationDraft {
	t.Helper()
	if len(words) == 0 {
		return nil
	}
	var days *int
	if words[4] != "-" {
		days = new(number10(t, words[4]))
	}
	var out []wire.ObservationDraft
	for _, mark := range words[5:] {
		out = append(out, wire.ObservationDraft{
			Trait: traitOf[mark[:2]], Level: int(mark[2] - '0'), Assessor: wire.Assessor{ID: words[1], Role: words[0]},
			Context: words[2], ObservedOn: *daysAgo(number10(t, words[3])), DaysInPlace: days,
		})
	}
	return out
}

func number10(t *testing.T, word string) int {
	t.Helper()
	var n int
	if _, err := fmt.Sscan(word, &n); err != nil {
		t.Fatal(err)
	}
	return n
}

func daysAgo(n int) *string { return new(goldenDay.AddDate(0, 0, -n).Format(time.DateOnly)) }

// preview requests the rating of a cat that is not stored and validates the response.
func preview(t *testing.T, api http.Handler, spec *spec, body wire.AdventurePreview) (int, []byte) {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/adventure/preview", bytes.NewReader(text))
	req.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	api.ServeHTTP(rec, req)
	spec.check(t, req, rec)
	return rec.Code, rec.Body.Bytes()
}

// The worked examples of the guide equal the ratings of the API.
func TestAdventureGuide_MatchesTheAPI(t *testing.T) {
	t.Parallel()

	guide, err := os.ReadFile(filepath.Join("..", "docs", "adventure-rating.md"))
	if err != nil {
		t.Fatal(err)
	}
	rubric := rubricForTest(t)
	for _, golden := range []string{"GC04", "GC05", "GC11"} {
		for _, a := range rateGolden(t, rubric, golden).Activities[1:] {
			if a.Estimate == nil {
				continue
			}
			shown := points(a.Estimate.Score)
			if golden != "GC04" { // of the ranges in the shelter the guide shows one
				shown = points(a.Estimate.Low) + " to " + points(a.Estimate.High)
			}
			name := strings.ReplaceAll(a.Activity, "_", " ")
			if !regexp.MustCompile(`(?m)^\| ` + name + ` \|.*\b` + shown + `\b`).Match(guide) {
				t.Errorf("%s: the guide has no row of %s with %s", golden, name, shown)
			}
		}
	}
}

// What the shelter does at adoption is no hold, and a male is not asked about pregnancy.
func TestAdventurePreview_AtAdoptionAndSex(t *testing.T) {
	t.Parallel()

	api, spec := newSQLiteServer(t), loadSpec(t)
	in := wire.AdventurePreview{
		AsOf: new("2026-05-01"), Cat: wire.AdventureCat{Sex: new("male")},
		Health: []wire.HealthDraft{{Code: "ID.CHIP", Status: "at_adoption"}},
	}
	code, body := preview(t, api, spec, in)
	var got wire.AdventureRating
	if err := json.Unmarshal(body, &got); err != nil || code != http.StatusOK {
		t.Fatalf("answers %d: %s", code, body)
	}
	if walk := got.Activities[1]; walk.Readiness != "not_yet_assessed" || walk.Clearance != "unverified" {
		t.Errorf("got readiness %s and clearance %s, want not_yet_assessed and unverified", walk.Readiness, walk.Clearance)
	}
	for _, g := range got.Gates {
		if g.Code == "MED.PREGNANT" || g.Code == "ID.CHIP" && g.Status != "at_adoption" {
			t.Errorf("got gate %s with status %s", g.Code, g.Status)
		}
	}
	in.Rubric = new("1.1.0")
	if code, body := preview(t, api, spec, in); code != http.StatusUnprocessableEntity || !strings.Contains(string(body), "unknown_status") {
		t.Errorf("1.1.0 answers %d: %s; want 422 with unknown_status", code, body)
	}
	in.Rubric, in.Cat.Sex = nil, new("unicorn")
	if code, body := preview(t, api, spec, in); code != http.StatusUnprocessableEntity || !strings.Contains(string(body), "/cat/sex") {
		t.Errorf("a unicorn: answers %d: %s; want 422 for /cat/sex", code, body)
	}
}
