package quality

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
	maxCandidates     = 100 // cats of one name that are compared, the nearest first
	readBatch         = 500 // cats that are read at a time
)

// Duplicate is another listing that seems to describe the same cat.
type Duplicate struct {
	catalog.Cat

	Reason catalog.DuplicateReason
}

// duplicates returns the likely duplicates of a shelter's cats, by the ids of these
// cats: listings of any shelter with the same microchip or the same photo, and listings within
// 25 km of the same appearance. Listings that are hidden from the shelter's partner are left
// out.
func (r Reviewer) duplicates(ctx context.Context, shelter catalog.Shelter, cats []catalog.Cat) (map[string][]Duplicate, error) {
	sameMicrochip, err := r.catsByMicrochip(ctx, cats)
	if err != nil {
		return nil, err
	}
	sameName, err := r.catsByName(ctx, shelter, cats)
	if err != nil {
		return nil, err
	}
	var samePhoto map[string][]catalog.Cat
	if !shelter.Demo { // whose cats share pictures
		if samePhoto, err = r.catsByPhoto(ctx, cats); err != nil {
			return nil, err
		}
	}
	found := map[string][]Duplicate{}
	for i := range cats {
		cat := &cats[i]
		for _, others := range [][]catalog.Cat{sameMicrochip[cat.MicrochipHash], sameName[vocab.Fold(cat.Name)], samePhoto[cat.ID]} {
			for _, other := range others {
				known := slices.ContainsFunc(found[cat.ID], func(d Duplicate) bool { return d.ID == other.ID })
				if reason := catalog.FindDuplicate(cat, &other, r.Now()); reason != "" && !known && !r.isHidden(other, shelter.PartnerID) {
					found[cat.ID] = append(found[cat.ID], Duplicate{Cat: other, Reason: reason})
				}
			}
		}
	}
	return found, nil
}

// isHidden reports whether a listing is hidden from a partner.
func (r Reviewer) isHidden(cat catalog.Cat, partnerID string) bool {
	shelter, _ := r.Index.ShelterInfo(cat.ShelterID)
	return shelter.HidesCat(cat.HiddenFrom, catalog.Audience{PartnerID: partnerID, Class: catalog.PublicReader, Copies: false})
}

// catsByMicrochip returns the listed cats of all shelters that have the microchip of
// one of cats, by the hash of the microchip.
func (r Reviewer) catsByMicrochip(ctx context.Context, cats []catalog.Cat) (map[string][]catalog.Cat, error) {
	var hashes []string
	for _, cat := range cats {
		if cat.MicrochipHash != "" {
			hashes = append(hashes, cat.MicrochipHash)
		}
	}
	found, err := r.Store.CatsByMicrochip(ctx, hashes)
	byHash := map[string][]catalog.Cat{}
	for _, cat := range found {
		byHash[cat.MicrochipHash] = append(byHash[cat.MicrochipHash], cat)
	}
	return byHash, err
}

// catsByName returns cats, and listed cats near the shelter that may look like one of
// them, by folded name.
func (r Reviewer) catsByName(ctx context.Context, shelter catalog.Shelter, cats []catalog.Cat) (map[string][]catalog.Cat, error) {
	byName := map[string][]catalog.Cat{}
	for _, cat := range cats {
		byName[vocab.Fold(cat.Name)] = append(byName[vocab.Fold(cat.Name)], cat)
	}
	ids, err := r.candidateIDs(shelter, cats)
	if err != nil {
		return nil, err
	}
	for batch := range slices.Chunk(ids, readBatch) {
		found, err := r.Store.CatsByID(ctx, batch)
		if err != nil {
			return nil, err
		}
		slices.SortFunc(found, func(a, b catalog.Cat) int { return cmp.Compare(a.Number, b.Number) })
		for _, cat := range found {
			if cat.Status.Listed() {
				byName[vocab.Fold(cat.Name)] = append(byName[vocab.Fold(cat.Name)], cat)
			}
		}
	}
	return byName, nil
}

// appearance is what the index is searched for. Ages are compared afterwards.
type appearance struct {
	name  string // folded
	sex   vocab.Sex
	breed string
}

// candidateIDs returns the ids of cats near the shelter, other than cats, that have
// the name, sex and breed of one of cats.
func (r Reviewer) candidateIDs(shelter catalog.Shelter, cats []catalog.Cat) ([]string, error) {
	known, searched := map[string]bool{}, map[appearance]bool{}
	for _, cat := range cats {
		known[cat.ID] = true
	}
	var out []string
	for i := range cats {
		like := appearance{vocab.Fold(cats[i].Name), cats[i].Sex, cats[i].Breed.Primary}
		if searched[like] || like.sex == vocab.SexUnknown || like.breed == "" {
			continue
		}
		searched[like] = true
		ids, err := r.search(shelter, like)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			if !known[id] {
				known[id] = true
				out = append(out, id)
			}
		}
	}
	return out, nil
}

// search returns the ids of cats of an appearance near the shelter. A cat whose
// description contains the name is found too.
func (r Reviewer) search(shelter catalog.Shelter, like appearance) ([]string, error) {
	if strings.TrimSpace(like.name) == "" {
		return nil, nil
	}
	page, err := r.Index.Cats(search.Query{
		Text: `"` + like.name + `"`, Near: &shelter.Point, RadiusKm: duplicateRadiusKm, Limit: maxCandidates,
		Where: []search.Clause{
			{Field: search.FieldSex, AnyOf: []string{string(like.sex)}},
			{Field: search.FieldBreed, AnyOf: []string{like.breed}},
		},
	})
	if catalog.KindOf(err) == catalog.Malformed {
		return nil, nil // the name has no word that can be searched for
	}
	var ids []string
	for _, hit := range page.Hits {
		ids = append(ids, hit.ID)
	}
	return ids, err
}
