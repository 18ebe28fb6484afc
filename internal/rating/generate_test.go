package rating

import (
	"fmt"
	"math/rand/v2"

	"pgregory.net/rapid"
)

// sketch is a random cat with random marks, all of which count.
type sketch struct {
	cat    Cat
	marks  []Observation
	health []HealthItem
	asOf   Day
}

// draw takes two numbers from rapid, how many marks and a seed, and makes the
// rest from the seed: a draw per field would spend the time on drawing.
func draw(t *rapid.T, r *Rubric, most int) sketch {
	n := rapid.IntRange(0, most).Draw(t, "marks")
	random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	s := sketch{asOf: today}
	if random.IntN(8) > 0 {
		s.cat.Born = today - Day(1+random.IntN(6000))
	}
	if random.IntN(4) == 0 {
		s.cat.HomeSince = today - Day(random.IntN(60))
	}
	bold, assessors := random.IntN(5), 1+random.IntN(4)
	for i := 0; len(s.marks) < n; i++ {
		if o := invent(r, random, i, bold, assessors); r.refuse(&o, today) == "" {
			s.marks = append(s.marks, o)
		}
	}
	doubtful := random.IntN(3) == 0
	for _, code := range r.HealthCodes() {
		item := HealthItem{Code: code, Status: HealthOK}
		if doubtful && random.IntN(8) == 0 {
			item.Status = HealthUnknown
		}
		s.health = append(s.health, item)
	}
	return s
}

// invent makes a mark near the cat's boldness, mostly fresh and often settled,
// so that every readiness comes up.
func invent(r *Rubric, random *rand.Rand, i, bold, assessors int) Observation {
	o := Observation{
		ID: fmt.Sprintf("o%d", i), Level: min(max(1+bold+random.IntN(3)-1, 1), 5),
		Trait:      r.doc.Traits[random.IntN(len(r.doc.Traits))].Code,
		AssessorID: fmt.Sprintf("a%d", random.IntN(assessors)),
		Role:       r.doc.Roles[random.IntN(len(r.doc.Roles))].Code,
		Context:    r.doc.Contexts[random.IntN(len(r.doc.Contexts))].Code,
		ObservedOn: today - Day(random.IntN(3)*random.IntN(200)),
	}
	if random.IntN(5) == 0 {
		o.Level = 1 + random.IntN(5)
	}
	if d := random.IntN(60); d > 5 {
		o.DaysInPlace = new(max(d-20, 0))
	}
	return o
}
