package rating

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// A version once published never changes: a correction is a new version.
func TestAPublishedRubricStaysAsItIs(t *testing.T) {
	t.Parallel()
	digests := map[string]string{
		"1.0.0": "sha256:88aae841b16b1cc4e188383db48e2355d25ef43f24c6b0df94d8294d41172280",
		"1.1.0": "sha256:6ed5da8b9fa68f8a48ab57851f57a42524b679a1a31bfd80e0acfc89d829fa05",
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
			t.Errorf("rubric %s is now %s, published was %s", v, r.Identity().Digest, digests[v])
		}
	}
}

// The golden cases' bytes were taken on amd64; another processor has to make
// the same ones.
func TestGoldenCasesAreTheSameBytesOnEveryMachine(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	sum := sha256.New()
	cases := goldenCases()
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		c := cases[name]
		b, err := json.Marshal(r.Rate(c.cat, observations(c.visits...), allFine(r, c.health...), today))
		if err != nil {
			t.Fatal(err)
		}
		sum.Write(b)
	}
	const want = "404f21601e20ee55865cd39ecfb9dcec4d74cd41c3eff76adfb96c30fa14cf47"
	if got := hex.EncodeToString(sum.Sum(nil)); got != want {
		t.Errorf("golden cases hash to %s, want %s", got, want)
	}
}

func TestAnUnknownVersionNamesThePublishedOnes(t *testing.T) {
	t.Parallel()
	all, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := all.Version("0.9"); err == nil || !strings.Contains(err.Error(), "1.0.0") {
		t.Errorf("got %v", err)
	}
	if v := all.Latest().Identity().Version; v != all.Versions()[len(all.Versions())-1] {
		t.Errorf("latest is %s of %v", v, all.Versions())
	}
}

func TestVersionsAreOrderedAsNumbers(t *testing.T) {
	t.Parallel()
	if compareVersions("1.9.0", "1.10.0") >= 0 || compareVersions("2.0.0", "1.10.0") <= 0 {
		t.Error("1.9.0 < 1.10.0 < 2.0.0 does not hold")
	}
}

func TestABrokenRubricIsRefused(t *testing.T) {
	t.Parallel()
	raw := rubric100(t).JSON()
	tests := map[string]struct{ old, broken, want string }{
		"levels have to rise":           {"[0, 25, 50, 75, 100]", "[0, 25, 25, 75, 100]", "level_points"},
		"weights have to sum to 100":    {`"outdoor_interest": 10`, `"outdoor_interest": 11`, "sum to 101"},
		"weights need a known trait":    {`"outdoor_interest": 10`, `"beauty": 10`, `unknown trait "beauty"`},
		"a factor is a hundredth":       {`"title": "Foster carer", "weight": 1.0`, `"title": "Foster carer", "weight": 0.333`, "not a hundredth"},
		"the mix is of the whole":       {`"mix_percent": 40`, `"mix_percent": 41`, "mix_percent"},
		"an effect is one of the five":  {`"patio_visit": "hold"`, `"patio_visit": "no"`, `effect "no"`},
		"a trait's assessors are roles": {`"assessors": ["staff"`, `"assessors": ["mayor"`, `unknown role "mayor"`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			broken := bytes.Replace(raw, []byte(tt.old), []byte(tt.broken), 1)
			if bytes.Equal(raw, broken) {
				t.Fatalf("the rubric has no %s", tt.old)
			}
			if _, err := Parse(broken); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

// A later version may bring roles; they are data.
func TestANewRoleNeedsNoCode(t *testing.T) {
	t.Parallel()
	raw := rubric100(t).JSON()
	raw = bytes.Replace(raw, []byte(`"roles": [`), []byte(`"roles": [{"code": "listing", "title": "Listing text", "weight": 0.25, "contexts": ["history"]},`), 1)
	raw = bytes.ReplaceAll(raw, []byte(`"assessors": [`), []byte(`"assessors": ["listing", `))
	r, err := Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	o := Observation{ID: "o", Trait: "play_drive", Level: 5, AssessorID: "listing", Role: "listing", Context: "history", ObservedOn: today}
	if bad := r.Check(adult, []Observation{o}, nil, today); len(bad) > 0 {
		t.Errorf("faults %v", bad)
	}
	if marks := r.Rate(adult, []Observation{o}, nil, today).Observations; len(marks) != 1 || marks[0].Weight != 0.25 {
		t.Errorf("marks %+v, want weight 0.25", marks)
	}
	if old := rubric100(t).Rate(adult, []Observation{o}, nil, today); len(old.Observations) != 0 || len(old.Ignored) != 1 {
		t.Errorf("the old rubric counts %v and ignores %v", old.Observations, old.Ignored)
	}
}

// The published form has to be complete: whoever shows it has no other source.
func TestTheFormHasAnAnchorForEveryLevel(t *testing.T) {
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
		t.Errorf("%d traits, disclaimer %q, not validated %v", len(form.Traits), form.Disclaimer, form.Validation.NotValidated)
	}
	for i, trait := range form.Traits {
		if trait.ID != fmt.Sprintf("T%02d", i+1) || trait.Task == "" || trait.Basis == "" || len(trait.Anchors) != 5 {
			t.Errorf("incomplete trait %+v", trait)
		}
		for j, a := range trait.Anchors {
			if a.Level != j+1 || a.Text == "" {
				t.Errorf("%s: anchor %+v", trait.Code, a)
			}
		}
	}
}

func TestOverallWeightsAreThePublishedMix(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	want := []int{640, 1210, 1480, 1040, 890, 740, 820, 440, 1080, 740, 270, 340, 90, 220}
	if got := r.overall.percent[:len(r.traits)]; !slices.Equal(got, want) {
		t.Errorf("overall weights %v, want %v", got, want)
	}
}

func TestImport(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	tests := map[string]struct {
		instrument string
		score      int
		trait      string
		level      int
		ok         bool
	}{
		"low valiance":               {"felineality_valiance", 7, "novelty_response", 1, true},
		"high valiance":              {"felineality_valiance", 43, "novelty_response", 5, true},
		"valiance ends at 43":        {"felineality_valiance", 44, "", 0, false},
		"no fear is level 5":         {"fear_anxiety_stress", 0, "baseline_calm", 5, true},
		"a stress score of 6 is 1":   {"cat_stress_score", 6, "baseline_calm", 1, true},
		"a stress score begins at 1": {"cat_stress_score", 0, "", 0, false},
		"others are not known":       {"horoscope", 1, "", 0, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			trait, level, ok := r.Import(tt.instrument, tt.score)
			if trait != tt.trait || level != tt.level || ok != tt.ok {
				t.Errorf("got %s %d %v, want %s %d %v", trait, level, ok, tt.trait, tt.level, tt.ok)
			}
		})
	}
}
