package hints

import "trailcat/internal/catalog"

// HealthFlag is what a listing's flag reports about a line of the rubric's health and
// safety gates. Nobody verified it.
type HealthFlag struct {
	Code  string // of the gate
	Field string // in the words of the API
	OK    bool
}

// FindFlags are what a listing reports of health. Current shots speak of the core
// vaccines and not of rabies; special needs speak of no line, since they may be
// anything.
func FindFlags(f *catalog.Facts) []HealthFlag {
	out := make([]HealthFlag, 0, 6)
	add := func(code, field string, said *bool, fine bool) {
		if said != nil {
			out = append(out, HealthFlag{Code: code, Field: field, OK: *said == fine})
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
