package search

import (
	"slices"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/search/bitset"
	"trailcat/internal/vocab"
)

// latestBirthDay returns the last day on which a cat can be born that is at least
// the given number of whole months old today.
func latestBirthDay(today int32, months int) int32 {
	t := dateOf(today)
	first := time.Date(t.Year(), t.Month()-time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	daysInMonth := first.AddDate(0, 1, -1).Day()
	return dayOf(first) + int32(min(t.Day(), daysInMonth)) - 1
}

// ageGroups maps birth days to age groups, as of a day.
type ageGroups struct {
	bornSince []int32 // the first birth day of each group, youngest group first
	values    []*value
	unknown   *value
}

// maxAgeMonths is the age at which the last age group certainly starts.
const maxAgeMonths = 12 * 60

func (d *indexData) ageGroupsOn(today int32) ageGroups {
	var g ageGroups
	field := d.fields[FieldAgeGroup]
	for months := range maxAgeMonths {
		group := field.find(string(vocab.AgeGroupOf(months)))
		if last := len(g.values) - 1; last < 0 || g.values[last] != group {
			g.values, g.bornSince = append(g.values, group), append(g.bornSince, 0)
		}
		g.bornSince[len(g.bornSince)-1] = latestBirthDay(today, months+1) + 1
	}
	g.bornSince[len(g.bornSince)-1] = unknownBirthDay + 1
	g.unknown = field.find(unknown)
	return g
}

// groupOf returns the age group of a cat: by its birth day if that is known, else as
// the source reported it.
func (g ageGroups) groupOf(bornOn int32, reported vocab.AgeGroup) *value {
	if bornOn != unknownBirthDay {
		return g.values[slices.IndexFunc(g.bornSince, func(since int32) bool { return bornOn >= since })]
	}
	for _, v := range g.values {
		if v.name == string(reported) {
			return v
		}
	}
	return g.unknown
}

// rollDay computes the sets of the age groups as of another day. It changes nothing:
// the function that it returns does, and must be called under the lock.
func (d *indexData) rollDay(today int32) func() {
	groups := d.ageGroupsOn(today)
	field := d.fields[FieldAgeGroup]
	sets := make(map[*value]*bitset.Set, len(field.values))
	for _, v := range field.values {
		sets[v] = new(bitset.Set)
		sets[v].Grow(d.blocks())
	}
	for slot := range d.live.All() {
		sets[groups.groupOf(d.bornOn[slot], reportedAgeGroup(d.reportedAge[slot]))].Add(slot)
	}
	return func() {
		for v, s := range sets {
			v.set = *s
		}
		d.today = today
	}
}

// birthDay returns a birth as the column stores it.
func birthDay(b catalog.Birth) int32 {
	if b.On.IsZero() {
		return unknownBirthDay
	}
	return dayOf(b.On)
}
