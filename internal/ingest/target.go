package ingest

import (
	"maps"
	"strings"
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

// targets are the facts that a format can set, by their names in the API: those
// of the table of facts that one column tells, and those with a setter of their own.
var targets = sync.OnceValue(func() map[string]factSetter {
	out := map[string]factSetter{}
	for _, fact := range catalog.FactTable() {
		if set, ok := setterOf(fact); ok {
			out[fact.Name] = set
		}
	}
	delete(out, "status_reason") // set with the status
	delete(out, "birth.date")    // set as birth
	maps.Copy(out, specialSetters())
	return out
})

// setterOf returns the setter of a fact, if its kind alone says how to read it.
func setterOf(fact catalog.Fact) (factSetter, bool) {
	pointer := fact.Pointer()
	switch at := fact.At.(type) {
	case func(*catalog.Facts) *string:
		if fact.Kind == catalog.KindProse {
			return richTextSetter(pointer, at), true
		}
		return textSetter(pointer, at), fact.Kind == catalog.KindText
	case func(*catalog.Facts) *time.Time:
		if fact.Kind == catalog.KindDate {
			return date(pointer, at), true
		}
		return moment(pointer, at), true
	case func(*catalog.Facts) **bool:
		return answer(pointer, at), true
	case func(*catalog.Facts) **float64:
		if strings.HasSuffix(fact.Name, "_kg") {
			return measure(pointer, kilograms, at), true
		}
		return measure(pointer, centimetres, at), true
	case func(*catalog.Facts) *[]string:
		return list(pointer, at), true
	default:
		return factSetter{}, false
	}
}

// specialSetters are the setters of facts that are read in their own way, by
// name. Beside the facts of the table there are those that set several at once:
// age stands for the birth that is reckoned from an age, and breed, colors and
// fee for all that their objects hold.
func specialSetters() map[string]factSetter {
	return map[string]factSetter{
		"name":             {pointer: "/name", clear: func(f *catalog.Facts) { f.Name = "" }, lay: layName, empty: stripNameDecoration, takes: []string{"as_is"}},
		"url":              {pointer: "/url", clear: func(f *catalog.Facts) { f.URL = "" }, lay: layURL},
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
		"microchip":        {pointer: "/microchipped", clear: func(f *catalog.Facts) { f.MicrochipHash = "" }, lay: layMicrochip, after: 1},
		"fee":              {pointer: "/fee", clear: func(f *catalog.Facts) { f.Fee = catalog.Fee{} }, lay: layFee, takes: []string{"currency", "currency_from", "unit"}},
		"fee.waived":       overlay(answer("/fee/waived", func(f *catalog.Facts) **bool { return &f.Fee.Waived })),
		"photos":           {pointer: "/photos", clear: func(f *catalog.Facts) { f.Photos = nil }, lay: layPhotos, takes: []string{"skip"}},
		"videos":           {pointer: "/videos", clear: func(f *catalog.Facts) { f.Videos = nil }, lay: layVideos, takes: []string{"skip"}},
	}
}

// overlay is a target that is laid over another one.
func overlay(t factSetter) factSetter {
	t.after = 3
	return t
}
