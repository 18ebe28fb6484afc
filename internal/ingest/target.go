package ingest

import (
	"sync"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// factSetter is a fact that a field can tell.
type factSetter struct {
	pointer string // where the catalog finds fault with it
	// clear makes the fact unknown. It is nil for what the catalog fills in
	// when nobody says it.
	clear func(*catalog.Facts)
	// lay reads words, of which there is at least one, into the fact. It answers
	// with what it did not understand.
	lay func(f *catalog.Facts, words []string, r fieldReader) (left string)
	// empty says of words that they tell nothing, so that other columns may. It
	// is nil if only no words do.
	empty func(words string) bool
	// takes names the settings that mean something for this fact only.
	takes []string
	// after is not 0 for a fact that refines another, over which it is laid.
	after int
}

// targets are all the facts that a format can tell, by their names in the API.
// Besides, age stands for the birth that is reckoned from an age.
var targets = sync.OnceValue(func() map[string]factSetter {
	return map[string]factSetter{
		"name":              {pointer: "/name", clear: func(f *catalog.Facts) { f.Name = "" }, lay: layName, empty: stripNameDecoration, takes: []string{"as_is"}},
		"url":               {pointer: "/url", clear: func(f *catalog.Facts) { f.URL = "" }, lay: layURL},
		"status_changed_at": moment("/status_changed_at", func(f *catalog.Facts) *time.Time { return &f.StatusChangedAt }),
		"listed_at":         moment("/listed_at", func(f *catalog.Facts) *time.Time { return &f.ListedAt }),
		"available_on":      date("/available_on", func(f *catalog.Facts) *time.Time { return &f.AvailableOn }),
		"adopted_on":        date("/adopted_on", func(f *catalog.Facts) *time.Time { return &f.AdoptedOn }),
		"description":       richTextSetter("/description", func(f *catalog.Facts) *string { return &f.Description }),
		"summary":           richTextSetter("/summary", func(f *catalog.Facts) *string { return &f.Summary }),

		"birth":            {pointer: "/birth", clear: clearBirth, lay: layBirth, takes: []string{"not_after", "unit"}},
		"age":              {pointer: "/birth", clear: clearBirth, lay: layAge, takes: []string{"as_of", "not_after", "unit"}, after: 1},
		"birth.precision":  {pointer: "/birth/precision", clear: nil, lay: layPrecision, after: 2},
		"age_group":        {pointer: "/age_group", clear: func(f *catalog.Facts) { f.AgeGroup = "" }, lay: layAgeGroup},
		"sex":              {pointer: "/sex", clear: func(f *catalog.Facts) { f.Sex, f.Altered = vocab.SexUnknown, nil }, lay: laySex},
		"altered":          {pointer: "/altered", clear: func(f *catalog.Facts) { f.Altered = nil }, lay: layAltered, takes: []string{"inverted"}, after: 1},
		"breed":            {pointer: "/breed", clear: func(f *catalog.Facts) { f.Breed = vocab.Breed{} }, lay: layBreed},
		"breed.primary":    breedName("/breed/primary", func(b *vocab.Breed) *string { return &b.Primary }, 1),
		"breed.secondary":  breedName("/breed/secondary", func(b *vocab.Breed) *string { return &b.Secondary }, 2),
		"breed.mixed":      overlay(answer("/breed/mixed", func(f *catalog.Facts) **bool { return &f.Breed.Mixed })),
		"breed.unknown":    {pointer: "/breed", clear: func(f *catalog.Facts) { f.Breed.Unknown = false }, lay: layBreedUnknown, after: 3},
		"colors":           {pointer: "/colors", clear: func(f *catalog.Facts) { f.Colors = vocab.Colors{} }, lay: layColors},
		"colors.primary":   colorName("/colors/primary", func(c *vocab.Colors) *string { return &c.Primary }, 1),
		"colors.secondary": colorName("/colors/secondary", func(c *vocab.Colors) *string { return &c.Secondary }, 2),
		"colors.tertiary":  colorName("/colors/tertiary", func(c *vocab.Colors) *string { return &c.Tertiary }, 2),
		"colors.pattern":   {pointer: "/colors/pattern", clear: func(f *catalog.Facts) { f.Colors.Pattern = "" }, lay: layPattern, after: 3},
		"coat":             {pointer: "/coat", clear: func(f *catalog.Facts) { f.Coat = "" }, lay: layCoat},
		"size":             {pointer: "/size", clear: func(f *catalog.Facts) { f.Size = "" }, lay: laySize},

		"weight_kg":      measure("/weight_kg", kilograms, func(f *catalog.Facts) **float64 { return &f.WeightKg }),
		"girth_cm":       measure("/girth_cm", centimetres, func(f *catalog.Facts) **float64 { return &f.GirthCm }),
		"body_length_cm": measure("/body_length_cm", centimetres, func(f *catalog.Facts) **float64 { return &f.BodyLengthCm }),

		"good_with.children":  answer("/good_with", func(f *catalog.Facts) **bool { return &f.GoodWith.Children }),
		"good_with.dogs":      answer("/good_with", func(f *catalog.Facts) **bool { return &f.GoodWith.Dogs }),
		"good_with.cats":      answer("/good_with", func(f *catalog.Facts) **bool { return &f.GoodWith.Cats }),
		"house_trained":       answer("/house_trained", func(f *catalog.Facts) **bool { return &f.HouseTrained }),
		"declawed":            answer("/declawed", func(f *catalog.Facts) **bool { return &f.Declawed }),
		"special_needs":       answer("/special_needs", func(f *catalog.Facts) **bool { return &f.SpecialNeeds }),
		"special_needs_notes": richTextSetter("/special_needs_notes", func(f *catalog.Facts) *string { return &f.SpecialNeedsNotes }),
		"shots_current":       answer("/shots_current", func(f *catalog.Facts) **bool { return &f.ShotsCurrent }),
		"microchipped":        answer("/microchipped", func(f *catalog.Facts) **bool { return &f.Microchipped }),
		"microchip":           {pointer: "/microchipped", clear: func(f *catalog.Facts) { f.MicrochipHash = "" }, lay: layMicrochip, after: 1},
		"fiv":                 answer("/fiv", func(f *catalog.Facts) **bool { return &f.FIV }),
		"felv":                answer("/felv", func(f *catalog.Facts) **bool { return &f.FeLV }),
		"indoor_only":         answer("/indoor_only", func(f *catalog.Facts) **bool { return &f.IndoorOnly }),

		"traits.energy": textSetter("/traits/energy", func(f *catalog.Facts) *string { return &f.Traits.Energy }),
		"traits.leash":  textSetter("/traits/leash", func(f *catalog.Facts) *string { return &f.Traits.Leash }),
		"traits.travel": textSetter("/traits/travel", func(f *catalog.Facts) *string { return &f.Traits.Travel }),
		"traits.crate":  textSetter("/traits/crate", func(f *catalog.Facts) *string { return &f.Traits.Crate }),
		"traits.tags":   list("/traits/tags", func(f *catalog.Facts) *[]string { return &f.Traits.Tags }),

		"bonded_with":        list("/bonded_with", func(f *catalog.Facts) *[]string { return &f.BondedWith }),
		"fee":                {pointer: "/fee", clear: func(f *catalog.Facts) { f.Fee = catalog.Fee{} }, lay: layFee, takes: []string{"currency", "currency_from", "unit"}},
		"fee.waived":         overlay(answer("/fee/waived", func(f *catalog.Facts) **bool { return &f.Fee.Waived })),
		"photos":             {pointer: "/photos", clear: func(f *catalog.Facts) { f.Photos = nil }, lay: layPhotos, takes: []string{"skip"}},
		"videos":             {pointer: "/videos", clear: func(f *catalog.Facts) { f.Videos = nil }, lay: layVideos, takes: []string{"skip"}},
		"foster_postal_code": textSetter("/foster_postal_code", func(f *catalog.Facts) *string { return &f.FosterPostalCode }),
	}
})

// overlay is a target that is laid over another one.
func overlay(t factSetter) factSetter {
	t.after = 3
	return t
}
