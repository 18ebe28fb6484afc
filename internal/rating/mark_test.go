package rating

import "testing"

func TestWhatAMarkWeighs(t *testing.T) {
	t.Parallel()
	r := rubric100(t)
	newborn := Cat{Born: today - 150}
	tests := map[string]struct {
		cat   Cat
		trait string
		role  string
		where string
		age   int
		day   int // negative is unknown
		want  float64
	}{
		"full weight":                            {adult, "sound_recovery", "foster", "foster_home", 30, 14, 1},
		"role and context":                       {adult, "sound_recovery", "volunteer", "kennel", 0, 14, 0.42},
		"the first day":                          {adult, "sound_recovery", "foster", "home", 0, 0, 0.25},
		"days one and two":                       {adult, "sound_recovery", "foster", "home", 0, 2, 0.5},
		"days three to six":                      {adult, "sound_recovery", "foster", "home", 0, 6, 0.75},
		"the second week":                        {adult, "sound_recovery", "foster", "home", 0, 13, 0.9},
		"an unknown day":                         {adult, "sound_recovery", "foster", "home", 0, -1, 0.75},
		"history has no settling":                {adult, "sound_recovery", "previous_owner", "history", 0, -1, 0.6},
		"adaptability has none":                  {adult, "adaptability", "foster", "home", 0, 0, 1},
		"31 days old":                            {adult, "sound_recovery", "foster", "home", 31, 14, 0.8},
		"91 days old":                            {adult, "sound_recovery", "foster", "home", 91, 14, 0.6},
		"181 days old":                           {adult, "sound_recovery", "foster", "home", 181, 14, 0.4},
		"366 days old":                           {adult, "sound_recovery", "foster", "home", 366, 14, 0.2},
		"a kitten's mark ages faster":            {newborn, "sound_recovery", "foster", "home", 31, 14, 0.7},
		"and faster":                             {newborn, "sound_recovery", "foster", "home", 61, 14, 0.4},
		"and fastest":                            {newborn, "sound_recovery", "foster", "home", 121, 14, 0.2},
		"the age on the day counts, not today's": {Cat{Born: today - 400}, "sound_recovery", "foster", "home", 200, 14, 0.4},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := Observation{ID: "o", Trait: tt.trait, Level: 3, AssessorID: "a", Role: tt.role, Context: tt.where, ObservedOn: today - Day(tt.age)}
			if tt.day >= 0 {
				o.DaysInPlace = new(tt.day)
			}
			got := r.Rate(tt.cat, []Observation{o}, nil, today).Observations
			if len(got) != 1 || got[0].Weight != tt.want {
				t.Errorf("marks %+v, want weight %v", got, tt.want)
			}
		})
	}
}
