package ingest

import (
	"cmp"
	"slices"

	"trailcat/internal/vocab"
)

// dateEvidence says in which order the dates of each column of a file can be.
type dateEvidence map[string]columnOrders

// columnOrders is whether a column has dates that can only have the month, or the day,
// first.
type columnOrders struct{ monthFirst, dayFirst bool }

// observe adds a value of a column.
func (e dateEvidence) observe(c column, value string) {
	order := vocab.ProvenOrder(value)
	if order == "" {
		return
	}
	known := e[c.key]
	known.monthFirst = known.monthFirst || order == vocab.MonthFirst
	known.dayFirst = known.dayFirst || order == vocab.DayFirst
	e[c.key] = known
}

// observeRow adds the values of the columns of a row that have dates.
func (e dateEvidence) observeRow(columns []column, r row) {
	for _, c := range columns {
		e.observe(c, r.value(c))
	}
}

// order returns the order of the dates in a column: the proven one, without a proof that of
// the other columns, if it is the same in all, otherwise byDefault. It returns "" for a
// column that has dates in both orders.
func (e dateEvidence) order(c column, byDefault vocab.DateOrder) vocab.DateOrder {
	orders, ok := e[c.key]
	if !ok {
		for _, other := range e {
			orders.monthFirst = orders.monthFirst || other.monthFirst
			orders.dayFirst = orders.dayFirst || other.dayFirst
		}
		if orders.monthFirst && orders.dayFirst {
			return byDefault
		}
	}
	switch {
	case orders.monthFirst && orders.dayFirst:
		return ""
	case orders.monthFirst:
		return vocab.MonthFirst
	case orders.dayFirst:
		return vocab.DayFirst
	default:
		return byDefault
	}
}

// localDateOrder returns the usual order in a country, given by its ISO 3166 code. Without
// a country it is the United States.
func localDateOrder(country string) vocab.DateOrder {
	switch cmp.Or(country, "US") {
	case "US", "PR", "GU", "VI", "MP", "AS", "PH":
		return vocab.MonthFirst
	default:
		return vocab.DayFirst
	}
}

// dateColumns returns the columns that the format reads dates from.
func (f *Format) dateColumns() []column {
	columns := slices.Clone(f.duplicates.dateColumns)
	for _, fld := range f.allFields() {
		if fld.setter.isDate {
			columns = append(columns, fld.columns()...)
		}
		columns = append(append(columns, fld.asOf...), fld.notAfter...)
	}
	return columns
}

// dateOrder returns the order of the dates in a column of the file.
func (d *Dataset) dateOrder(c column) vocab.DateOrder {
	return cmp.Or(d.Format.dateOrder, d.evidence.order(c, localDateOrder(d.country)))
}
