package hints

import (
	"slices"
	"strings"
	"testing"

	"trailcat/internal/catalog"
	"trailcat/internal/rating"
	"trailcat/internal/vocab"
)

func TestRules_MatchTheirExamples(t *testing.T) {
	t.Parallel()
	rs, err := parseRules(rulesYAML, readingsYAML)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rs.rules {
		if r.ID == ignoreRule || slices.Contains(vocab.Temperaments(), r.ID) { // TestRead_EveryTerm has examples of words
			continue
		}
		found := rs.findInText(findings{}, nil, Description, r.Example.Text, "Biscuit")
		want := Hint{Trait: r.Trait, Level: r.Level, Source: Description, Words: r.Example.Words, Rule: r.ID}
		if r.Trait != "" && !slices.ContainsFunc(found.hints, func(c candidateHint) bool { return c.hint() == want }) {
			t.Errorf("%s: example %q: got %+v, want %+v", r.ID, r.Example.Text, found.hints, want)
		}
		if reads := slices.Contains(r.kinds, readingRule); reads && !slices.ContainsFunc(found.statements, func(s statement) bool {
			return s.quote == r.Example.Words && s.affirmed != r.Unlikely
		}) {
			t.Errorf("%s: example %q: got %+v, want a statement that quotes %q", r.ID, r.Example.Text, found.statements, r.Example.Words)
		}
	}
	for _, f := range rs.fields {
		if f.Levels[f.Example] == 0 {
			t.Errorf("%s: example %q: got no level", f.ID, f.Example)
		}
	}
	t.Logf("%d rules, %d fields, %d words, %d nodes", len(rs.rules), len(rs.fields), len(rs.classes)-2, len(rs.nodes))
}

func TestRules_UseCodesOfTheRubric(t *testing.T) {
	t.Parallel()
	all, err := rating.Open()
	if err != nil {
		t.Fatal(err)
	}
	rubric := all.Latest()
	rs, err := parseRules(rulesYAML, readingsYAML)
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	check := func(role, id, trait string, levels ...int) {
		if ids[id] {
			t.Errorf("duplicate rule id %s", id)
		}
		ids[id] = true
		for _, level := range levels {
			o := rating.Observation{Trait: trait, Level: level, AssessorID: "listing", Role: role, Context: "history", ObservedOn: 700000}
			if errs := rubric.Check(rating.Cat{}, []rating.Observation{o}, nil, 700000); len(errs) > 0 {
				t.Errorf("%s: got errors %v, want none", id, errs)
			}
		}
	}
	for _, r := range rs.rules {
		if r.Trait != "" {
			check(rubric.HintRole(), r.ID, r.Trait, r.Level, max(r.Negated, 1))
		}
	}
	for _, f := range rs.fields {
		for _, level := range f.Levels {
			check(rubric.HintRole(), f.ID, f.Trait, level)
			ids[f.ID] = false
			if f.Recorded {
				check(rubric.RecordRole(), f.ID, f.Trait, level)
				ids[f.ID] = false
			}
		}
	}
	for _, flag := range FindFlags(&catalog.Facts{
		Microchipped: new(true), ShotsCurrent: new(true), Altered: new(true), FIV: new(true), FeLV: new(true), Declawed: new(true),
	}) {
		if !slices.Contains(rubric.HealthCodes(), flag.Code) {
			t.Errorf("flag %s: unknown health code %s", flag.Field, flag.Code)
		}
	}
}

func TestParseRules_RejectsInvalidRules(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ rules, want string }{
		"unknown group":       {"rules: [{id: a, patterns: ['{nobody}']}]", `unknown group "{nobody}"`},
		"unknown field":       {"fields: [{id: a, field: beauty}]", `unknown field "beauty"`},
		"unknown word class":  {"words: {verb: go}", `unknown word class "verb"`},
		"pattern too general": {"rules: [{id: a, patterns: ['" + strings.Repeat("[a|b|c] ", 13) + "']}]", "more than"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := parseRules([]byte(tt.rules)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want %s", err, tt.want)
			}
		})
	}
}
