package search

import (
	"fmt"
	"slices"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/vocab"
)

// document is a cat prepared for the index, so that the lock is held only to store
// it. A removed cat has only its id, number, version and shelter.
type document struct {
	id          catID
	number      int64
	version     uint32
	shelterID   string
	listed      bool
	listedAt    int64
	updatedAt   int64
	bornOn      int32
	reportedAge uint8
	fee         int32
	scores      suitabilityScores
	point       geo.Point
	hiddenFrom  catalog.Restriction // without that of the shelter
	values      fieldValueSet
	text        []byte // the text record
	card        []byte // compressed in the end
}

// prepare makes documents of cats. It reads nothing that the lock of the index
// guards; shelterOf returns the shelter of a cat.
func (d *indexData) prepare(cats []catalog.Cat, shelterOf func(id string) *catalog.Shelter) ([]document, error) {
	docs := make([]document, len(cats))
	for i := range cats {
		id, ok := parseCatID(cats[i].ID)
		if !ok {
			return nil, fmt.Errorf("index cat %q: not a valid cat id", cats[i].ID)
		}
		docs[i] = d.newDocument(id, &cats[i], shelterOf(cats[i].ShelterID))
	}
	d.compressCards(docs)
	d.addTexts(docs, cats)
	return docs, nil
}

func (d *indexData) newDocument(id catID, c *catalog.Cat, shelter *catalog.Shelter) document {
	doc := document{
		id: id, number: c.Number, version: uint32(c.Version), shelterID: c.ShelterID, listed: c.Status != catalog.Removed,
		listedAt: c.ListedAt.UnixMicro(), updatedAt: c.UpdatedAt.UnixMicro(),
		bornOn: birthDay(c.Birth), reportedAge: uint8(slices.Index(vocab.AgeGroups(), c.AgeGroup) + 1), fee: feeOf(c.Fee),
		point: shelter.Point,
	}
	if !doc.listed {
		return doc
	}
	doc.point = pointOf(c, shelter, d.options.PostalPoint)
	doc.hiddenFrom = c.HiddenFrom
	doc.scores = scoresOf(c)
	doc.values = valuesOf(d.sets, c)
	doc.card = d.options.Card(*c)
	return doc
}

// compressCards compresses all cards in one go, so that the dictionary stays in the
// processor's cache. The compressed cards share one allocation.
func (d *indexData) compressCards(docs []document) {
	compressed := make([]byte, 0, 160*len(docs))
	ends := make([]int, len(docs))
	for i := range docs {
		if docs[i].listed {
			compressed = d.cards.Compress(compressed, docs[i].card)
		}
		ends[i] = len(compressed)
	}
	from := 0
	for i, to := range ends {
		docs[i].card = compressed[from:to:to]
		from = to
	}
}

// pointOf returns the location of a listed cat: its foster home's postal code if
// that is known, else its shelter.
func pointOf(c *catalog.Cat, shelter *catalog.Shelter, postalPoint func(code, country string) (geo.Point, bool)) geo.Point {
	if c.FosterPostalCode != "" {
		if p, ok := postalPoint(c.FosterPostalCode, shelter.Address.Country); ok {
			return p
		}
	}
	return shelter.Point
}

// shortTexts returns the texts of a cat that are searched before its tags and its
// description.
func shortTexts(c *catalog.Cat) [7]string {
	return [...]string{c.Name, c.Breed.Primary, c.Breed.Secondary, c.Colors.Primary, c.Colors.Secondary, c.Colors.Tertiary, string(c.Colors.Pattern)}
}

// addTexts makes the text records.
func (d *indexData) addTexts(docs []document, cats []catalog.Cat) {
	encoder := d.terms.NewEncoder()
	defer encoder.Close()
	var stems []byte
	for i := range docs {
		if !docs[i].listed {
			continue
		}
		c := &cats[i]
		stems = stems[:0]
		for _, field := range shortTexts(c) {
			stems = encoder.AppendField(stems, field)
		}
		var tags []string
		for _, tag := range c.Traits.Tags {
			stems = encoder.AppendField(stems, tag)
			if tag = vocab.Fold(tag); tag != "" && !slices.Contains(tags, tag) {
				tags = append(tags, tag)
			}
		}
		stems = encoder.AppendField(stems, c.Description)
		docs[i].text = appendTextRecord(make([]byte, 0, len(stems)+len(c.Name)+8), vocab.Fold(c.Name), tags, stems)
	}
}
