package ingest

import (
	"fmt"
	"slices"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// Listing is what a file says, row by row. It is made by Read and does not
// change after that, so that it can be loaded more than once.
type Listing struct {
	Format *Format

	asOf   time.Time
	fields []*field // those of the format that the file has columns for
	rows   []listed
	byID   map[string]int // indexes of rows, while they are being read
	report Report         // of what was decided without the catalog
}

// listed is a row that tells of a cat.
type listed struct {
	row

	id     string
	status statusRule
}

// Len is the number of cats that the file tells of.
func (l *Listing) Len() int { return len(l.rows) }

// ExternalIDs are the shelter's ids of these cats, in the order of the file.
func (l *Listing) ExternalIDs() []string {
	ids := make([]string, len(l.rows))
	for i, r := range l.rows {
		ids[i] = r.id
	}
	return ids
}

// take decides on a row: to list it, to set it aside or to refuse it.
func (l *Listing) take(r row) {
	l.report.Rows++
	if r.fault != "" {
		l.refuseRow(Refusal{Line: r.line, Column: "", Value: shorten(r.text), Reason: "the row " + r.fault, ExternalID: ""})
		return
	}
	for _, rule := range l.Format.asides {
		if rule.when.holds(r) {
			l.setAside(rule.why)
			return
		}
	}
	idColumn, id := r.first(l.Format.id)
	if id == "" {
		l.refuseRow(Refusal{Line: r.line, Column: idColumn.name, Value: "", Reason: "is empty; a cat needs the shelter's own id for it", ExternalID: ""})
		return
	}
	status, ok := l.Format.status(r)
	if !ok && len(l.Format.statuses) > 0 {
		c, said := r.first(l.Format.statusColumns())
		l.refuseRow(Refusal{Line: r.line, Column: c.name, Value: shorten(said), Reason: fmt.Sprintf("is no status that format %q knows", l.Format.Name), ExternalID: id})
		return
	}
	l.list(listed{row: r, id: id, status: status})
}

// list adds a row, or puts it in the place of an older one of the same cat.
func (l *Listing) list(r listed) {
	i, known := l.byID[r.id]
	switch {
	case !known:
		l.byID[r.id] = len(l.rows)
		l.rows = append(l.rows, r)
	case l.Format.repeats.refuse:
		c, _ := r.first(l.Format.id)
		l.refuseRow(Refusal{Line: r.line, Column: c.name, Value: r.id, Reason: fmt.Sprintf("stands in line %d already", l.rows[i].line), ExternalID: r.id})
	default:
		l.setAside("superseded")
		if !l.Format.repeats.newer(l.rows[i].row, r.row) {
			l.rows[i] = r
		}
	}
}

// newer says whether row a is newer than the later row b.
func (p repeats) newer(a, b row) bool {
	for _, c := range p.newest {
		on, _, _ := vocab.ReadDate(a.get(c)) // no date is the oldest
		than, _, _ := vocab.ReadDate(b.get(c))
		if order := on.Compare(than); order != 0 {
			return order > 0
		}
	}
	return false
}

func (l *Listing) setAside(why string) {
	l.report.SetAside++
	l.report.AsideBy[why]++
}

func (l *Listing) refuseRow(r Refusal) {
	l.report.Refused++
	l.report.Refusals = append(l.report.Refusals, r)
}

// settle puts the rows into the order of the file, once all are read.
func (l *Listing) settle() {
	slices.SortFunc(l.rows, func(a, b listed) int { return a.line - b.line })
	l.byID = nil
}

// edit is what a row says, as an edit of the cat. It depends on nothing but the row.
func (l *Listing) edit(r listed) catalog.CatEdit {
	return catalog.CatEdit{
		ExternalID: r.id,
		Source:     l.Format.Name,
		Edit: func(facts *catalog.Facts) {
			for _, f := range l.fields {
				if f.target.clear != nil {
					f.target.clear(facts)
				}
			}
			for _, f := range l.fields {
				reading{field: f, row: r.row, asOf: l.asOf, zone: l.Format.zone}.lay(facts)
			}
			if r.status.is != "" {
				r.status.lay(facts, r.row)
			}
		},
	}
}
