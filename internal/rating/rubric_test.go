package rating

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// A published version never changes; a correction is a new version.
func TestRubrics_PublishedDigestsAreUnchanged(t *testing.T) {
	t.Parallel()
	digests := map[string]string{
		"1.0.0": "sha256:88aae841b16b1cc4e188383db48e2355d25ef43f24c6b0df94d8294d41172280",
		"1.1.0": "sha256:6ed5da8b9fa68f8a48ab57851f57a42524b679a1a31bfd80e0acfc89d829fa05",
		"1.2.0": "sha256:c36e6719ee0bdcf45895c7a6c2cd50053af9a8cc5626ff2561052825e1d93eeb",
	}
	all, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range all.Versions() {
		r, err := all.Version(v)
		if err != nil {
			t.Fatal(err)
		}
		if r.Identity().Digest != digests[v] {
			t.Errorf("rubric %s: got digest %s, want %s", v, r.Identity().Digest, digests[v])
		}
	}
}

// The hash was computed on amd64; ratings on other processors must be identical.
func TestGoldenCases_SameBytesOnEveryMachine(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	sum := sha256.New()
	cases := goldenCases()
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		c := cases[name]
		b, err := json.Marshal(r.Rate(c.cat, observations(c.visits...), allOK(r, c.health...), today))
		if err != nil {
			t.Fatal(err)
		}
		sum.Write(b)
	}
	const want = "404f21601e20ee55865cd39ecfb9dcec4d74cd41c3eff76adfb96c30fa14cf47"
	if got := hex.EncodeToString(sum.Sum(nil)); got != want {
		t.Errorf("got hash %s, want %s", got, want)
	}
}

// The hashes were computed before rubric 1.2.0: a later rubric does not change what an
// older one gives, to the byte.
func TestRubrics_OlderVersionsRateAsEver(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{
		"1.0.0": "0558d971038c8551f4716767ebddb7c76f4b0a86c21cbda63c83b1bcde3a8e02",
		"1.1.0": "b388023bbfb89e4635708898e8972b1724eb94e6c0e91d477fe21453713bb36d",
	} {
		r, sum := publishedRubrics(t)[version], sha256.New()
		for seed := range uint64(500) {
			s := irregularSample(r, rand.New(rand.NewPCG(seed, 7)))
			for _, result := range []any{r.Rate(s.cat, s.observations, s.health, s.asOf), r.RateSummary(s.cat, s.observations, s.health, s.asOf)} {
				b, err := json.Marshal(result)
				if err != nil {
					t.Fatal(err)
				}
				sum.Write(b)
			}
		}
		if got := hex.EncodeToString(sum.Sum(nil)); got != want {
			t.Errorf("%s: got hash %s, want %s", version, got, want)
		}
	}
}

// irregularSample returns a cat with observations of which some do not count, and with
// failed, expired, reported and missing health items.
func irregularSample(r *Rubric, random *rand.Rand) sample {
	s := sample{asOf: today}
	if random.IntN(8) > 0 {
		s.cat.Born = today - Day((1+random.IntN(6000))>>random.IntN(6))
	}
	if random.IntN(3) == 0 {
		s.cat.HomeSince = today - Day(random.IntN(60))
	}
	bold, assessors := random.IntN(5), 1+random.IntN(4)
	for i := range random.IntN(40) {
		s.observations = append(s.observations, randomObservation(r, random, i, bold, assessors))
	}
	statuses := []HealthStatus{HealthOK, HealthOK, HealthOK, HealthFail, HealthUnknown, HealthNotApplicable}
	for _, code := range r.HealthCodes() {
		item := HealthItem{Code: code, Status: statuses[random.IntN(len(statuses))], Reported: random.IntN(4) == 0}
		if names := r.Severities(code); len(names) > 0 && random.IntN(2) == 0 {
			item.Severity = names[random.IntN(len(names))]
		}
		if random.IntN(2) == 0 {
			item.HappenedOn = today - Day(random.IntN(400))
		}
		if random.IntN(4) == 0 {
			item.ValidUntil = today - 30 + Day(random.IntN(60))
		}
		if random.IntN(4) > 0 {
			s.health = append(s.health, item)
		}
	}
	return s
}

func TestRubrics_UnknownVersionListsPublishedOnes(t *testing.T) {
	t.Parallel()
	all, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := all.Version("0.9"); err == nil || !strings.Contains(err.Error(), "1.0.0") {
		t.Errorf("got error %v, want one that lists 1.0.0", err)
	}
	if v := all.Latest().Identity().Version; v != all.Versions()[len(all.Versions())-1] {
		t.Errorf("got latest %s, want the last of %v", v, all.Versions())
	}
}

func TestCompareVersions(t *testing.T) {
	t.Parallel()
	if compareVersions("1.9.0", "1.10.0") >= 0 || compareVersions("2.0.0", "1.10.0") <= 0 {
		t.Error("want 1.9.0 < 1.10.0 < 2.0.0")
	}
}

func TestParse_RejectsInconsistentRubric(t *testing.T) {
	t.Parallel()
	raw := rubric100(t).JSON()
	tests := map[string]struct{ old, broken, want string }{
		"level points not ascending":  {"[0, 25, 50, 75, 100]", "[0, 25, 25, 75, 100]", "level_points"},
		"weights do not sum to 100":   {`"outdoor_interest": 10`, `"outdoor_interest": 11`, "got sum 101"},
		"weight of an unknown trait":  {`"outdoor_interest": 10`, `"beauty": 10`, `unknown trait "beauty"`},
		"factor is not a hundredth":   {`"title": "Foster carer", "weight": 1.0`, `"title": "Foster carer", "weight": 0.333`, "not a hundredth"},
		"mix does not sum to 100":     {`"mix_percent": 40`, `"mix_percent": 41`, "mix_percent"},
		"unknown effect":              {`"patio_visit": "hold"`, `"patio_visit": "no"`, `effect "no"`},
		"unknown role of an assessor": {`"assessors": ["staff"`, `"assessors": ["mayor"`, `unknown role "mayor"`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			broken := bytes.Replace(raw, []byte(tt.old), []byte(tt.broken), 1)
			if bytes.Equal(raw, broken) {
				t.Fatalf("the rubric does not contain %s", tt.old)
			}
			if _, err := Parse(broken); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want %s", err, tt.want)
			}
		})
	}
}

// A later version may add roles: they are data.
func TestParse_NewRoleNeedsNoCode(t *testing.T) {
	t.Parallel()
	raw := rubric100(t).JSON()
	raw = bytes.Replace(raw, []byte(`"roles": [`), []byte(`"roles": [{"code": "listing", "title": "Listing text", "weight": 0.25, "contexts": ["history"]},`), 1)
	raw = bytes.ReplaceAll(raw, []byte(`"assessors": [`), []byte(`"assessors": ["listing", `))
	r, err := Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	o := Observation{ID: "o", Trait: "play_drive", Level: 5, AssessorID: "listing", Role: "listing", Context: "history", ObservedOn: today}
	if errs := r.Check(adult, []Observation{o}, nil, today); len(errs) > 0 {
		t.Errorf("got errors %v, want none", errs)
	}
	if counted := r.Rate(adult, []Observation{o}, nil, today).Observations; len(counted) != 1 || counted[0].Weight != 0.25 {
		t.Errorf("got %+v, want one observation of weight 0.25", counted)
	}
	if old := rubric100(t).Rate(adult, []Observation{o}, nil, today); len(old.Observations) != 0 || len(old.Ignored) != 1 {
		t.Errorf("old rubric: got counted %v and ignored %v, want the observation ignored", old.Observations, old.Ignored)
	}
}

// The published form must be complete: clients have no other source.
func TestRubric_FormHasAnchorForEveryLevel(t *testing.T) {
	t.Parallel()
	var form struct {
		Disclaimer string
		Validation struct {
			NotValidated []string `json:"not_validated"`
		}
		Traits []struct {
			ID, Code, Title, Task, Basis string
			Anchors                      []struct {
				Level int
				Text  string
			}
		}
	}
	if err := json.Unmarshal(rubric100(t).JSON(), &form); err != nil {
		t.Fatal(err)
	}
	if len(form.Traits) != 14 || form.Disclaimer == "" || len(form.Validation.NotValidated) == 0 {
		t.Errorf("got %d traits, disclaimer %q and not_validated %v, want 14 traits and both texts", len(form.Traits), form.Disclaimer, form.Validation.NotValidated)
	}
	for i, trait := range form.Traits {
		if trait.ID != fmt.Sprintf("T%02d", i+1) || trait.Task == "" || trait.Basis == "" || len(trait.Anchors) != 5 {
			t.Errorf("got incomplete trait %+v", trait)
		}
		for j, a := range trait.Anchors {
			if a.Level != j+1 || a.Text == "" {
				t.Errorf("%s: got anchor %+v, want level %d with a text", trait.Code, a, j+1)
			}
		}
	}
}

func TestRubric_OverallWeightsMatchPublishedMix(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	want := []int{640, 1210, 1480, 1040, 890, 740, 820, 440, 1080, 740, 270, 340, 90, 220}
	if got := r.overall.percent[:len(r.traits)]; !slices.Equal(got, want) {
		t.Errorf("got overall weights %v, want %v", got, want)
	}
}

func TestConvertScore(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	tests := map[string]struct {
		instrument string
		score      int
		trait      string
		level      int
		ok         bool
	}{
		"lowest valiance":      {"felineality_valiance", 7, "novelty_response", 1, true},
		"highest valiance":     {"felineality_valiance", 43, "novelty_response", 5, true},
		"valiance above 43":    {"felineality_valiance", 44, "", 0, false},
		"no fear":              {"fear_anxiety_stress", 0, "baseline_calm", 5, true},
		"stress score 6":       {"cat_stress_score", 6, "baseline_calm", 1, true},
		"stress score below 1": {"cat_stress_score", 0, "", 0, false},
		"unknown instrument":   {"horoscope", 1, "", 0, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			trait, level, ok := r.ConvertScore(tt.instrument, tt.score)
			if trait != tt.trait || level != tt.level || ok != tt.ok {
				t.Errorf("got %s %d %v, want %s %d %v", trait, level, ok, tt.trait, tt.level, tt.ok)
			}
		})
	}
}
