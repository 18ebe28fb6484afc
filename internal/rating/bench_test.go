package rating

import "testing"

func BenchmarkRate(b *testing.B) {
	r := rubric100(b)
	for name, observed := range map[string][]Observation{
		"8 observations":  observations(visit{"staff", "s1", "shelter_room", 5, 10, "oi4 nr4 sr4 bc4 fm4 hc4 cc4 se4"}),
		"21 observations": observations(explorer...),
		"26 observations": observations(laterHider...),
	} {
		health := allOK(r)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r.Rate(adult, observed, health, today)
			}
		})
	}
}

// BenchmarkRateHintsOnly rates a cat with hints only, as most cats are.
func BenchmarkRateHintsOnly(b *testing.B) {
	r := rubric110(b)
	hints := []Observation{hint("play_drive", 4), hint("stranger_ease", 2), hint("animal_ease", 4), hint("person_bond", 4)}
	health := []HealthItem{{Code: "ID.CHIP", Status: HealthOK, Reported: true}, {Code: "MED.INTACT", Status: HealthOK, Reported: true}}
	b.Run("rating", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			r.Rate(adult, hints, health, today)
		}
	})
	b.Run("summary", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			r.RateSummary(adult, hints, health, today)
		}
	})
}
