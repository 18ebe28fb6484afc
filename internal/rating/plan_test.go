package rating

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// outline is a plan in one line: code, days, and ! for done.
func outline(p Plan) string {
	var parts []string
	for _, s := range p.Steps {
		switch {
		case s.Done:
			parts = append(parts, s.Code+"!")
		case s.Days == nil:
			parts = append(parts, s.Code)
		default:
			parts = append(parts, fmt.Sprintf("%s:%d-%d", s.Code, s.Days.Low, s.Days.High))
		}
	}
	return strings.Join(parts, " ")
}

func TestPlans(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	neutral := "oi3 nr3 sr3 bc3 ad3 fm3 hc3 cc3 pb3 se3 ae3 pd3 oe3"
	at := func(marks string) []visit { return []visit{{"foster", "f1", "foster_home", 5, 20, marks}} }
	tests := map[string]struct {
		cat    Cat
		visits []visit
		want   string
	}{
		// Leash 2 to 4 weeks: 14 to 28 days in shares of 10, 45, 25 and 20 %.
		"nobody knows how long for a cat not seen": {adult, nil, "1 2 3 4 B"},
		"a middling cat": {adult, at(neutral), "1:1-3 2:6-13 3:3-7 4:2-6 B:3-32"},
		// Leash 1.5 to 3 weeks: 10.5 to 21 days, less step 1.
		"fitting is behind":      {adult, at(neutral + " ha3"), "1! 2:5-11 3:2-6 4:2-5 B:3-32"},
		"indoor work is behind":  {adult, at(neutral + " ha4"), "1! 2! 3! 4:3-14 B:3-32"},
		"confidence comes first": {adult, hider, "0:14-56 B:10-63 1:2-5 2:9-19 3:5-11 4:4-9"},
		"a new home comes first": {Cat{HomeSince: today - 5}, at(neutral), "0:9-9 1:1-3 2:6-13 3:3-7 4:2-6 B:3-32"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := outline(r.Rate(tt.cat, observations(tt.visits...), allFine(r), today).Plan)
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestFirstSteps(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	first := func(cat Cat, visits []visit, but ...HealthItem) string {
		return r.Rate(cat, observations(visits...), allFine(r, but...), today).Activities[1].RecommendedFirstStep.Code
	}
	tests := map[string]struct{ got, want string }{
		"settle what holds":          {first(adult, explorer, HealthItem{Code: "ID.CHIP", Status: HealthFail}), "settle_blockers"},
		"look at a cat not seen":     {first(adult, nil), "next_observations"},
		"confidence is step 0":       {first(adult, hider), "step_0"},
		"a quiet outing for a pro":   {first(adult, explorer), "quiet_outing"},
		"the backpack as gateway":    {first(adult, []visit{packCat}), "step_B"},
		"the first unfinished step":  {first(adult, disagreers), "step_1"},
		"settle in a new home first": {first(Cat{HomeSince: today - 20}, disagreers), "step_1"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if tt.got != tt.want {
				t.Errorf("got %s, want %s", tt.got, tt.want)
			}
		})
	}
}

func TestModifiersFollowTraitsAndGates(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	got := r.Rate(Cat{Born: today - 140}, observations(hider...), allFine(r, HealthItem{Code: "MED.DEAF", Status: HealthFail}), today)
	codes := column(got.Plan.Modifiers, func(a Advice) string { return a.Code })
	if want := []string{"HANDLING", "SOUND", "STRANGERS", "ANIMALS", "KITTEN", "DEAF"}; !slices.Equal(codes, want) {
		t.Errorf("modifiers %v, want %v", codes, want)
	}
}

func TestGear(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	style := func(cat Cat, visits []visit, but ...HealthItem) string {
		g := r.Rate(cat, observations(visits...), allFine(r, but...), today).Gear
		return fmt.Sprintf("%s %s side=%v adjustable=%v", strings.Join(g.Styles, "/"), g.Size, g.SideFastening, g.Adjustable)
	}
	tests := map[string]struct{ got, want string }{
		"either style by default":         {style(adult, nil), "vest/h_style  side=false adjustable=false"},
		"a vest for one who hides":        {style(Cat{LongCoat: new(true)}, hider), "vest  side=true adjustable=false"},
		"a vest for one who slipped out":  {style(adult, nil, HealthItem{Code: "BEH.ESCAPE", Status: HealthFail}), "vest  side=false adjustable=false"},
		"an H for a long coat":            {style(Cat{LongCoat: new(true)}, nil), "h_style  side=false adjustable=false"},
		"an adjustable H for a kitten":    {style(Cat{Born: today - 120, GirthCm: new(24.0)}, nil), "h_style XS side=false adjustable=true"},
		"28 cm is S":                      {style(Cat{GirthCm: new(28.0)}, nil), "vest/h_style S side=false adjustable=false"},
		"just below 41 cm is M":           {style(Cat{GirthCm: new(40.9)}, nil), "vest/h_style M side=false adjustable=false"},
		"50 cm is XL":                     {style(Cat{GirthCm: new(50.0)}, nil), "vest/h_style XL side=false adjustable=false"},
		"weight alone says nothing of it": {style(Cat{WeightKg: new(5.0)}, nil), "vest/h_style  side=false adjustable=false"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if tt.got != tt.want {
				t.Errorf("got %q, want %q", tt.got, tt.want)
			}
		})
	}
}

func TestBackpackSize(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	by := r.Rate(Cat{WeightKg: new(4.5)}, nil, nil, today).Gear.Backpack
	if *by.MinLoadKg != 5.4 || *by.InsideCm != [3]int{33, 28, 40} {
		t.Errorf("4.5 kg: load %v, inside %v", *by.MinLoadKg, *by.InsideCm)
	}
	long := r.Rate(Cat{WeightKg: new(4.5), BodyLengthCm: new(44.0)}, nil, nil, today).Gear.Backpack
	if *long.MinInsideLengthCm != 54 || long.InsideCm != nil {
		t.Errorf("44 cm: length %v, inside %v", *long.MinInsideLengthCm, long.InsideCm)
	}
	if unknown := r.Rate(Cat{}, nil, nil, today).Gear.Backpack; unknown.MinLoadKg != nil || unknown.InsideCm != nil {
		t.Errorf("a size was guessed: %+v", unknown)
	}
}

func TestHeatLimitsAreStricterForWhoSuffersMore(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	usual := r.Rate(adult, nil, allFine(r), today).Conditions
	flat := r.Rate(adult, nil, allFine(r, HealthItem{Code: "MED.BRACHY", Status: HealthFail}), today).Conditions
	thin := r.Rate(adult, nil, allFine(r, HealthItem{Code: "MED.BCS", Status: HealthFail, Severity: "thin"}), today).Conditions
	if usual.NoWalksFromC != 28 || flat.NoWalksFromC != 24 || flat.NoneBelowC != 4 || thin.NoWalksFromC != 28 {
		t.Errorf("walks end at %d, %d and %d °C", usual.NoWalksFromC, flat.NoWalksFromC, thin.NoWalksFromC)
	}
}

func TestReassessOn(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	in := func(cat Cat, visits []visit) int {
		return int(r.Rate(cat, observations(visits...), nil, today).Activities[1].ReassessOn - today)
	}
	tests := map[string]struct{ got, want int }{
		"confidence first in two weeks": {in(adult, hider), 14},
		"a kitten in a month":           {in(Cat{Born: today - 100}, []visit{packCat}), 30},
		"thin evidence in a month":      {in(adult, []visit{{"staff", "s1", "kennel", 0, 0, "oi3 nr3 sr3 bc3 hc3 fm3 se3"}}), 30},
		"others in three":               {in(adult, explorer), 90},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if tt.got != tt.want {
				t.Errorf("in %d days, want %d", tt.got, tt.want)
			}
		})
	}
}

func TestDay(t *testing.T) {
	t.Parallel()
	d, err := ParseDay("2025-11-20")
	if err != nil || d != today || d.String() != "2025-11-20" || DayOf(d.Time()) != d {
		t.Errorf("got %v (%d), %v", d, d, err)
	}
	if _, err := ParseDay("20.11.2025"); err == nil {
		t.Error("another way of writing was read")
	}
	if zero := Day(0); zero.String() != "" || DayOf(zero.Time()) != 0 {
		t.Errorf("no day is %q", zero.String())
	}
}
