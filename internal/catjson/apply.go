package catjson

import (
	"maps"
	"time"

	"trailcat/internal/catalog"
)

// ApplyFull replaces facts by those of the draft (PUT). Facts that the draft omits
// become unknown, except those that a PUT keeps.
func (d *Draft) ApplyFull(f *catalog.Facts) {
	known := *f
	for i := range draftFields() {
		if field := &draftFields()[i]; d.present.has(i) || !field.keeps {
			field.copy(f, &d.facts)
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
	d.keepDerived(f, known)
}

// ApplyPatch changes the facts that the draft contains (merge patch).
func (d *Draft) ApplyPatch(f *catalog.Facts) {
	known := *f
	for i := range draftFields() {
		if !d.present.has(i) {
			continue
		}
		field := &draftFields()[i]
		field.copy(f, &d.facts)
		if object := field.object(); f.Unparsed[object] != d.facts.Unparsed[object] {
			f.KeepUnparsed(object, d.facts.Unparsed[object])
		}
	}
	if d.has("status") {
		d.clearAdoptedOn(f)
	}
	d.keepDerived(f, known)
}

// clearAdoptedOn removes the day of an adoption that was cancelled.
func (d *Draft) clearAdoptedOn(f *catalog.Facts) {
	if f.Status != catalog.Adopted && f.Status != catalog.Removed && !d.has("adopted_on") {
		f.AdoptedOn = time.Time{}
	}
}

// has reports whether the draft contains a field.
func (d *Draft) has(field string) bool { return d.present.has(draftIndex().index[field]) }
