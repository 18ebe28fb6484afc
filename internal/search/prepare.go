package search

import (
	"fmt"
	"slices"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/vocab"
)

// document is a cat made ready for the stock, so that the lock is held only to put
// it in. A removed cat has nothing but what is known of it for ever.
type document struct {
	id        catID
	number    int64
	version   uint32
	shelterID string
	listed    bool
	listedAt  int64
	updatedAt int64
	born      int32
	saidAge   uint8
	suits     suitabilityScores
	point     geo.Point
	said      fieldValueSet
	text      []byte // the text record
	card      []byte // shrunk, in the end
}

// prepare makes cats ready. It reads nothing that is guarded by the lock of the
// index; shelterOf is asked for the shelter of each cat.
func (st *indexData) prepare(cats []catalog.Cat, shelterOf func(id string) *catalog.Shelter) ([]document, error) {
	entries := make([]document, len(cats))
	for i := range cats {
		id, ok := parseCatID(cats[i].ID)
		if !ok {
			return nil, fmt.Errorf("index cat %q: no id looks like this", cats[i].ID)
		}
		entries[i] = st.newEntry(id, &cats[i], shelterOf(cats[i].ShelterID))
	}
	st.shrinkCards(entries)
	st.addTexts(entries, cats)
	return entries, nil
}

func (st *indexData) newEntry(id catID, c *catalog.Cat, shelter *catalog.Shelter) document {
	e := document{
		id: id, number: c.Number, version: uint32(c.Version), shelterID: c.ShelterID, listed: c.Status != catalog.Removed,
		listedAt: c.ListedAt.UnixMicro(), updatedAt: c.UpdatedAt.UnixMicro(),
		born: birthDay(c.Birth), saidAge: uint8(slices.Index(vocab.AgeGroups(), c.AgeGroup) + 1),
		point: shelter.Point,
	}
	if !e.listed {
		return e
	}
	e.point = pointOf(c, shelter, st.options.PostalPoint)
	e.suits = suitsOf(&c.Rating)
	e.said = valuesOf(st.plain, c)
	e.card = st.options.Card(*c, *shelter)
	return e
}

// shrinkCards shrinks all cards at once, so that the book stays in the
// processor's cache. The shrunk ones share a piece of memory.
func (st *indexData) shrinkCards(entries []document) {
	shrunk := make([]byte, 0, 160*len(entries))
	ends := make([]int, len(entries))
	for i := range entries {
		if entries[i].listed {
			shrunk = st.books.shrink(shrunk, entries[i].card)
		}
		ends[i] = len(shrunk)
	}
	from := 0
	for i, to := range ends {
		entries[i].card = shrunk[from:to:to]
		from = to
	}
}

// pointOf is where a listed cat lives: its foster home, else its shelter.
func pointOf(c *catalog.Cat, shelter *catalog.Shelter, postal func(code, country string) (geo.Point, bool)) geo.Point {
	if c.FosterPostalCode != "" {
		if p, ok := postal(c.FosterPostalCode, shelter.Address.Country); ok {
			return p
		}
	}
	return shelter.Point
}

// shortTexts are what is searched for words of a cat before its tags and its
// description.
func shortTexts(c *catalog.Cat) [7]string {
	return [...]string{c.Name, c.Breed.Primary, c.Breed.Secondary, c.Colors.Primary, c.Colors.Secondary, c.Colors.Tertiary, string(c.Colors.Pattern)}
}

// addTexts reads the words of the cats.
func (st *indexData) addTexts(entries []document, cats []catalog.Cat) {
	near, ok := st.frequent.Get().(*termCache)
	if !ok {
		near = &termCache{}
	}
	defer st.frequent.Put(near)
	st.lexicon.mu.RLock()
	defer st.lexicon.mu.RUnlock()
	var stems []byte
	for i := range entries {
		if !entries[i].listed {
			continue
		}
		c := &cats[i]
		stems = stems[:0]
		for _, field := range shortTexts(c) {
			stems = near.appendStems(stems, st.lexicon, field)
		}
		var tags []string
		for _, tag := range c.Traits.Tags {
			stems = near.appendStems(stems, st.lexicon, tag)
			if tag = vocab.Fold(tag); tag != "" && !slices.Contains(tags, tag) {
				tags = append(tags, tag)
			}
		}
		stems = near.appendStems(stems, st.lexicon, c.Description)
		entries[i].text = appendTextRecord(make([]byte, 0, len(stems)+len(c.Name)+8), vocab.Fold(c.Name), tags, stems)
	}
}
