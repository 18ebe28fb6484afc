package rating

import "testing"

func TestObservationWeight(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	kitten := Cat{Born: today - 150}
	tests := map[string]struct {
		cat     Cat
		trait   string
		role    string
		context string
		age     int
		day     int // days in place; negative for unknown
		want    float64
	}{
		"full weight":                         {adult, "sound_recovery", "foster", "foster_home", 30, 14, 1},
		"role and context":                    {adult, "sound_recovery", "volunteer", "kennel", 0, 14, 0.42},
		"day 0 in place":                      {adult, "sound_recovery", "foster", "home", 0, 0, 0.25},
		"day 2 in place":                      {adult, "sound_recovery", "foster", "home", 0, 2, 0.5},
		"day 6 in place":                      {adult, "sound_recovery", "foster", "home", 0, 6, 0.75},
		"day 13 in place":                     {adult, "sound_recovery", "foster", "home", 0, 13, 0.9},
		"unknown days in place":               {adult, "sound_recovery", "foster", "home", 0, -1, 0.75},
		"context history ignores settling":    {adult, "sound_recovery", "previous_owner", "history", 0, -1, 0.6},
		"trait adaptability ignores settling": {adult, "adaptability", "foster", "home", 0, 0, 1},
		"31 days old":                         {adult, "sound_recovery", "foster", "home", 31, 14, 0.8},
		"91 days old":                         {adult, "sound_recovery", "foster", "home", 91, 14, 0.6},
		"181 days old":                        {adult, "sound_recovery", "foster", "home", 181, 14, 0.4},
		"366 days old":                        {adult, "sound_recovery", "foster", "home", 366, 14, 0.2},
		"kitten, 31 days old":                 {kitten, "sound_recovery", "foster", "home", 31, 14, 0.7},
		"kitten, 61 days old":                 {kitten, "sound_recovery", "foster", "home", 61, 14, 0.4},
		"kitten, 121 days old":                {kitten, "sound_recovery", "foster", "home", 121, 14, 0.2},
		"kitten on the day of observation":    {Cat{Born: today - 400}, "sound_recovery", "foster", "home", 200, 14, 0.4},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := Observation{ID: "o", Trait: tt.trait, Level: 3, AssessorID: "a", Role: tt.role, Context: tt.context, ObservedOn: today - Day(tt.age)}
			if tt.day >= 0 {
				o.DaysInPlace = new(tt.day)
			}
			got := r.Rate(tt.cat, []Observation{o}, nil, today).Observations
			if len(got) != 1 || got[0].Weight != tt.want {
				t.Errorf("got %+v, want one observation of weight %v", got, tt.want)
			}
		})
	}
}
