package api

import (
	"context"
	"slices"
	"strings"

	"trailcat/internal/catalog"
	"trailcat/internal/search"
	"trailcat/internal/vocab"
)

const (
	twinsWithinKm = 25
	mostNamesakes = 100 // that are looked at for a cat, the nearest first
	twinsAtOnce   = 500 // cats are read at a time
)

// twin is another listing that seems to be of the same cat.
type twin struct {
	catalog.Cat

	because catalog.Sameness
}

// twins finds, for the cats of a shelter by their ids, other listings that seem
// to be of the same cat: at any shelter by the microchip, within 25 km by the
// looks.
func (a *API) twins(ctx context.Context, shelter catalog.Shelter, cats []catalog.Cat) (map[string][]twin, error) {
	chipped, err := a.sameChips(ctx, cats)
	if err != nil {
		return nil, err
	}
	near, err := a.namesakes(ctx, shelter, cats)
	if err != nil {
		return nil, err
	}
	found := map[string][]twin{}
	for i := range cats {
		cat := &cats[i]
		for _, others := range [][]catalog.Cat{chipped[cat.MicrochipHash], near[vocab.Fold(cat.Name)]} {
			for _, other := range others {
				known := slices.ContainsFunc(found[cat.ID], func(t twin) bool { return t.ID == other.ID })
				if why := catalog.Same(cat, &other, a.Now()); why != "" && !known {
					found[cat.ID] = append(found[cat.ID], twin{Cat: other, because: why})
				}
			}
		}
	}
	return found, nil
}

// sameChips are the listed cats that bear one of the cats' microchips, by the chip.
func (a *API) sameChips(ctx context.Context, cats []catalog.Cat) (map[string][]catalog.Cat, error) {
	var hashes []string
	for _, cat := range cats {
		if cat.MicrochipHash != "" {
			hashes = append(hashes, cat.MicrochipHash)
		}
	}
	found, err := a.Store.CatsByMicrochip(ctx, hashes)
	by := map[string][]catalog.Cat{}
	for _, cat := range found {
		by[cat.MicrochipHash] = append(by[cat.MicrochipHash], cat)
	}
	return by, err
}

// namesakes are listed cats near the shelter that may look like one of the cats,
// by their folded names.
func (a *API) namesakes(ctx context.Context, shelter catalog.Shelter, cats []catalog.Cat) (map[string][]catalog.Cat, error) {
	var ids []string
	for i := range cats {
		hits, err := a.lookAlikes(shelter, &cats[i])
		if err != nil {
			return nil, err
		}
		ids = append(ids, hits...)
	}
	slices.Sort(ids)
	by := map[string][]catalog.Cat{}
	for some := range slices.Chunk(slices.Compact(ids), twinsAtOnce) {
		found, err := a.Store.CatsByID(ctx, some)
		if err != nil {
			return nil, err
		}
		slices.SortFunc(found, func(a, b catalog.Cat) int { return int(a.Number - b.Number) })
		for _, cat := range found {
			if cat.Status.Listed() {
				by[vocab.Fold(cat.Name)] = append(by[vocab.Fold(cat.Name)], cat)
			}
		}
	}
	return by, nil
}

// lookAlikes are the ids of other cats near the shelter of which the words of
// the cat's name are said, and that are of its sex and breed.
func (a *API) lookAlikes(shelter catalog.Shelter, cat *catalog.Cat) ([]string, error) {
	name := vocab.Fold(cat.Name)
	if strings.TrimSpace(name) == "" || cat.Sex == vocab.SexUnknown || cat.Breed.Primary == "" {
		return nil, nil
	}
	page, err := a.Index.Cats(search.Query{
		Text: `"` + name + `"`, Near: &shelter.Point, RadiusKm: twinsWithinKm, Limit: mostNamesakes,
		Where: []search.Clause{
			{Field: search.FieldSex, AnyOf: []string{string(cat.Sex)}},
			{Field: search.FieldBreed, AnyOf: []string{cat.Breed.Primary}},
		},
	})
	if catalog.KindOf(err) == catalog.Malformed {
		return nil, nil // a name without a word that can be searched for
	}
	var ids []string
	for _, hit := range page.Hits {
		if hit.ID != cat.ID {
			ids = append(ids, hit.ID)
		}
	}
	return ids, err
}
