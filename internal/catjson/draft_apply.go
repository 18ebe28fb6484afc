package catjson

import (
	"maps"
	"time"

	"trailcat/internal/catalog"
)

// ApplyFull makes facts what the draft says: what it leaves out is unknown.
func (d *Draft) ApplyFull(f *catalog.Facts) {
	for i := range DraftFields() {
		if field := &DraftFields()[i]; d.named.has(i) || !field.keeps {
			field.Copy(f, &d.said)
		}
	}
	f.Unparsed = maps.Clone(d.said.Unparsed)
	if f.Status == catalog.Removed && d.said.Status == "" { // it is offered again
		f.Status = catalog.Available
	}
	if f.MicrochipHash != "" && !d.names("microchipped") {
		f.Microchipped = new(true)
	}
	d.settleAdoption(f)
}

// ApplyPatch puts what the draft names over facts.
func (d *Draft) ApplyPatch(f *catalog.Facts) {
	for i := range DraftFields() {
		if !d.named.has(i) {
			continue
		}
		field := &DraftFields()[i]
		field.Copy(f, &d.said)
		if topic := field.topic(); f.Unparsed[topic] != d.said.Unparsed[topic] {
			f.KeepUnparsed(topic, d.said.Unparsed[topic])
		}
	}
	if d.names("status") {
		d.settleAdoption(f)
	}
}

// settleAdoption forgets the day of an adoption that came to nothing.
func (d *Draft) settleAdoption(f *catalog.Facts) {
	if f.Status != catalog.Adopted && f.Status != catalog.Removed && !d.names("adopted_on") {
		f.AdoptedOn = time.Time{}
	}
}

// names says whether the draft speaks of a field.
func (d *Draft) names(field string) bool { return d.named.has(DraftIndex().index[field]) }
