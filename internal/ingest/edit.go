package ingest

import (
	"strings"

	"trailcat/internal/catalog"
)

// rowWarning has the words of a row for a fact that were not understood.
type rowWarning struct {
	field   *field
	words   string
	refused catalog.FieldError // why the catalog does not accept the value; zero if it was not read
	isExact bool               // refused says all
}

func (w rowWarning) warning() catalog.Warning {
	if w.isExact {
		return catalog.Warning{Code: w.refused.Code, Message: w.refused.Message}
	}
	if w.refused.Code != "" {
		return catalog.RefusedWarning(w.refused)
	}
	return catalog.UnparsedWarning(w.field.name, w.words)
}

// edit returns the edit of the cat that a row describes. It depends only on the
// row, and sets the warnings of the row.
func (d *Dataset) edit(r *record) catalog.CatUpdate {
	return catalog.CatUpdate{
		ExternalID: r.id,
		Source:     d.Format.Name,
		Edit: func(facts *catalog.Facts) {
			before := *facts
			refused := d.setFacts(facts, r)
			if byID := r.photos.byID(r.id); len(byID) > 0 && (len(facts.Photos) == 0 || d.photoField() == nil) {
				facts.Photos = byID
			}
			keepCaptions(facts.Photos, before.Photos)
			tagBondedPair(facts)
			if d.setsStatus && r.status.status != "" {
				r.status.apply(facts, r.row)
			}
			r.warnings = nil
			for _, f := range d.fields {
				if words := facts.Unparsed[f.name]; words != "" {
					r.warnings = append(r.warnings, rowWarning{field: f, words: words, refused: refused[f], isExact: false})
				}
			}
		},
	}
}

// setFacts sets the facts that a row has. A fact that no cat can have stays unknown, and its
// words are kept, so that one mistake does not reject the row. It returns why the catalog
// refuses these facts.
func (d *Dataset) setFacts(facts *catalog.Facts, r *record) map[*field]catalog.FieldError {
	before := *facts
	var refused map[*field]catalog.FieldError // nil for most rows
	for {
		*facts = before
		for _, f := range d.fields {
			if f.setter.clear != nil {
				f.setter.clear(facts)
			}
		}
		for _, f := range d.fields {
			reader := d.reader(f, r)
			if _, ok := refused[f]; ok {
				reader.keep(facts, strings.Join(reader.columnValues(), ", "))
			} else {
				reader.set(facts)
			}
		}
		f, e := d.refusedField(facts, r, refused)
		if f == nil {
			return refused
		}
		if refused == nil {
			refused = map[*field]catalog.FieldError{}
		}
		refused[f] = e
	}
}

func (d *Dataset) reader(f *field, r *record) fieldReader {
	return fieldReader{field: f, row: r.row, id: r.id, asOf: d.asOf, zone: d.zone, country: d.country, dateOrder: d.dateOrder, photos: r.photos}
}

// refusedField returns the first field of which the row has a value that the catalog does
// not accept, except those that are known, and the error. It returns nil if there is none. A
// cat needs a name, and must not be shown to readers from whom the row hides it in words that
// are not understood, so these fields are not given up.
func (d *Dataset) refusedField(facts *catalog.Facts, r *record, known map[*field]catalog.FieldError) (*field, catalog.FieldError) {
	for _, e := range facts.Validate(d.now) {
		for _, f := range d.fields {
			if _, ok := known[f]; !ok && strings.HasPrefix(e.Pointer+"/", f.setter.pointer+"/") && !f.isRequired() && len(d.reader(f, r).columnValues()) > 0 {
				return f, e
			}
		}
	}
	return nil, catalog.FieldError{}
}

// isRequired reports whether a cat is rejected if the field has a value that the catalog
// does not accept.
func (f *field) isRequired() bool {
	return f.name == "name" || strings.HasPrefix(f.name, "hidden_from.")
}
