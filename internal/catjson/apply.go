package catjson

import (
	"maps"
	"time"

	"trailcat/internal/catalog"
)

// ApplyFull replaces facts by those of the draft (PUT). Facts that the draft omits
// become unknown, except those that a PUT keeps.
func (d *Draft) ApplyFull(f *catalog.Facts) {
	for i := range DraftFields() {
		if field := &DraftFields()[i]; d.present.has(i) || !field.keeps {
			field.Copy(f, &d.facts)
		}
	}
	f.Unparsed = maps.Clone(d.facts.Unparsed)
	if f.Status == catalog.Removed && d.facts.Status == "" { // listed again
		f.Status = catalog.Available
	}
	if f.MicrochipHash != "" && !d.has("microchipped") {
		f.Microchipped = new(true)
	}
	d.clearAdoptedOn(f)
}

// ApplyPatch changes the facts that the draft contains (merge patch).
func (d *Draft) ApplyPatch(f *catalog.Facts) {
	for i := range DraftFields() {
		if !d.present.has(i) {
			continue
		}
		field := &DraftFields()[i]
		field.Copy(f, &d.facts)
		if object := field.object(); f.Unparsed[object] != d.facts.Unparsed[object] {
			f.KeepUnparsed(object, d.facts.Unparsed[object])
		}
	}
	if d.has("status") {
		d.clearAdoptedOn(f)
	}
}

// clearAdoptedOn removes the day of an adoption that was cancelled.
func (d *Draft) clearAdoptedOn(f *catalog.Facts) {
	if f.Status != catalog.Adopted && f.Status != catalog.Removed && !d.has("adopted_on") {
		f.AdoptedOn = time.Time{}
	}
}

// has reports whether the draft contains a field.
func (d *Draft) has(field string) bool { return d.present.has(DraftIndex().index[field]) }
