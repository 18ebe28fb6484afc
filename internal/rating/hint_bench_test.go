package rating

import "testing"

// BenchmarkRateHintsOnly rates a cat of which only its listing speaks, as most are.
func BenchmarkRateHintsOnly(b *testing.B) {
	r := rubric110(b)
	marks := []Observation{hint("play_drive", 4), hint("stranger_ease", 2), hint("animal_ease", 4), hint("person_bond", 4)}
	health := []HealthItem{{Code: "ID.CHIP", Status: HealthOK, Reported: true}, {Code: "MED.INTACT", Status: HealthOK, Reported: true}}
	b.Run("whole", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			r.Rate(adult, marks, health, today)
		}
	})
	b.Run("short", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			r.RateSummary(adult, marks, health, today)
		}
	})
}
