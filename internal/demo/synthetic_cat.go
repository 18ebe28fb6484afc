package demo

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// Cat returns the cat with the given number, from 0 to shelter.Cats-1, of a shelter.
func (s *Set) Cat(shelter *Shelter, n int) catalog.CatUpdate {
	id := externalID(n)
	facts := s.facts(shelter, n, id)
	return catalog.CatUpdate{ExternalID: id, Source: Source, Edit: func(f *catalog.Facts) { *f = facts }}
}

func externalID(n int) string {
	digits := strconv.Itoa(n + 1)
	return "A000000"[:max(1, 7-len(digits))] + digits
}

func (s *Set) facts(shelter *Shelter, n int, id string) catalog.Facts {
	r, dist := s.rng(shelter.index, n), s.distributions
	group := dist.ageGroups.pick(r)
	months := dist.months[group].pick(r)
	birth, days := s.birth(r, months)
	sex := dist.sexes.pick(r)
	breed := vocab.Breed{Primary: dist.breeds.pick(r), Secondary: dist.secondaryBreeds.pick(r), Mixed: nil, Unknown: false}
	if dist.mixed.pick(r) || breed.Secondary != "" {
		breed.Mixed = new(true)
	}
	f := catalog.Facts{ //nolint:exhaustruct_v5 // the other facts are unknown
		Name:         dist.names.pick(r),
		URL:          shelter.Profile.Website + "/cats/" + id,
		Status:       dist.statuses.pick(r),
		ListedAt:     s.listedAt(r, days),
		Birth:        birth,
		Sex:          sex,
		Altered:      new(dist.altered.pick(r)),
		Breed:        breed,
		Coat:         coat(r, breed.Primary),
		Size:         dist.sizes[group == vocab.Kitten].pick(r),
		WeightKg:     weight(r, sex, months),
		GoodWith:     catalog.GoodWith{Children: randomBool(r, knownWithChildren, 0.9), Dogs: randomBool(r, knownWithDogs, 0.75), Cats: randomBool(r, knownWithCats, 0.9)},
		HouseTrained: randomBool(r, 0.6, 0.99),
		Declawed:     randomBool(r, 0.5, 0.02),
		SpecialNeeds: randomBool(r, 0.9, 0.05),
		ShotsCurrent: randomBool(r, 0.8, 0.95),
		Microchipped: randomBool(r, 0.3, 0.9),
		FIV:          randomBool(r, 0.25, 0.03),
		FeLV:         randomBool(r, 0.25, 0.015),
		IndoorOnly:   randomBool(r, 0.15, 0.95),
		Traits:       traits(r),
		Fee:          fee(r, group),
	}
	photos := photoCount(r)
	if !chance(r, withoutColor) {
		f.Colors = dist.colors.pick(r)
	}
	f.Photos = photosOf(f.Colors, breed.Primary, photos, uint64(shelter.index+n)) //nolint:gosec // both count up from 0
	if chance(r, 0.1) {                                                           // only the age group is known
		f.Birth, f.AgeGroup = catalog.Birth{}, group
	}
	if len(shelter.fosterCodes) > 0 && chance(r, shelter.fosterShare) {
		f.FosterPostalCode = pickWord(r, shelter.fosterCodes)
	}
	if bonded := n ^ 1; n/2%50 == 0 && bonded < shelter.Cats { // both cats of a pair name each other
		f.BondedWith = []string{externalID(bonded)}
	}
	s.setStatusDates(r, &f)
	if !chance(r, withoutDescription) {
		f.Description = s.options.Describe(r, &f, shelter, s.descriptions.length(r))
	}
	return f
}

// birth returns a day of birth of a cat that is the given number of whole months
// old, and its age in days.
func (s *Set) birth(r *rand.Rand, months int) (catalog.Birth, int) {
	on := s.options.Today.AddDate(0, -months, -3-r.IntN(24))
	for catalog.MonthsBetween(on, s.options.Today) < months { // the last month is a short one
		on = on.AddDate(0, 0, -1)
	}
	precision := catalog.ToTheMonth
	switch {
	case months < 12 && chance(r, 0.5):
		precision = catalog.ToTheDay
	case months > 12 && chance(r, 0.5):
		precision = catalog.ToTheYear
	}
	return catalog.Birth{On: on, Precision: precision}, int(s.options.Today.Sub(on).Hours() / 24)
}

// listedAt returns when a cat was listed: usually some weeks ago, and not before its
// birth, which was the given number of days ago.
func (s *Set) listedAt(r *rand.Rand, days int) time.Time {
	ago := min(1+int(r.ExpFloat64()*45), max(1, days), 1500)
	return s.options.Today.AddDate(0, 0, -ago).Add(time.Duration(8*3600+r.IntN(10*3600)) * time.Second)
}

// setStatusDates sets when the status changed, and why.
func (s *Set) setStatusDates(r *rand.Rand, f *catalog.Facts) {
	f.StatusChangedAt = f.ListedAt
	if f.Status == catalog.Available {
		return
	}
	since := s.options.Today.Sub(f.ListedAt)
	f.StatusChangedAt = f.ListedAt.Add(time.Duration(r.Float64() * float64(since))).Truncate(time.Second)
	switch f.Status {
	case catalog.Adopted:
		f.AdoptedOn = f.StatusChangedAt.Truncate(24 * time.Hour)
	case catalog.OnHold:
		f.StatusReason = pickWord(r, []string{"", "medical", "behaviour", "waiting for surgery"})
	case catalog.Available, catalog.Pending, catalog.Removed:
	}
}

// tags is in the order of frequency.
var tags = []string{
	"affectionate", "playful", "gentle", "curious", "lap cat", "quiet", "friendly", "calm", "brave", "couch potato", "funny", "independent", "loves kisses",
	"smart", "athletic", "dignified", "loyal", "good with seniors", "talkative", "sweet", "bonded", "litter trained", "foster home", "shy at first",
	"enjoys brushing", "treat lover",
}

func traits(r *rand.Rand) catalog.Traits {
	var t catalog.Traits
	if chance(r, 0.35) {
		for range 1 + r.IntN(4) {
			t.Tags = append(t.Tags, pickWord(r, tags))
		}
	}
	if chance(r, 0.1) {
		t.Energy = strconv.Itoa(1 + r.IntN(5))
	}
	if chance(r, 0.02) {
		t.Leash, t.Travel = "yes", pickWord(r, []string{"yes", "", "unsure"})
	}
	return t
}

// randomBool returns nil unless the fact is known, which has probability known. A
// known fact is true with probability yes.
func randomBool(r *rand.Rand, known, yes float64) *bool {
	if !chance(r, known) {
		return nil
	}
	return new(chance(r, yes))
}

// coat returns the coat of a breed, or nothing as often as listings leave it out.
func coat(r *rand.Rand, breed string) vocab.Coat {
	switch {
	case chance(r, withoutCoat):
		return ""
	case strings.Contains(breed, "Medium"):
		return vocab.CoatMedium
	case strings.Contains(breed, "Long"), breed == "Persian", breed == "Maine Coon", breed == "Ragdoll":
		return vocab.CoatLong
	case strings.HasPrefix(breed, "Sphynx"):
		return vocab.CoatHairless
	default:
		return vocab.CoatShort
	}
}

// weight returns a weight in kilograms that follows a cat's growth: about half a
// kilogram a month in the first six months, full grown after 18 months. One cat in
// five has a weight.
func weight(r *rand.Rand, sex vocab.Sex, months int) *float64 {
	if !chance(r, 0.2) {
		return nil
	}
	grown := 3.9
	if sex == vocab.SexMale {
		grown = 5
	}
	kg := grown * (1 - math.Exp(-float64(months+1)/5)) * math.Exp(r.NormFloat64()*0.14)
	return new(math.Round(min(12, max(0.2, kg))*100) / 100)
}

func fee(r *rand.Rand, group vocab.AgeGroup) catalog.Fee {
	if !chance(r, 0.6) {
		return catalog.Fee{}
	}
	steps := map[vocab.AgeGroup]int{vocab.Kitten: 40, vocab.Young: 30, vocab.Adult: 24, vocab.Senior: 12}[group] // of 5 dollars
	return catalog.Fee{Minor: new(int64(r.IntN(steps+1)) * 500), Currency: "USD", Waived: randomBool(r, 0.1, 0.5)}
}

// photoCount returns how many photos a cat has.
func photoCount(r *rand.Rand) int {
	n := []int{0, 1, 1, 1, 2, 2, 3, 3, 4, 4}[r.IntN(10)]
	for range n { // earlier versions drew heights; the rest of the cat stays as it was
		_ = r.IntN(4)
	}
	return n
}
