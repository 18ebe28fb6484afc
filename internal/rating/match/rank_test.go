package match

import (
	"slices"
	"testing"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

func rated(readiness string, score, low float64) catalog.Rating {
	return catalog.Rating{Rubric: "1.0.0", Activities: []catalog.ActivityRating{
		{Activity: "leash_walk", Score: &score, Low: &low, Readiness: readiness},
	}}
}

func TestRank_FitAndText(t *testing.T) {
	t.Parallel()

	walks := Profile{Activities: []string{"leash_walk"}}
	she := catalog.Facts{Sex: vocab.SexFemale}
	tests := map[string]struct {
		profile Profile
		cat     catalog.Cat
		fit     float64
		text    string
	}{
		"empty profile":            {Profile{}, catalog.Cat{}, 50, ""},
		"natural":                  {walks, catalog.Cat{Rating: rated("ready_now", 82, 70)}, 100, "This cat is ready for leash walks now (82 of 100, likely 70 or more)."},
		"not assessed":             {walks, catalog.Cat{Facts: she}, 50, "Nobody has assessed yet how she would take to leash walks."},
		"wide range":               {walks, catalog.Cat{Rating: rated("ready_with_training", 70, 27)}, 50, ""},
		"on hold":                  {walks, catalog.Cat{Facts: she, Rating: rated("on_hold", 82, 70)}, 40, "Leash walks are on hold until something about her health or safety is settled (82 of 100, likely 70 or more)."},
		"build confidence first":   {walks, catalog.Cat{Rating: rated("build_confidence_first", 55, 45)}, 50, ""},
		"unknown":                  {Profile{Dogs: new(true)}, catalog.Cat{Facts: she}, 50, "Nobody has said whether she lives well with dogs."},
		"kitten alone for 9 hours": {Profile{HoursAway: new(9.0)}, catalog.Cat{Facts: catalog.Facts{AgeGroup: "kitten"}}, 0, "A kitten should not be alone for more than about 4 hours a day."},
		"enough training time":     {Profile{Activities: []string{"leash_walk"}, TrainingWeeks: new(6.0)}, catalog.Cat{Rating: rated("ready_with_training", 60, 27)}, 60, "Training this cat for leash walks may take up to 6 weeks."},
		"too little training time": {Profile{Activities: []string{"leash_walk"}, TrainingWeeks: new(3.0)}, catalog.Cat{Rating: rated("ready_with_training", 60, 27)}, 45, "Training this cat for leash walks may take up to 6 weeks."},
		"fee above the limit":      {Profile{Prefers: Preferences{MaxFee: catalog.Fee{Minor: new(int64(5000)), Currency: "USD"}}}, catalog.Cat{Facts: catalog.Facts{Fee: catalog.Fee{Minor: new(int64(12500)), Currency: "USD"}}}, 0, "The adoption costs 125.00 USD, more than you wish to pay."},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			matches, _ := Rank(test.profile, []Candidate{{Cat: test.cat, DistanceKm: -1}}, today, 1)
			m := matches[0]
			reasons := slices.Concat(m.For, m.Against, m.Unknown)
			if len(reasons) == 0 {
				reasons = []Reason{{}}
			}
			if m.Fit != test.fit || len(reasons) > 1 || reasons[0].Text != test.text {
				t.Errorf("got fit %v and reasons %+v, want %v and %q", m.Fit, reasons, test.fit, test.text)
			}
		})
	}
}

func TestRank_FirstActivityWeighsMost(t *testing.T) {
	t.Parallel()

	p := Profile{Activities: []string{"backpack", "leash_walk"}}
	only := func(activity string) Candidate {
		r := rated("ready_now", 82, 70)
		r.Activities[0].Activity = activity
		return Candidate{Cat: catalog.Cat{ID: activity, Number: int64(len(activity)), Rating: r}}
	}
	matches, _ := Rank(p, []Candidate{only("leash_walk"), only("backpack")}, today, 2)
	if matches[0].Cat.ID != "backpack" || matches[0].Fit <= matches[1].Fit {
		t.Errorf("got %s with fit %v before %s with fit %v, want backpack first with a higher fit", matches[0].Cat.ID, matches[0].Fit, matches[1].Cat.ID, matches[1].Fit)
	}
}

func TestRank_EqualFitsAreOrderedByNumber(t *testing.T) {
	t.Parallel()

	matches, _ := Rank(Profile{}, []Candidate{{Cat: catalog.Cat{Number: 2}}, {Cat: catalog.Cat{Number: 1}}}, today, 2)
	if matches[0].Cat.Number != 1 {
		t.Errorf("got number %d first, want 1", matches[0].Cat.Number)
	}
}
