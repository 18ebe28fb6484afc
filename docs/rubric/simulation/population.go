package main

import (
	"fmt"
	"math"
	"math/rand/v2"

	"trailcat/internal/rating"
)

// today is the day of every rating; all observations are dated before it.
const today rating.Day = 739574 // 2025-11-20

// scenario says how each cat of a row is observed.
type scenario struct {
	name          string
	assessors     int
	share         float64 // share of the traits that each assessor observes
	day           int     // days in place; negative draws a day of the first month
	wellSpecified bool    // the population follows the model's assumptions, without bias
}

// simulatedCat is a cat with its true traits, each between about 0 and 100.
type simulatedCat struct {
	truth        []float64
	observations []rating.Observation
}

// population generates cats. Loadings and means differ by trait, which the model
// assumes they do not; a well-specified population uses the model's own values.
type population struct {
	rubric  *rating.Rubric
	traits  []string
	loading []float64
	mean    []float64
	random  *rand.Rand
}

const traitSD = 25.0 // standard deviation of a trait between cats, in points

func newPopulation(rubric *rating.Rubric, seed uint64, wellSpecified bool) *population {
	p := &population{rubric: rubric, traits: rubric.TraitCodes(), random: rand.New(rand.NewPCG(seed, 7))}
	for range p.traits {
		loading, mean := 0.2+0.6*p.random.Float64(), 42+16*p.random.Float64()
		if wellSpecified {
			loading, mean = math.Sqrt(0.3), 50
		}
		p.loading, p.mean = append(p.loading, loading), append(p.mean, mean)
	}
	return p
}

func (p *population) newCat(s scenario) simulatedCat {
	c := simulatedCat{truth: make([]float64, len(p.traits))}
	general := p.random.NormFloat64()
	for t := range c.truth {
		l := p.loading[t]
		c.truth[t] = p.mean[t] + traitSD*(l*general+math.Sqrt(1-l*l)*p.random.NormFloat64())
	}
	for a := range s.assessors {
		p.addVisit(&c, s, fmt.Sprintf("a%d", a))
	}
	return c
}

// assessor is a kind of assessor: the contexts in which they observe cats, and
// the noise of their observations, larger for a role of smaller weight.
type assessor struct {
	role     string
	contexts []string
	noise    float64 // standard deviation in points
}

var assessors = []assessor{
	{"behaviorist", []string{"shelter_room"}, 16},
	{"foster", []string{"foster_home"}, 18},
	{"staff", []string{"shelter_room", "kennel"}, 22},
	{"adopter", []string{"home"}, 24},
	{"volunteer", []string{"shelter_room", "kennel"}, 30},
}

// Bias and noise of observations, in points unless another unit is named.
const (
	biasSD    = 8.0   // of a person
	haloSD    = 8.0   // of a day
	kennelSD  = 10.0  // added in a kennel
	earlyBias = -15.0 // on the first day in place
	earlyDays = 4.0   // days in which earlyBias decays to 1/e
	month     = 30
)

// addVisit adds the observations of one assessor on one day.
func (p *population) addVisit(c *simulatedCat, s scenario, id string) {
	who := assessors[p.random.IntN(len(assessors))]
	context := who.contexts[p.random.IntN(len(who.contexts))]
	day, age := s.day, p.random.IntN(150)
	if day < 0 {
		day = p.random.IntN(month)
	}
	bias := biasSD*p.random.NormFloat64() + haloSD*p.random.NormFloat64()
	noise := who.noise
	if context == "kennel" {
		noise = math.Hypot(noise, kennelSD)
	}
	early := earlyBias * math.Exp(-float64(day)/earlyDays)
	if s.wellSpecified {
		bias, early = 0, 0
	}
	for t, code := range p.traits {
		if p.random.Float64() >= s.share {
			continue
		}
		o := rating.Observation{
			ID: id + code, Trait: code, Level: 3, AssessorID: id,
			Role: who.role, Context: context, ObservedOn: today - rating.Day(age), DaysInPlace: &day,
		}
		if len(p.rubric.Check(rating.Cat{}, []rating.Observation{o}, nil, today)) > 0 {
			continue
		}
		if s.wellSpecified { // the model's assumption: one observation of full weight has reliability 0.5
			noise = traitSD / math.Sqrt(p.rubric.Rate(rating.Cat{}, []rating.Observation{o}, nil, today).Observations[0].Weight)
		}
		observed := c.truth[t] + bias + early + noise*p.random.NormFloat64()
		o.Level = min(max(1+int(math.Round(observed/25)), 1), 5)
		c.observations = append(c.observations, o)
	}
}
