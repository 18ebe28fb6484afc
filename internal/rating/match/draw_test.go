package match

import (
	"time"

	"pgregory.net/rapid"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

var today = time.Date(2026, time.November, 22, 0, 0, 0, 0, time.UTC)

func maybe(t *rapid.T, what string) *bool {
	return rapid.SampledFrom([]*bool{nil, new(true), new(false)}).Draw(t, what)
}

func maybeHours(t *rapid.T, what string) *float64 {
	if rapid.Bool().Draw(t, what+"?") {
		return nil
	}
	return new(float64(rapid.IntRange(0, 48).Draw(t, what)) / 2)
}

func drawProfile(t *rapid.T) Profile {
	p := Profile{
		Home: Home{
			Type:       rapid.SampledFrom([]HomeType{"", House, Apartment}).Draw(t, "home"),
			Outdoors:   rapid.SampledFrom([]Outdoors{"", Catio, Yard, Balcony, NoOutdoors}).Draw(t, "outdoors"),
			IndoorOnly: maybe(t, "indoor only"),
		},
		Dogs: maybe(t, "dogs"), Cats: maybe(t, "cats"),
		Children:   rapid.SampledFrom([][]int{nil, {}, {3}, {9, 12}}).Draw(t, "children"),
		Experience: rapid.SampledFrom([]Experience{"", FirstTime, SomeExperience, Experienced}).Draw(t, "experience"),
		Activities: rapid.Permutation(catalog.Activities()).Draw(t, "activities")[:rapid.IntRange(0, 4).Draw(t, "n")],
		HoursAway:  maybeHours(t, "away"), HoursForCat: maybeHours(t, "for"), TrainingWeeks: maybeHours(t, "weeks"),
		Prefers: Preferences{
			AgeGroups:  rapid.SampledFrom([][]string{nil, {"kitten"}, {"young", "adult"}}).Draw(t, "ages"),
			Sex:        rapid.SampledFrom([]string{"", "female", "male"}).Draw(t, "sex"),
			TakesPairs: maybe(t, "pairs"),
		},
		RadiusKm: rapid.SampledFrom([]float64{0, 40}).Draw(t, "radius"),
	}
	if rapid.Bool().Draw(t, "max fee") {
		p.Prefers.MaxFee = catalog.Fee{Minor: new(int64(10000)), Currency: "USD"}
	}
	return p
}

func drawCandidate(t *rapid.T) Candidate {
	c := catalog.Cat{Number: int64(rapid.IntRange(1, 1e6).Draw(t, "number"))}
	c.Sex = rapid.SampledFrom([]vocab.Sex{vocab.SexFemale, vocab.SexMale, vocab.SexUnknown}).Draw(t, "cat's sex")
	c.AgeGroup = rapid.SampledFrom([]vocab.AgeGroup{"", "kitten", "young", "adult", "senior"}).Draw(t, "age")
	c.GoodWith = catalog.GoodWith{Children: maybe(t, "with children"), Dogs: maybe(t, "with dogs"), Cats: maybe(t, "with cats")}
	c.FIV, c.FeLV, c.IndoorOnly, c.SpecialNeeds = maybe(t, "fiv"), maybe(t, "felv"), maybe(t, "indoors"), maybe(t, "needs")
	if rapid.Bool().Draw(t, "fee?") {
		c.Fee = catalog.Fee{Minor: new(int64(rapid.IntRange(0, 20000).Draw(t, "fee"))), Currency: rapid.SampledFrom([]string{"USD", "CAD"}).Draw(t, "currency")}
	}
	if rapid.Bool().Draw(t, "bonded") {
		c.BondedWith = []string{"x"}
	}
	if rapid.Bool().Draw(t, "rated") {
		for _, activity := range catalog.Activities() {
			c.Rating.Activities = append(c.Rating.Activities, drawActivity(t, activity))
		}
	}
	return Candidate{Cat: c, DistanceKm: float64(rapid.IntRange(-1, 40).Draw(t, "km"))}
}

func drawActivity(t *rapid.T, activity string) catalog.ActivityRating {
	a := catalog.ActivityRating{Activity: activity, Readiness: rapid.SampledFrom(catalog.Readinesses()).Draw(t, activity)}
	if a.Readiness != catalog.ReadinessNotAssessed && (a.Readiness != catalog.ReadinessOnHold || rapid.Bool().Draw(t, "scored")) {
		low := rapid.Float64Range(0, 80).Draw(t, "low")
		a.Low, a.Score = &low, new(low+10)
	}
	return a
}

func drawCandidates(t *rapid.T) []Candidate {
	return rapid.SliceOfNDistinct(rapid.Custom(drawCandidate), 1, 12, func(c Candidate) int64 { return c.Cat.Number }).Draw(t, "cats")
}
