package rating

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// outline returns the steps of a plan in one line: code, days, and ! for done.
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

func TestPlan_Steps(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	neutral := "oi3 nr3 sr3 bc3 ad3 fm3 hc3 cc3 pb3 se3 ae3 pd3 oe3"
	visits := func(levels string) []visit { return []visit{{"foster", "f1", "foster_home", 5, 20, levels}} }
	tests := map[string]struct {
		cat    Cat
		visits []visit
		want   string
	}{
		// Leash 2 to 4 weeks: 14 to 28 days in shares of 10, 45, 25 and 20 %.
		"no observations": {adult, nil, "1 2 3 4 B"},
		"neutral cat":     {adult, visits(neutral), "1:1-3 2:6-13 3:3-7 4:2-6 B:3-32"},
		// Leash 1.5 to 3 weeks: 10.5 to 21 days, less step 1.
		"harness fitted":         {adult, visits(neutral + " ha3"), "1! 2:5-11 3:2-6 4:2-5 B:3-32"},
		"indoor steps done":      {adult, visits(neutral + " ha4"), "1! 2! 3! 4:3-14 B:3-32"},
		"confidence first":       {adult, hider, "0:14-56 B:10-63 1:2-5 2:9-19 3:5-11 4:4-9"},
		"settling in a new home": {Cat{HomeSince: today - 5}, visits(neutral), "0:9-9 1:1-3 2:6-13 3:3-7 4:2-6 B:3-32"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := outline(r.Rate(tt.cat, observations(tt.visits...), allOK(r), today).Plan)
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestFirstStep(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	first := func(cat Cat, visits []visit, except ...HealthItem) string {
		return r.Rate(cat, observations(visits...), allOK(r, except...), today).Activities[1].RecommendedFirstStep.Code
	}
	tests := map[string]struct{ got, want string }{
		"hold":                  {first(adult, explorer, HealthItem{Code: "ID.CHIP", Status: HealthFail}), "settle_blockers"},
		"not yet assessed":      {first(adult, nil), "next_observations"},
		"confidence first":      {first(adult, hider), "step_0"},
		"ready now":             {first(adult, explorer), "quiet_outing"},
		"backpack first":        {first(adult, []visit{packCat}), "step_B"},
		"first unfinished step": {first(adult, disagreers), "step_1"},
		"settled in a new home": {first(Cat{HomeSince: today - 20}, disagreers), "step_1"},
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

func TestPlan_ModifiersFollowTraitsAndGates(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	got := r.Rate(Cat{Born: today - 140}, observations(hider...), allOK(r, HealthItem{Code: "MED.DEAF", Status: HealthFail}), today)
	codes := column(got.Plan.Modifiers, func(a Advice) string { return a.Code })
	if want := []string{"HANDLING", "SOUND", "STRANGERS", "ANIMALS", "KITTEN", "DEAF"}; !slices.Equal(codes, want) {
		t.Errorf("got modifiers %v, want %v", codes, want)
	}
}

func TestGear_HarnessStyleAndSize(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	style := func(cat Cat, visits []visit, except ...HealthItem) string {
		g := r.Rate(cat, observations(visits...), allOK(r, except...), today).Gear
		return fmt.Sprintf("%s %s side=%v adjustable=%v", strings.Join(g.Styles, "/"), g.Size, g.SideFastening, g.Adjustable)
	}
	tests := map[string]struct{ got, want string }{
		"default styles":                  {style(adult, nil), "vest/h_style  side=false adjustable=false"},
		"vest for a fearful cat":          {style(Cat{LongCoat: new(true)}, hider), "vest  side=true adjustable=false"},
		"vest after an escape":            {style(adult, nil, HealthItem{Code: "BEH.ESCAPE", Status: HealthFail}), "vest  side=false adjustable=false"},
		"H style for a long coat":         {style(Cat{LongCoat: new(true)}, nil), "h_style  side=false adjustable=false"},
		"adjustable H style for a kitten": {style(Cat{Born: today - 120, GirthCm: new(24.0)}, nil), "h_style XS side=false adjustable=true"},
		"28 cm is S":                      {style(Cat{GirthCm: new(28.0)}, nil), "vest/h_style S side=false adjustable=false"},
		"just below 41 cm is M":           {style(Cat{GirthCm: new(40.9)}, nil), "vest/h_style M side=false adjustable=false"},
		"50 cm is XL":                     {style(Cat{GirthCm: new(50.0)}, nil), "vest/h_style XL side=false adjustable=false"},
		"no size from weight alone":       {style(Cat{WeightKg: new(5.0)}, nil), "vest/h_style  side=false adjustable=false"},
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

func TestGear_BackpackSize(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	byWeight := r.Rate(Cat{WeightKg: new(4.5)}, nil, nil, today).Gear.Backpack
	if *byWeight.MinLoadKg != 5.4 || *byWeight.InsideCm != [3]int{33, 28, 40} {
		t.Errorf("4.5 kg: got load %v and inside %v, want 5.4 and [33 28 40]", *byWeight.MinLoadKg, *byWeight.InsideCm)
	}
	byLength := r.Rate(Cat{WeightKg: new(4.5), BodyLengthCm: new(44.0)}, nil, nil, today).Gear.Backpack
	if *byLength.MinInsideLengthCm != 54 || byLength.InsideCm != nil {
		t.Errorf("44 cm: got length %v and inside %v, want 54 and nil", *byLength.MinInsideLengthCm, byLength.InsideCm)
	}
	if unknown := r.Rate(Cat{}, nil, nil, today).Gear.Backpack; unknown.MinLoadKg != nil || unknown.InsideCm != nil {
		t.Errorf("unknown weight and length: got %+v, want no size", unknown)
	}
}

func TestConditions_StricterForGates(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	normal := r.Rate(adult, nil, allOK(r), today).Conditions
	shortNosed := r.Rate(adult, nil, allOK(r, HealthItem{Code: "MED.BRACHY", Status: HealthFail}), today).Conditions
	thin := r.Rate(adult, nil, allOK(r, HealthItem{Code: "MED.BCS", Status: HealthFail, Severity: "thin"}), today).Conditions
	if normal.NoWalksFromC != 28 || shortNosed.NoWalksFromC != 24 || shortNosed.NoneBelowC != 4 || thin.NoWalksFromC != 28 {
		t.Errorf("got no walks from %d, %d and %d °C, want 28, 24 and 28", normal.NoWalksFromC, shortNosed.NoWalksFromC, thin.NoWalksFromC)
	}
}

func TestReassessOn(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	days := func(cat Cat, visits []visit) int {
		return int(r.Rate(cat, observations(visits...), nil, today).Activities[1].ReassessOn - today)
	}
	tests := map[string]struct{ got, want int }{
		"confidence first": {days(adult, hider), 14},
		"kitten":           {days(Cat{Born: today - 100}, []visit{packCat}), 30},
		"grade D":          {days(adult, []visit{{"staff", "s1", "kennel", 0, 0, "oi3 nr3 sr3 bc3 hc3 fm3 se3"}}), 30},
		"otherwise":        {days(adult, explorer), 90},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if tt.got != tt.want {
				t.Errorf("got %d days, want %d", tt.got, tt.want)
			}
		})
	}
}

func TestDay(t *testing.T) {
	t.Parallel()
	d, err := ParseDay("2025-11-20")
	if err != nil || d != today || d.String() != "2025-11-20" || DayOf(d.Time()) != d {
		t.Errorf("got %v (%d) and error %v, want %v", d, d, err, today)
	}
	if _, err := ParseDay("20.11.2025"); err == nil {
		t.Error("20.11.2025: got no error, want one")
	}
	if zero := Day(0); zero.String() != "" || DayOf(zero.Time()) != 0 {
		t.Errorf("got %q for the zero day, want an empty string", zero.String())
	}
}
