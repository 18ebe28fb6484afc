package search

import (
	"cmp"
	"encoding/binary"
	"hash/fnv"
	"math"
	"slices"
	"strings"
	"time"
)

// hash tells one question from another, whatever the page. The order of clauses
// and of values does not matter. It is the same on every node.
func (q *Query) hash() uint64 {
	h := fnv.New64a()
	b := make([]byte, 0, 256)
	text := func(s string) { b = append(binary.AppendUvarint(b, uint64(len(s))), s...) }
	number := func(n int64) { b = binary.AppendVarint(b, n) }
	months := func(n *int) {
		if n == nil {
			text("")
			return
		}
		text("months")
		number(int64(*n))
	}
	where := q.Where
	if !slices.IsSortedFunc(where, compareClauses) {
		where = slices.Clone(where)
		slices.SortStableFunc(where, compareClauses)
	}
	for _, c := range where {
		text(string(c.Field))
		values := c.AnyOf
		if !slices.IsSorted(values) {
			values = slices.Clone(values)
			slices.Sort(values)
		}
		number(int64(len(values)))
		for _, v := range values {
			text(v)
		}
	}
	text("")
	for i := range q.Suits {
		q.Suits[i].hashInto(text)
	}
	months(q.AgeMonthsMin)
	months(q.AgeMonthsMax)
	number(microsOf(q.ListedSince))
	number(microsOf(q.ListedBefore))
	number(microsOf(q.UpdatedSince))
	text(q.Text)
	text(q.Name)
	if q.Near != nil {
		number(int64(math.Float64bits(q.Near.Lat)))
		number(int64(math.Float64bits(q.Near.Lng)))
		number(int64(math.Float64bits(q.RadiusKm)))
	}
	text(string(q.order()))
	number(q.Seed)
	h.Write(b)
	return h.Sum64()
}

func compareClauses(a, b Clause) int {
	return cmp.Or(cmp.Compare(a.Field, b.Field), strings.Compare(strings.Join(a.AnyOf, ","), strings.Join(b.AnyOf, ",")))
}

// order is the order that is meant.
func (q *Query) order() Order {
	switch {
	case q.Order == OrderSuitability && q.OrderFor != "":
		return OrderSuitability + "." + Order(q.OrderFor)
	case q.Order != "":
		return q.Order
	case q.Near != nil:
		return OrderDistance
	default:
		return OrderNewest
	}
}

// microsOf is a moment in microseconds, or the least number where there is none.
func microsOf(t time.Time) int64 {
	if t.IsZero() {
		return math.MinInt64
	}
	return t.UnixMicro()
}
