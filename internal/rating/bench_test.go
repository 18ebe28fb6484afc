package rating

import "testing"

func BenchmarkRate(b *testing.B) {
	r := rubric100(b)
	for name, marks := range map[string][]Observation{
		"8 marks":  observations(visit{"staff", "s1", "shelter_room", 5, 10, "oi4 nr4 sr4 bc4 fm4 hc4 cc4 se4"}),
		"21 marks": observations(explorer...),
		"26 marks": observations(blossomed...),
	} {
		health := allFine(r)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r.Rate(adult, marks, health, today)
			}
		})
	}
}
