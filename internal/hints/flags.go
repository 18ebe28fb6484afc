package hints

import "trailcat/internal/catalog"

// Flag is what a listing's flag reports about a line of the rubric's health and
// safety gates. Nobody verified it.
type Flag struct {
	Code  string // of the gate
	Field string // in the words of the API
	OK    bool
}

// Flags are what a listing reports of health. Current shots speak of the core
// vaccines and not of rabies; special needs speak of no line, since they may be
// anything.
func Flags(f *catalog.Facts) []Flag {
	out := make([]Flag, 0, 6)
	add := func(code, field string, said *bool, fine bool) {
		if said != nil {
			out = append(out, Flag{Code: code, Field: field, OK: *said == fine})
		}
	}
	add("ID.CHIP", "microchipped", f.Microchipped, true)
	add("MED.CORE", "shots_current", f.ShotsCurrent, true)
	add("MED.INTACT", "altered", f.Altered, true)
	add("MED.FIV_POS", "fiv", f.FIV, false)
	add("MED.FELV_POS", "felv", f.FeLV, false)
	add("MED.DECLAWED", "declawed", f.Declawed, false)
	return out
}
