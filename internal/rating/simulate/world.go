package main

import (
	"fmt"
	"math"
	"math/rand/v2"

	"trailcat/internal/rating"
)

// today is the day of every rating; the marks lie before it.
const today rating.Day = 739574 // 2025-11-20

// evidence is what a row of the table says was seen of each cat.
type evidence struct {
	name      string
	assessors int
	share     float64 // of the traits, by each assessor
	day       int     // in place; negative is anywhere in the first month
	fitting   bool    // the world is as the model thinks, without any bias
}

// simulatedCat is a cat with its truth: each trait on the scale from 0 to 100.
type simulatedCat struct {
	truth []float64
	marks []rating.Observation
}

// population makes cats. Its loadings and means differ by trait, which the model
// denies; a fitting world has the model's own.
type population struct {
	rubric  *rating.Rubric
	traits  []string
	loading []float64
	mean    []float64
	random  *rand.Rand
}

const spread = 25.0 // SD of a trait between cats, in points

func newWorld(rubric *rating.Rubric, seed uint64, fitting bool) *population {
	w := &population{rubric: rubric, traits: rubric.TraitCodes(), random: rand.New(rand.NewPCG(seed, 7))}
	for range w.traits {
		loading, mean := 0.2+0.6*w.random.Float64(), 42+16*w.random.Float64()
		if fitting {
			loading, mean = math.Sqrt(0.3), 50
		}
		w.loading, w.mean = append(w.loading, loading), append(w.mean, mean)
	}
	return w
}

func (w *population) creature(e evidence) simulatedCat {
	c := simulatedCat{truth: make([]float64, len(w.traits))}
	general := w.random.NormFloat64()
	for t := range c.truth {
		l := w.loading[t]
		c.truth[t] = w.mean[t] + spread*(l*general+math.Sqrt(1-l*l)*w.random.NormFloat64())
	}
	for a := range e.assessors {
		w.visit(&c, e, fmt.Sprintf("a%d", a))
	}
	return c
}

// assessor is a kind of person, where they see cats and how noisy their eyes are:
// the less a role weighs, the noisier.
type assessor struct {
	role     string
	contexts []string
	noise    float64 // SD in points
}

var raters = []assessor{
	{"behaviorist", []string{"shelter_room"}, 16},
	{"foster", []string{"foster_home"}, 18},
	{"staff", []string{"shelter_room", "kennel"}, 22},
	{"adopter", []string{"home"}, 24},
	{"volunteer", []string{"shelter_room", "kennel"}, 30},
}

const (
	biasSD   = 8.0   // of a person
	haloSD   = 8.0   // of a day
	kennelSD = 10.0  // added by the place
	earlyBy  = -15.0 // points on the first day
	settles  = 4.0   // days in which that fades to a third
	month    = 30
)

// visit adds one assessor's marks of one day.
func (w *population) visit(c *simulatedCat, e evidence, id string) {
	who := raters[w.random.IntN(len(raters))]
	context := who.contexts[w.random.IntN(len(who.contexts))]
	day, age := e.day, w.random.IntN(150)
	if day < 0 {
		day = w.random.IntN(month)
	}
	bias := biasSD*w.random.NormFloat64() + haloSD*w.random.NormFloat64()
	noise := who.noise
	if context == "kennel" {
		noise = math.Hypot(noise, kennelSD)
	}
	early := earlyBy * math.Exp(-float64(day)/settles)
	if e.fitting {
		bias, early = 0, 0
	}
	for t, code := range w.traits {
		if w.random.Float64() >= e.share {
			continue
		}
		o := rating.Observation{
			ID: id + code, Trait: code, Level: 3, AssessorID: id,
			Role: who.role, Context: context, ObservedOn: today - rating.Day(age), DaysInPlace: &day,
		}
		if len(w.rubric.Check(rating.Cat{}, []rating.Observation{o}, nil, today)) > 0 {
			continue
		}
		if e.fitting { // the model's own idea: one full-weight mark is half reliable
			noise = spread / math.Sqrt(w.rubric.Rate(rating.Cat{}, []rating.Observation{o}, nil, today).Marks[0].Weight)
		}
		seen := c.truth[t] + bias + early + noise*w.random.NormFloat64()
		o.Level = min(max(1+int(math.Round(seen/25)), 1), 5)
		c.marks = append(c.marks, o)
	}
}
