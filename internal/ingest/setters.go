package ingest

import (
	"maps"
	"strings"
	"sync"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// factSetter reads a fact from values of columns.
type factSetter struct {
	pointer string // of the fact in errors of the catalog
	// clear makes the fact unknown. It is nil for facts that the catalog fills in.
	clear func(*catalog.Facts)
	// set reads one value or more into the fact. It returns what it did not
	// understand.
	set func(f *catalog.Facts, values []string, r fieldReader) (unparsed string)
	// setMissing sets the fact if no column has a value. It returns what it did not
	// understand. It is nil for facts that are then unknown.
	setMissing func(f *catalog.Facts, r fieldReader) (unparsed string)
	// isEmpty reports whether a value says nothing, so that other columns are read.
	// It is nil if only the empty value does.
	isEmpty func(value string) bool
	isDate  bool // the fact is a date or a point in time
	isHTML  bool // the value may be HTML; otherwise its character entities are decoded
	// settings names the settings that apply only to some facts.
	settings []string
	// order is positive for a fact that refines another one and is set after it.
	order int
	// record reads a value that is no fact but belongs to an assessment or to a health item. It
	// is nil for facts.
	record evidenceSetter
}

// factSetters returns the facts that a format can set, by their names in the API:
// facts of the table of facts that are read from one column, and facts with a
// setter of their own.
var factSetters = sync.OnceValue(func() map[string]factSetter {
	out := map[string]factSetter{}
	for _, fact := range catalog.FactTable() {
		if set, ok := setterByKind(fact); ok {
			out[fact.Name] = set
		}
	}
	delete(out, "status_reason") // set with the status
	delete(out, "birth.date")    // set as birth
	maps.Copy(out, specialSetters())
	return out
})

// setterByKind returns the setter of a fact if its kind determines how to read
// it.
func setterByKind(fact catalog.Fact) (factSetter, bool) {
	pointer := fact.Pointer()
	switch at := fact.At.(type) {
	case func(*catalog.Facts) *string:
		if fact.Kind == catalog.KindProse {
			return richTextSetter(pointer, at), true
		}
		return textSetter(pointer, at), fact.Kind == catalog.KindText
	case func(*catalog.Facts) *time.Time:
		if fact.Kind == catalog.KindDate {
			return dateSetter(pointer, at), true
		}
		return timeSetter(pointer, at), true
	case func(*catalog.Facts) **bool:
		return boolSetter(pointer, at), true
	case func(*catalog.Facts) **float64:
		if strings.HasSuffix(fact.Name, "_kg") {
			return measureSetter(pointer, kilogramsPer, at), true
		}
		return measureSetter(pointer, centimetersPer, at), true
	case func(*catalog.Facts) *[]string:
		return listSetter(pointer, at), true
	default:
		return factSetter{}, false
	}
}

// specialSetters returns the setters of facts that are read in their own way, by
// name. Some set several facts at once: age sets the birth that follows from an
// age; breed, colors and fee set all facts of their objects.
func specialSetters() map[string]factSetter {
	return map[string]factSetter{
		"name":             {pointer: "/name", clear: func(f *catalog.Facts) { f.Name = "" }, set: setName, setMissing: setMissingName, isEmpty: vocab.IsPlaceholderName, settings: []string{"as_is"}},
		"url":              {pointer: "/url", clear: func(f *catalog.Facts) { f.URL = "" }, set: setURL, isEmpty: vocab.IsPlaceholder},
		"birth":            {pointer: "/birth", clear: clearBirth, set: setBirth, isDate: true, settings: []string{"not_after", "unit"}},
		"age":              {pointer: "/birth", clear: clearBirth, set: setAge, settings: []string{"as_of", "not_after", "unit"}, order: 1},
		"birth.precision":  {pointer: "/birth/precision", clear: nil, set: setPrecision, order: 2},
		"age_group":        {pointer: "/age_group", clear: func(f *catalog.Facts) { f.AgeGroup = "" }, set: setAgeGroup},
		"sex":              {pointer: "/sex", clear: func(f *catalog.Facts) { f.Sex, f.Altered = vocab.SexUnknown, nil }, set: setSex},
		"altered":          {pointer: "/altered", clear: func(f *catalog.Facts) { f.Altered = nil }, set: setAltered, settings: []string{"inverted"}, order: 1},
		"breed":            {pointer: "/breed", clear: func(f *catalog.Facts) { f.Breed = vocab.Breed{} }, set: setBreed},
		"breed.primary":    breedSetter("/breed/primary", func(b *vocab.Breed) *string { return &b.Primary }, 1),
		"breed.secondary":  breedSetter("/breed/secondary", func(b *vocab.Breed) *string { return &b.Secondary }, 2),
		"fiv":              virusSetter("/fiv", vocab.FIV, func(f *catalog.Facts) **bool { return &f.FIV }),
		"felv":             virusSetter("/felv", vocab.FeLV, func(f *catalog.Facts) **bool { return &f.FeLV }),
		"breed.mixed":      overlay(boolSetter("/breed/mixed", func(f *catalog.Facts) **bool { return &f.Breed.Mixed })),
		"breed.unknown":    {pointer: "/breed", clear: func(f *catalog.Facts) { f.Breed.Unknown = false }, set: setBreedUnknown, order: 3},
		"colors":           {pointer: "/colors", clear: func(f *catalog.Facts) { f.Colors = vocab.Colors{} }, set: setColors},
		"colors.primary":   colorSetter("/colors/primary", func(c *vocab.Colors) *string { return &c.Primary }, 1),
		"colors.secondary": colorSetter("/colors/secondary", func(c *vocab.Colors) *string { return &c.Secondary }, 2),
		"colors.tertiary":  colorSetter("/colors/tertiary", func(c *vocab.Colors) *string { return &c.Tertiary }, 2),
		"colors.pattern":   {pointer: "/colors/pattern", clear: func(f *catalog.Facts) { f.Colors.Pattern = "" }, set: setPattern, order: 3},
		"coat":             {pointer: "/coat", clear: func(f *catalog.Facts) { f.Coat = "" }, set: setCoat},
		"size":             {pointer: "/size", clear: func(f *catalog.Facts) { f.Size = "" }, set: setSize},
		"temperament":      {pointer: "/temperament", clear: func(f *catalog.Facts) { f.Temperament = nil }, set: setTemperament},
		"microchip":        {pointer: "/microchipped", clear: func(f *catalog.Facts) { f.MicrochipHash = "" }, set: setMicrochip, order: 1},
		"fee":              {pointer: "/fee", clear: func(f *catalog.Facts) { f.Fee = catalog.Fee{} }, set: setFee, isEmpty: isEmptyFee, settings: []string{"currency", "currency_from", "unit", "zero"}},
		"fee.waived":       overlay(boolSetter("/fee/waived", func(f *catalog.Facts) **bool { return &f.Fee.Waived })),
		"photos":           {pointer: "/photos", clear: func(f *catalog.Facts) { f.Photos = nil }, set: setPhotos, settings: []string{"skip"}},
		"videos":           {pointer: "/videos", clear: func(f *catalog.Facts) { f.Videos = nil }, set: setVideos, settings: []string{"skip"}},
	}
}

// overlay returns a setter that is applied after the one that it refines.
func overlay(t factSetter) factSetter {
	t.order = 3
	return t
}
