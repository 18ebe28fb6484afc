package hints

import (
	"slices"
	"strings"
	"testing"

	"trailcat/internal/catalog"
	"trailcat/internal/rating"
)

// Whoever changes a rule reads its example as the documentation does.
func TestEveryRuleReadsItsExample(t *testing.T) {
	t.Parallel()
	b, err := readBook(rulesText)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range b.rules[:len(b.rules)-1] { // the last is silent
		found := b.read(nil, nil, Description, r.Example.Text, "Biscuit")
		want := Hint{Trait: r.Trait, Level: r.Level, Source: Description, Words: r.Example.Words, Rule: r.ID}
		if !slices.Contains(found, candidateHint{r.place, r.Loose, want}) {
			t.Errorf("%s reads %q as %+v, want %+v", r.ID, r.Example.Text, found, want)
		}
	}
	for _, f := range b.fields {
		if f.Levels[f.Example] == 0 {
			t.Errorf("%s reads nothing from its example %q", f.ID, f.Example)
		}
	}
	t.Logf("%d rules, %d fields, %d words, %d phrases", len(b.rules), len(b.fields), len(b.parts)-2, len(b.nodes))
}

func TestRulesKeepToTheRubric(t *testing.T) {
	t.Parallel()
	all, err := rating.Open()
	if err != nil {
		t.Fatal(err)
	}
	rubric := all.Latest()
	b, err := readBook(rulesText)
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	check := func(id, trait string, levels ...int) {
		if ids[id] {
			t.Errorf("two rules are called %s", id)
		}
		ids[id] = true
		for _, level := range levels {
			o := rating.Observation{Trait: trait, Level: level, AssessorID: "listing", Role: rubric.HintRole(), Context: "history", ObservedOn: 700000}
			if bad := rubric.Check(rating.Cat{}, []rating.Observation{o}, nil, 700000); len(bad) > 0 {
				t.Errorf("%s: %v", id, bad)
			}
		}
	}
	for _, r := range b.rules[:len(b.rules)-1] {
		check(r.ID, r.Trait, r.Level, max(r.Negated, 1))
	}
	for _, f := range b.fields {
		for _, level := range f.Levels {
			check(f.ID, f.Trait, level)
			ids[f.ID] = false
		}
	}
	for _, flag := range FindFlags(&catalog.Facts{
		Microchipped: new(true), ShotsCurrent: new(true), Altered: new(true), FIV: new(true), FeLV: new(true), Declawed: new(true),
	}) {
		if !slices.Contains(rubric.HealthCodes(), flag.Code) {
			t.Errorf("flag %s speaks for %s, which the rubric lacks", flag.Field, flag.Code)
		}
	}
}

func TestABrokenRuleIsRefused(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ rules, want string }{
		"a group has to be there":   {"rules: [{id: a, says: ['{nobody}']}]", `no group "{nobody}"`},
		"a field has to be there":   {"fields: [{id: a, field: beauty}]", `no field "beauty"`},
		"grammar has to be there":   {"words: {verb: go}", `no part of grammar "verb"`},
		"a pattern stays in bounds": {"rules: [{id: a, says: ['" + strings.Repeat("[a|b|c] ", 13) + "']}]", "more than"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := readBook([]byte(tt.rules)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}
