package search

import (
	"slices"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// latestBirthDay is the last day on which a cat that is so many whole months old
// today can have been born.
func latestBirthDay(today int32, months int) int32 {
	t := dateOf(today)
	first := time.Date(t.Year(), t.Month()-time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	daysInMonth := first.AddDate(0, 1, -1).Day()
	return dayOf(first) + int32(min(t.Day(), daysInMonth)) - 1
}

// ageGroups sorts births into age groups, as of a day.
type ageGroups struct {
	since  []int32 // the first day of birth of each group, the youngest group first
	values []*value
	none   *value
}

// oldestMonths is as old as a cat is thought to become.
const oldestMonths = 12 * 60

func (st *indexData) ageGroupsOn(today int32) ageGroups {
	var g ageGroups
	field := st.fields[FieldAgeGroup]
	for months := range oldestMonths {
		group := field.find(string(vocab.AgeGroupOf(months)))
		if last := len(g.values) - 1; last < 0 || g.values[last] != group {
			g.values, g.since = append(g.values, group), append(g.since, 0)
		}
		g.since[len(g.since)-1] = latestBirthDay(today, months+1) + 1
	}
	g.since[len(g.since)-1] = unknownBirthDay + 1
	g.none = field.find(unknown)
	return g
}

// of is the age group of a slot: from its birth where that is known, else as the
// source put it.
func (g ageGroups) of(born int32, said vocab.AgeGroup) *value {
	if born != unknownBirthDay {
		return g.values[slices.IndexFunc(g.since, func(since int32) bool { return born >= since })]
	}
	for _, v := range g.values {
		if v.name == string(said) {
			return v
		}
	}
	return g.none
}

// rollDay makes new sets for the age groups as of another day. Nothing is
// changed yet: what it returns does that, under the lock.
func (st *indexData) rollDay(today int32) func() {
	groups := st.ageGroupsOn(today)
	field := st.fields[FieldAgeGroup]
	fresh := make(map[*value]*bitset, len(field.values))
	for _, v := range field.values {
		fresh[v] = new(bitset{})
		fresh[v].grow(st.blocks())
	}
	for slot := range st.live.all() {
		fresh[groups.of(st.born[slot], st.reportedAgeGroup(slot))].add(slot)
	}
	return func() {
		for v, s := range fresh {
			v.set = *s
		}
		st.today = today
	}
}

// birthDay is the column's form of a birth.
func birthDay(b catalog.Birth) int32 {
	if b.On.IsZero() {
		return unknownBirthDay
	}
	return dayOf(b.On)
}
