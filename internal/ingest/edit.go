package ingest

import (
	"slices"
	"strings"

	"trailcat/internal/catalog"
)

// rowWarning has the words of a row for a fact that were not understood.
type rowWarning struct {
	field *field
	words string
}

// edit returns the edit of the cat that a row describes. It depends only on the
// row, and sets the warnings of the row.
func (d *Dataset) edit(r *record) catalog.CatUpdate {
	return catalog.CatUpdate{
		ExternalID: r.id,
		Source:     d.Format.Name,
		Edit: func(facts *catalog.Facts) {
			before := *facts
			d.setFacts(facts, r)
			keepCaptions(facts.Photos, before.Photos)
			tagBondedPair(facts)
			if d.setsStatus && r.status.status != "" {
				r.status.apply(facts, r.row)
			}
			r.warnings = nil
			for _, f := range d.fields {
				if words := facts.Unparsed[f.name]; words != "" {
					r.warnings = append(r.warnings, rowWarning{f, words})
				}
			}
		},
	}
}

// setFacts sets the facts that a row has. A fact that no cat can have stays unknown, and its
// words are kept, so that one mistake does not reject the row.
func (d *Dataset) setFacts(facts *catalog.Facts, r *record) {
	before := *facts
	var impossible []*field
	for {
		*facts = before
		for _, f := range d.fields {
			if f.setter.clear != nil {
				f.setter.clear(facts)
			}
		}
		for _, f := range d.fields {
			reader := d.reader(f, r)
			if slices.Contains(impossible, f) {
				reader.keep(facts, strings.Join(reader.columnValues(), ", "))
			} else {
				reader.set(facts)
			}
		}
		f := d.impossibleField(facts, r, impossible)
		if f == nil {
			return
		}
		impossible = append(impossible, f)
	}
}

func (d *Dataset) reader(f *field, r *record) fieldReader {
	return fieldReader{field: f, row: r.row, id: r.id, asOf: d.asOf, zone: d.zone, country: d.country, dateOrder: d.dateOrder}
}

// impossibleField returns the first field of which the row has a value that the catalog
// does not accept, except those that are known. It returns nil if there is none. A cat needs
// a name, and must not be shown to readers from whom the row hides it in words that are not
// understood, so these fields are not given up.
func (d *Dataset) impossibleField(facts *catalog.Facts, r *record, known []*field) *field {
	for _, e := range facts.Validate(d.now) {
		for _, f := range d.fields {
			if strings.HasPrefix(e.Pointer+"/", f.setter.pointer+"/") && !f.isRequired() && !slices.Contains(known, f) && len(d.reader(f, r).columnValues()) > 0 {
				return f
			}
		}
	}
	return nil
}

// isRequired reports whether a cat is rejected if the field has a value that the catalog
// does not accept.
func (f *field) isRequired() bool {
	return f.name == "name" || strings.HasPrefix(f.name, "hidden_from.")
}
