package ingest

import (
	"fmt"
	"slices"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
)

// Dataset is a parsed file. It is made by Read and does not change afterwards, so
// it can be loaded more than once.
type Dataset struct {
	Format *Format
	// DetectedFormat names the format and the reason for choosing it, if Read
	// detected it.
	DetectedFormat string
	// Partial reports whether the file is one page of a longer list, by its own statement.
	Partial bool

	asOf           time.Time
	country        string         // of the shelter; see WithPlace
	zone           *time.Location // of times without a zone
	fields         []*field       // the fields of the format for which the file has columns
	setsStatus     bool           // whether the file has a column for the status
	blank          bool           // the file has no text at all
	rejectedIDs    []string       // external IDs in rejected rows
	unreadableRows []string       // the first lines of rows that could not be read
	rows           []record
	byID           map[string]int // indexes of rows; nil after reading
	undated        undatedColumns
	report         Report // what was decided while reading
}

// record is a row that describes a cat.
type record struct {
	row

	id     string
	status statusRule
}

// WithPlace returns the dataset for a shelter in a country and region, given by their
// ISO 3166 codes. They decide the currency, the unit of weight and the time zone where
// the file does not say. Without a country it is the United States, and the zone UTC.
func (d *Dataset) WithPlace(country, region string) *Dataset {
	out := *d
	out.country = country
	if d.Format.zone == nil {
		out.zone = geo.TimeZone(country, region)
	}
	return &out
}

// Len returns the number of cats in the file.
func (d *Dataset) Len() int { return len(d.rows) }

// ExternalIDs returns the shelter's IDs of these cats, in the order of the file.
func (d *Dataset) ExternalIDs() []string {
	ids := make([]string, len(d.rows))
	for i, r := range d.rows {
		ids[i] = r.id
	}
	return ids
}

// addRow accepts, skips or rejects a row.
func (d *Dataset) addRow(r row) {
	d.report.Rows++
	if r.fault != "" {
		d.unreadableRows = append(d.unreadableRows, r.text)
		d.rejectRow(RowError{Line: r.line, Column: "", Value: r.excerpt(), Reason: r.fault, ExternalID: ""})
		return
	}
	for _, rule := range d.Format.skipRules {
		if rule.when.matches(r) {
			d.skip(rule.reason)
			return
		}
	}
	idColumn, id := r.firstValue(d.Format.id)
	if id == "" {
		d.rejectRow(RowError{Line: r.line, Column: idColumn.name, Value: "", Reason: "Must not be empty: every cat needs the shelter's own ID.", ExternalID: ""})
		return
	}
	d.undated.note(d.Format.duplicates, r, d.zone)
	status, ok := d.Format.statusRule(r)
	if !ok && d.setsStatus {
		c, value := r.firstValue(d.Format.statusColumns())
		d.rejectRow(RowError{Line: r.line, Column: c.name, Value: shorten(value), Reason: fmt.Sprintf("Unknown status for format %q.", d.Format.Name), ExternalID: id})
		return
	}
	d.addRecord(record{row: r, id: id, status: status})
}

// addRecord adds a row, or decides between it and an earlier row of the same cat.
func (d *Dataset) addRecord(r record) {
	i, known := d.byID[r.id]
	switch {
	case !known:
		d.byID[r.id] = len(d.rows)
		d.rows = append(d.rows, r)
	case d.Format.duplicates.reject:
		c, _ := r.firstValue(d.Format.id)
		d.rejectRow(RowError{Line: r.line, Column: c.name, Value: r.id, Reason: fmt.Sprintf("This ID already appears in line %d.", d.rows[i].line), ExternalID: r.id})
	default:
		d.skip("superseded")
		if !d.Format.duplicates.isNewer(d.rows[i].row, r.row, d.zone) {
			d.rows[i] = r
		}
	}
}

func (d *Dataset) skip(reason string) {
	d.report.Skipped++
	d.report.SkippedByReason[reason]++
}

func (d *Dataset) rejectRow(e RowError) {
	if e.ExternalID != "" {
		d.rejectedIDs = append(d.rejectedIDs, e.ExternalID)
	}
	d.report.Rejected++
	d.report.Errors = append(d.report.Errors, e)
}

// finish puts the rows into the order of the file after all are read.
func (d *Dataset) finish() {
	slices.SortFunc(d.rows, func(a, b record) int { return a.line - b.line })
	d.byID = nil
}

// edit returns the edit of the cat that a row describes. It depends only on the
// row.
func (d *Dataset) edit(r record) catalog.CatUpdate {
	return catalog.CatUpdate{
		ExternalID: r.id,
		Source:     d.Format.Name,
		Edit: func(facts *catalog.Facts) {
			photos := facts.Photos
			for _, f := range d.fields {
				if f.setter.clear != nil {
					f.setter.clear(facts)
				}
			}
			for _, f := range d.fields {
				fieldReader{field: f, row: r.row, asOf: d.asOf, zone: d.zone, country: d.country}.set(facts)
			}
			keepCaptions(facts.Photos, photos)
			if d.setsStatus && r.status.status != "" {
				r.status.apply(facts, r.row)
			}
		},
	}
}

// keepCaptions restores the captions and sizes of photos whose URL stays, since a
// table has only URLs.
func keepCaptions(photos, known []catalog.Photo) {
	for i, p := range photos {
		if at := slices.IndexFunc(known, func(k catalog.Photo) bool { return k.URL == p.URL }); at >= 0 {
			photos[i] = known[at]
		}
	}
}
