package ingest

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/geo"
)

// Dataset is a file that was read once: it is decided which rows describe cats. It is made
// by Read and does not change afterwards, so it can be loaded more than once.
type Dataset struct {
	Format *Format
	// DetectedFormat names the format and the reason for choosing it, if Read
	// detected it.
	DetectedFormat string
	// Partial reports whether the file is one page of a longer list, by its own statement.
	Partial bool

	asOf    time.Time
	country string         // of the shelter; see WithPlace
	zone    *time.Location // of times without a zone
	table   *table
	fields  []*field // the fields of the format for which the file has columns
	// evidenceFields are those of assessments and health items.
	evidenceFields []*field
	listingsOnly   bool // see ListingsOnly
	photos         photoFiles
	usedPhotos     map[string]photoFile // photos that rows name, by name
	keepPhoto      KeepPhoto            // nil: photos are not kept
	photo          *bytes.Buffer        // the one that is read, so that memory for one is enough
	setsStatus     bool                 // whether the file has a column for the status
	blank          bool                 // the file has no text at all
	now            time.Time
	// evidence is what the rows say of the order of dates in dateColumns.
	evidence    dateEvidence
	dateColumns []column
	decisions
}

// decisions says what is done with the rows of a file.
type decisions struct {
	rows         []catRow
	byID         map[idHash]int32 // by external ID: the index of the row before they are sorted, or isRejected
	unidentified int              // how many rows were rejected without an external ID
	unreadable   unreadableText
	report       Report // what was decided while reading

	// While reading only:
	dates         []int64 // of rows, as many for each as the format compares
	undated       undatedColumns
	withoutStatus bool // a row was accepted whose status is not understood
}

// catRow is a row that describes a cat.
type catRow struct {
	number int32 // of the row in the file, from 0
	line   int32
}

// idHash stands for an external ID, of which a file may have too many to keep them. It is a
// part of the SHA-256, so that nobody can make two IDs that have the same.
type idHash [16]byte

func hashID(id string) idHash {
	sum := sha256.Sum256([]byte(id))
	return idHash(sum[:16])
}

// isRejected stands in place of a row whose external ID is only in rejected rows.
const isRejected = -1

func newDecisions(f *Format) decisions {
	return decisions{
		rows: nil, byID: map[idHash]int32{}, unidentified: 0, unreadable: unreadableText{text: nil, isCut: false},
		report: Report{Format: f.Name, Rows: 0, Created: 0, Updated: 0, Unchanged: 0, Skipped: 0, Rejected: 0, SkippedByReason: map[string]int{}, Statuses: map[catalog.Status]int{}, Errors: []RowError{}},
		dates:  nil, undated: undatedColumns{}, withoutStatus: false,
	}
}

// record is a row that describes a cat, with its content.
type record struct {
	row

	id       string
	status   statusRule
	photos   *rowPhotos
	warnings []rowWarning // of the last edit
	leftOut  []rowWarning // of values of assessments and health items
}

// size returns the size of the fields of a row, in bytes.
func (r row) size() int {
	size := 0
	for _, field := range r.fields {
		size += len(field)
	}
	return size
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

// ListingsOnly returns the dataset for a caller who may write listings but no assessments.
// Assessments are left out with a warning, and gates are reported by the shelter's software,
// whoever verified them.
func (d *Dataset) ListingsOnly() *Dataset {
	out := *d
	out.listingsOnly = true
	return &out
}

// Len returns the number of cats in the file.
func (d *Dataset) Len() int { return len(d.rows) }

// readRows decides what is done with each row. The columns of a JSON file are only known at
// its end; if they turn out to have a status after rows without one were accepted, all rows
// are read again.
func (d *Dataset) readRows() error {
	for {
		d.decisions = newDecisions(d.Format)
		for r, err := range d.table.rows() {
			if err != nil {
				return err
			}
			if d.report.Rows == maxRows {
				return fileError(errcode.TooManyRows, fmt.Sprintf("The file has more than %d rows; row %d begins in line %d. Split it and import the parts.", maxRows, maxRows+1, r.line))
			}
			d.addRow(r)
			d.report.Rows++
		}
		if d.setsStatus = d.Format.setsStatus(d.table); d.setsStatus && d.withoutStatus {
			d.withoutStatus = false
			continue
		}
		break
	}
	if err := d.undated.check(d.Format); err != nil {
		return err
	}
	d.finish()
	return nil
}

// addRow accepts, skips or rejects a row.
func (d *Dataset) addRow(r row) {
	if r.isTotal() {
		d.skip("total")
		return
	}
	if slices.Equal(r.fields, d.table.header) {
		d.skip("header")
		return
	}
	if r.fault != "" {
		d.unreadable.add(r.text)
		d.rejectRow(RowError{Line: r.line, Column: "", Value: r.excerpt(), Reason: r.fault, ExternalID: ""})
		return
	}
	d.evidence.observeRow(d.dateColumns, r)
	for _, rule := range d.Format.skipRules {
		if c, isCut := r.endsBefore(rule.when); isCut {
			_, id := r.firstValue(d.Format.id)
			d.rejectRow(RowError{Line: r.line, Column: c.name, Value: "", Reason: "The row ends before this column, so it is not known whether it lists a cat. Add the missing fields.", ExternalID: id[:min(len(id), catalog.MaxExternalID)]})
			return
		}
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
	if len(id) > catalog.MaxExternalID {
		d.rejectRow(RowError{Line: r.line, Column: idColumn.name, Value: shorten(id), Reason: fmt.Sprintf("Must be at most %d bytes.", catalog.MaxExternalID), ExternalID: ""})
		return
	}
	d.undated.note(d.Format.duplicates, r, d.zone, d.dateOrder)
	_, ok := d.Format.statusRule(r)
	if !ok && d.setsStatus {
		c, value := r.firstValue(d.Format.statusColumns())
		d.rejectRow(RowError{Line: r.line, Column: c.name, Value: shorten(value), Reason: fmt.Sprintf("Unknown status for the format %q. Correct it, or add its meaning to a format of your own (status).", d.Format.Name), ExternalID: id})
		return
	}
	d.withoutStatus = d.withoutStatus || !ok
	d.addCat(r, id, catRow{number: int32(d.report.Rows), line: int32(r.line)}) //nolint:gosec // limited by maxRows and maxText
}

// addCat adds a row, or decides between it and an earlier row of the same cat.
func (d *Dataset) addCat(r row, id string, cat catRow) {
	dates := d.Format.duplicates.dates(r, d.zone, d.dateOrder)
	hash := hashID(id)
	i, known := d.byID[hash]
	switch {
	case !known, i == isRejected:
		d.byID[hash] = int32(len(d.rows)) //nolint:gosec // limited by maxRows
		d.rows, d.dates = append(d.rows, cat), append(d.dates, dates...)
	case d.Format.duplicates.reject:
		c, _ := r.firstValue(d.Format.id)
		d.rejectRow(RowError{Line: r.line, Column: c.name, Value: id, Reason: fmt.Sprintf("This ID already appears in line %d.", d.rows[i].line), ExternalID: id})
	default:
		d.skip("superseded")
		known := d.dates[int(i)*len(dates):][:len(dates)]
		if slices.Compare(known, dates) <= 0 {
			d.rows[i] = cat
			copy(known, dates)
		}
	}
}

func (d *Dataset) skip(reason string) {
	d.report.Skipped++
	d.report.SkippedByReason[reason]++
}

func (d *Dataset) rejectRow(e RowError) {
	if hash := hashID(e.ExternalID); e.ExternalID == "" {
		d.unidentified++
	} else if _, known := d.byID[hash]; !known {
		d.byID[hash] = isRejected
	}
	d.report.Rejected++
	if len(d.report.Errors) < maxErrors {
		e.ExternalID = strings.Clone(e.ExternalID) // without the rest of the row
		d.report.Errors = append(d.report.Errors, e)
	}
}

// finish puts the rows into the order of the file after all are read.
func (d *Dataset) finish() {
	slices.SortFunc(d.rows, func(a, b catRow) int { return int(a.number - b.number) })
	d.dates, d.undated = nil, nil
	if json := d.table.json; json != nil {
		d.Partial = json.partial
		d.unreadable.isCut = d.unreadable.isCut || json.isCut
	}
	for _, f := range d.Format.fields {
		if slices.ContainsFunc(f.columns(), d.table.hasColumn) {
			d.fields = append(d.fields, f)
		}
	}
	for _, f := range d.Format.evidenceFields {
		if slices.ContainsFunc(f.columns(), d.table.hasColumn) {
			d.evidenceFields = append(d.evidenceFields, f)
		}
	}
}

// records returns the rows that describe cats with their content, in the order of the file.
// An error is the last value.
func (d *Dataset) records() iter.Seq2[record, error] {
	return func(yield func(record, error) bool) {
		if len(d.rows) == 0 {
			return
		}
		next, number := 0, int32(0)
		for r, err := range d.table.rows() {
			if err != nil {
				yield(record{}, err)
				return
			}
			if number++; d.rows[next].number != number-1 {
				continue
			}
			status, _ := d.Format.statusRule(r)
			_, id := r.firstValue(d.Format.id)
			if !yield(record{row: r, id: id, status: status}, nil) {
				return
			}
			if next++; next == len(d.rows) {
				return
			}
		}
		yield(record{}, errors.New("the file changed while it was read"))
	}
}

// keepCaptions restores the captions and sizes of photos that stay, since a table has only
// URLs and the names of files.
func keepCaptions(photos, known []catalog.Photo) {
	for i, p := range photos {
		if at := slices.IndexFunc(known, p.IsSame); at >= 0 {
			photos[i] = known[at]
		}
	}
}
