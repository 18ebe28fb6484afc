package api

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"trailcat/internal/catalog"
	"trailcat/internal/search"
	"trailcat/internal/vocab"
)

const (
	duplicateRadiusKm = 25
	mostNamesakes     = 100 // that are looked at for a name, the nearest first
	twinsAtOnce       = 500 // cats are read at a time
)

// duplicate is another listing that seems to be of the same cat.
type duplicate struct {
	catalog.Cat

	because catalog.DuplicateReason
}

// duplicates finds, for the cats of a shelter by their ids, other listings that seem
// to be of the same cat: at any shelter by the microchip, within 25 km by the
// looks.
func (a *API) duplicates(ctx context.Context, shelter catalog.Shelter, cats []catalog.Cat) (map[string][]duplicate, error) {
	chipped, err := a.sameChips(ctx, cats)
	if err != nil {
		return nil, err
	}
	near, err := a.sameNameCandidates(ctx, shelter, cats)
	if err != nil {
		return nil, err
	}
	found := map[string][]duplicate{}
	for i := range cats {
		cat := &cats[i]
		for _, others := range [][]catalog.Cat{chipped[cat.MicrochipHash], near[vocab.Fold(cat.Name)]} {
			for _, other := range others {
				known := slices.ContainsFunc(found[cat.ID], func(t duplicate) bool { return t.ID == other.ID })
				if why := catalog.FindDuplicate(cat, &other, a.Now()); why != "" && !known && !a.hidden(other, shelter.PartnerID) {
					found[cat.ID] = append(found[cat.ID], duplicate{Cat: other, because: why})
				}
			}
		}
	}
	return found, nil
}

// hidden says that a cat's shelter withholds it from a partner.
func (a *API) hidden(cat catalog.Cat, partnerID string) bool {
	home, _ := a.Index.ShelterInfo(cat.ShelterID)
	return home.HiddenFrom(catalog.Audience{PartnerID: partnerID, Class: catalog.PublicReader, Copies: false})
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

// sameNameCandidates are listed cats at or near the shelter that may look like one of its
// cats, by their folded names.
func (a *API) sameNameCandidates(ctx context.Context, shelter catalog.Shelter, cats []catalog.Cat) (map[string][]catalog.Cat, error) {
	by := map[string][]catalog.Cat{}
	known, asked := map[string]bool{}, map[appearanceKey]bool{}
	for _, cat := range cats {
		known[cat.ID] = true
		by[vocab.Fold(cat.Name)] = append(by[vocab.Fold(cat.Name)], cat)
	}
	var others []string
	for i := range cats {
		like := appearanceKey{vocab.Fold(cats[i].Name), cats[i].Sex, cats[i].Breed.Primary}
		if asked[like] || like.sex == vocab.SexUnknown || like.breed == "" {
			continue
		}
		asked[like] = true
		ids, err := a.appearanceCandidates(shelter, like)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			if !known[id] {
				known[id] = true
				others = append(others, id)
			}
		}
	}
	for some := range slices.Chunk(others, twinsAtOnce) {
		found, err := a.Store.CatsByID(ctx, some)
		if err != nil {
			return nil, err
		}
		slices.SortFunc(found, func(a, b catalog.Cat) int { return cmp.Compare(a.Number, b.Number) })
		for _, cat := range found {
			if cat.Status.Listed() {
				by[vocab.Fold(cat.Name)] = append(by[vocab.Fold(cat.Name)], cat)
			}
		}
	}
	return by, nil
}

// appearanceKey is what cats are asked for by, beside their age.
type appearanceKey struct {
	name  string // folded
	sex   vocab.Sex
	breed string
}

// appearanceCandidates are the ids of cats within reach of the shelter of which the words
// of the name are said, and that are of the sex and breed.
func (a *API) appearanceCandidates(shelter catalog.Shelter, like appearanceKey) ([]string, error) {
	if strings.TrimSpace(like.name) == "" {
		return nil, nil
	}
	page, err := a.Index.Cats(search.Query{
		Text: `"` + like.name + `"`, Near: &shelter.Point, RadiusKm: duplicateRadiusKm, Limit: mostNamesakes,
		Where: []search.Clause{
			{Field: search.FieldSex, AnyOf: []string{string(like.sex)}},
			{Field: search.FieldBreed, AnyOf: []string{like.breed}},
		},
	})
	if catalog.KindOf(err) == catalog.Malformed {
		return nil, nil // a name without a word that can be searched for
	}
	var ids []string
	for _, hit := range page.Hits {
		ids = append(ids, hit.ID)
	}
	return ids, err
}
