package ingest

import (
	"fmt"
	"slices"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// Dataset is what a file says, row by row. It is made by Read and does not
// change after that, so that it can be loaded more than once.
type Dataset struct {
	Format *Format
	// DetectedFormat says what the file was taken for and why, if Read had to find out.
	DetectedFormat string
	// Partial says that the file itself tells that it is one page of a longer list.
	Partial bool

	asOf           time.Time
	country        string   // of the shelter; see In
	fields         []*field // those of the format that the file has columns for
	setsStatus     bool     // it tells the status
	rejectedIDs    []string // the ids in rows that were refused
	unreadableRows []string // rows whose fields could not be told apart
	rows           []record
	byID           map[string]int // indexes of rows, while they are being read
	report         Report         // of what was decided without the catalog
}

// record is a row that tells of a cat.
type record struct {
	row

	id     string
	status statusRule
}

// WithCountry is the listing of a shelter in a country, given by its ISO 3166 code, which
// settles what money and weights are told in where the file does not say. A
// listing of no country is taken to be from the United States.
func (l *Dataset) WithCountry(country string) *Dataset {
	settled := *l
	settled.country = country
	return &settled
}

// Len is the number of cats that the file tells of.
func (l *Dataset) Len() int { return len(l.rows) }

// ExternalIDs are the shelter's ids of these cats, in the order of the file.
func (l *Dataset) ExternalIDs() []string {
	ids := make([]string, len(l.rows))
	for i, r := range l.rows {
		ids[i] = r.id
	}
	return ids
}

// addRow decides on a row: to list it, to set it aside or to refuse it.
func (l *Dataset) addRow(r row) {
	l.report.Rows++
	if r.fault != "" {
		l.unreadableRows = append(l.unreadableRows, r.text)
		l.rejectRow(RowError{Line: r.line, Column: "", Value: r.excerpt(), Reason: "the row " + r.fault, ExternalID: ""})
		return
	}
	for _, rule := range l.Format.skipRules {
		if rule.when.matches(r) {
			l.skip(rule.reason)
			return
		}
	}
	idColumn, id := r.first(l.Format.id)
	if id == "" {
		l.rejectRow(RowError{Line: r.line, Column: idColumn.name, Value: "", Reason: "is empty; a cat needs the shelter's own id for it", ExternalID: ""})
		return
	}
	status, ok := l.Format.statusRule(r)
	if !ok && l.setsStatus {
		c, said := r.first(l.Format.statusColumns())
		l.rejectRow(RowError{Line: r.line, Column: c.name, Value: shorten(said), Reason: fmt.Sprintf("is no status that format %q knows", l.Format.Name), ExternalID: id})
		return
	}
	l.addRecord(record{row: r, id: id, status: status})
}

// addRecord adds a row, or puts it in the place of an older one of the same cat.
func (l *Dataset) addRecord(r record) {
	i, known := l.byID[r.id]
	switch {
	case !known:
		l.byID[r.id] = len(l.rows)
		l.rows = append(l.rows, r)
	case l.Format.duplicates.reject:
		c, _ := r.first(l.Format.id)
		l.rejectRow(RowError{Line: r.line, Column: c.name, Value: r.id, Reason: fmt.Sprintf("stands in line %d already", l.rows[i].line), ExternalID: r.id})
	default:
		l.skip("superseded")
		if !l.Format.duplicates.isNewer(l.rows[i].row, r.row) {
			l.rows[i] = r
		}
	}
}

// isNewer says whether row a is newer than the later row b.
func (p duplicatePolicy) isNewer(a, b row) bool {
	for _, c := range p.dateColumns {
		on, _, _ := vocab.ParseDate(a.value(c)) // no date is the oldest
		than, _, _ := vocab.ParseDate(b.value(c))
		if order := on.Compare(than); order != 0 {
			return order > 0
		}
	}
	return false
}

func (l *Dataset) skip(why string) {
	l.report.Skipped++
	l.report.SkippedByReason[why]++
}

func (l *Dataset) rejectRow(r RowError) {
	if r.ExternalID != "" {
		l.rejectedIDs = append(l.rejectedIDs, r.ExternalID)
	}
	l.report.Rejected++
	l.report.Errors = append(l.report.Errors, r)
}

// finish puts the rows into the order of the file, once all are read.
func (l *Dataset) finish() {
	slices.SortFunc(l.rows, func(a, b record) int { return a.line - b.line })
	l.byID = nil
}

// edit is what a row says, as an edit of the cat. It depends on nothing but the row.
func (l *Dataset) edit(r record) catalog.CatUpdate {
	return catalog.CatUpdate{
		ExternalID: r.id,
		Source:     l.Format.Name,
		Edit: func(facts *catalog.Facts) {
			photos := facts.Photos
			for _, f := range l.fields {
				if f.target.clear != nil {
					f.target.clear(facts)
				}
			}
			for _, f := range l.fields {
				fieldReader{field: f, row: r.row, asOf: l.asOf, zone: l.Format.zone, country: l.country}.set(facts)
			}
			keepCaptions(facts.Photos, photos)
			if l.setsStatus && r.status.status != "" {
				r.status.apply(facts, r.row)
			}
		},
	}
}

// keepCaptions keeps what is known of photos beside their addresses, which is all
// that a table tells.
func keepCaptions(photos, known []catalog.Photo) {
	for i, p := range photos {
		if at := slices.IndexFunc(known, func(k catalog.Photo) bool { return k.URL == p.URL }); at >= 0 {
			photos[i] = known[at]
		}
	}
}
