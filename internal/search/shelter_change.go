package search

import (
	"cmp"
	"slices"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/search/bitset"
)

// shelterChange is a changed shelter, and where its cats are now, by slot: those whose place
// may have changed.
type shelterChange struct {
	shelter catalog.Shelter
	points  map[uint32]geo.Point
}

// locates reports whether a change of a shelter may move its cats to another place. Of what a
// shelter says about itself, cats derive only that, the region and the country; see planMove.
// Everything else is read from the shelter when a query needs it.
func (s *shelter) locates(changed *catalog.Shelter) bool {
	return s.Point != changed.Point || s.Address.Country != changed.Address.Country
}

func (d *indexData) idsOf(slots []uint32) []string {
	ids := make([]string, len(slots))
	for i, slot := range slots {
		ids[i] = d.ids[slot].String()
	}
	return ids
}

// addPoints adds where cats are after their shelter changed. A cat that has left the shelter,
// or is not listed any more, has a log entry of its own that follows.
func (d *indexData) addPoints(points map[uint32]geo.Point, cats []catalog.Cat, changed *catalog.Shelter) {
	for i := range cats {
		c := &cats[i]
		id, ok := parseCatID(c.ID)
		if !ok || c.ShelterID != changed.ID || c.Status == catalog.Removed {
			continue
		}
		if slot, known := d.slotOf(id); known {
			points[slot] = pointOf(c, changed, d.options.PostalPoint)
		}
	}
}

// shelterMove is a change of a shelter, prepared like a catStep. It is applied at once:
// its cats are in their new place, region and country together.
type shelterMove struct {
	data    *indexData
	shelter catalog.Shelter
	history []sortKeyVersion
	points  []geo.Point            // by index in history, where the cats are now
	places  map[geo.Point][]uint32 // the cats at each place that loses or gains some
	region  [2]string              // before and after
	country [2]string
	cats    []uint32 // of the shelter, if its region or country changes
}

// planMove prepares a change of a shelter. It changes nothing.
func (d *indexData) planMove(c shelterChange) *shelterMove {
	m := &shelterMove{data: d, shelter: c.shelter, places: map[geo.Point][]uint32{}}
	number, known := d.shelters.byID[c.shelter.ID]
	if !known {
		return m
	}
	old := d.shelters.all[number]
	m.region = [2]string{old.Address.Region, c.shelter.Address.Region}
	m.country = [2]string{old.Address.Country, c.shelter.Address.Country}
	m.cats = old.cats
	leaving := bitset.Set{}
	leaving.Grow(d.blocks())
	left, arriving := map[geo.Point]bool{}, map[geo.Point][]uint32{}
	for _, slot := range old.cats {
		place := d.placeOf[slot]
		from := d.places.all[place].point
		to, ok := c.points[slot]
		if !ok || to == from {
			continue
		}
		leaving.Add(slot)
		left[from] = true
		arriving[to] = append(arriving[to], slot)
		before := d.sortValues(slot)
		before.name = nil // does not change
		m.history = append(m.history, sortKeyVersion{sortValues: before, slot: slot, place: place, moved: movedPlace})
		m.points = append(m.points, to)
	}
	for point := range left {
		m.places[point] = slices.DeleteFunc(d.slotsAt(point), leaving.Has)
	}
	for point, slots := range arriving {
		all, ok := m.places[point]
		if !ok {
			all = d.slotsAt(point)
		}
		all = append(all, slots...)
		slices.SortFunc(all, func(a, b uint32) int { return cmp.Compare(d.numbers[a], d.numbers[b]) })
		m.places[point] = all
	}
	return m
}

// slotsAt returns a copy of the slots of the listed cats at a point.
func (d *indexData) slotsAt(point geo.Point) []uint32 {
	if number, known := d.places.numbers[point]; known {
		return slices.Clone(d.places.all[number].slots)
	}
	return nil
}

// apply applies the change and moves the head to its log entry. It is called under the lock.
func (m *shelterMove) apply(entry catalog.Change) {
	d := m.data
	d.shelters.upsert(m.shelter)
	for i := range m.history {
		m.history[i].seq = entry.Seq
		d.history.add(m.history[i])
	}
	for point, slots := range m.places {
		d.places.all[d.places.getOrCreate(point)].slots = slots
	}
	for i, v := range m.history {
		d.placeOf[v.slot] = d.places.numbers[m.points[i]]
	}
	d.moveBetween(d.fields[FieldRegion], m.region, m.cats)
	d.moveBetween(d.fields[FieldCountry], m.country, m.cats)
	d.advance(entry)
}

// moveBetween moves slots from one value of a field to another. An empty value is none.
func (d *indexData) moveBetween(f *fieldValues, names [2]string, slots []uint32) {
	if names[0] == names[1] {
		return
	}
	if v := f.find(names[0]); v != nil {
		for _, slot := range slots {
			v.set.Remove(slot)
		}
	}
	if names[1] != "" && len(slots) > 0 {
		v := f.getOrCreate(names[1])
		for _, slot := range slots {
			d.addTo(&v.set, slot)
		}
	}
}
