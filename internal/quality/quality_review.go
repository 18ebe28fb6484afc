package quality

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/search"
	"trailcat/internal/vocab"
)

// Store reads what quality is judged by, and keeps what was found.
type Store interface {
	ListedCats(ctx context.Context, shelterID string, each func(batch []catalog.Cat) error) error
	CatsByMicrochip(ctx context.Context, hashes []string) ([]catalog.Cat, error)
	CatsByID(ctx context.Context, ids []string) ([]catalog.Cat, error)
	SaveQuality(ctx context.Context, shelterID string, q catalog.Quality) error
	QualitySince(ctx context.Context, shelterID string, day time.Time) ([]catalog.Quality, error)
}

// Report is what was found about a shelter's listings.
type Report struct {
	Quality  catalog.Quality
	Flawless int
	Cats     []Listing // with something the matter, the worst first
}

// Listing is a listing with something the matter.
type Listing struct {
	catalog.Cat

	issues []catalog.Issue
	Twins  []Duplicate
	At     Cursor
}

// Reviewer reviews the listings of shelters.
type Reviewer struct {
	Store Store
	Index *search.Index
	Log   *slog.Logger
	Now   func() time.Time
}

// Review judges all listings of a shelter.
func (r Reviewer) Review(ctx context.Context, shelter catalog.Shelter) (Report, error) {
	var cats []catalog.Cat
	err := r.Store.ListedCats(ctx, shelter.ID, func(batch []catalog.Cat) error {
		cats = append(cats, batch...)
		return nil
	})
	if err != nil {
		return Report{}, err
	}
	twins, err := r.duplicates(ctx, shelter, cats)
	if err != nil {
		return Report{}, err
	}
	out := Report{Quality: catalog.Quality{Day: r.Now().UTC(), Listed: len(cats), Counts: map[catalog.Issue]int{}}}
	for _, cat := range cats {
		issues := cat.Issues()
		if len(twins[cat.ID]) > 0 {
			issues = append(issues, catalog.IssueDuplicate)
		}
		for _, issue := range issues {
			out.Quality.Counts[issue]++
		}
		if len(issues) == 0 {
			out.Flawless++
			continue
		}
		out.Cats = append(out.Cats, Listing{Cat: cat, issues: issues, Twins: twins[cat.ID], At: Cursor{catalog.SeverityScore(issues), cat.Number}})
	}
	slices.SortFunc(out.Cats, func(a, b Listing) int { return a.At.Compare(b.At) })
	return out, nil
}

func (r Listing) HasAny(wanted []string) bool {
	return slices.ContainsFunc(r.issues, func(i catalog.Issue) bool { return slices.Contains(wanted, string(i)) })
}

// Cursor is the place of a cat in the list: the heavier come first, then
// the older numbers.
type Cursor struct {
	weight int
	number int64
}

func (q Cursor) Compare(with Cursor) int {
	return cmp.Or(cmp.Compare(with.weight, q.weight), cmp.Compare(q.number, with.number))
}

func (q Cursor) String() string { return fmt.Sprintf("%d.%d", q.weight, q.number) }

func ParseCursor(text string) (*Cursor, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // none was sent
	}
	var q Cursor
	_, err := fmt.Sscanf(text, "%d.%d", &q.weight, &q.number)
	return &q, err
}

// NoteQuality keeps how the listings are after an import.
func (r Reviewer) NoteQuality(ctx context.Context, shelter catalog.Shelter) {
	found, err := r.Review(ctx, shelter)
	if err != nil {
		r.Log.WarnContext(ctx, "quality not reviewed", slog.String("shelter", shelter.ID), slog.Any("error", err))
		return
	}
	r.KeepQuality(ctx, shelter, found.Quality)
}

// KeepQuality keeps a day of the history. That it could not is no reason to
// keep the answer from who asks.
func (r Reviewer) KeepQuality(ctx context.Context, shelter catalog.Shelter, q catalog.Quality) {
	if err := r.Store.SaveQuality(ctx, shelter.ID, q); err != nil {
		r.Log.WarnContext(ctx, "quality not kept", slog.String("shelter", shelter.ID), slog.Any("error", err))
	}
}

const (
	duplicateRadiusKm = 25
	mostNamesakes     = 100 // that are looked at for a name, the nearest first
	twinsAtOnce       = 500 // cats are read at a time
)

// Duplicate is another listing that seems to be of the same cat.
type Duplicate struct {
	catalog.Cat

	Because catalog.DuplicateReason
}

// duplicates finds, for the cats of a shelter by their ids, other listings that seem
// to be of the same cat: at any shelter by the microchip, within 25 km by the
// looks.
func (r Reviewer) duplicates(ctx context.Context, shelter catalog.Shelter, cats []catalog.Cat) (map[string][]Duplicate, error) {
	chipped, err := r.sameChips(ctx, cats)
	if err != nil {
		return nil, err
	}
	near, err := r.sameNameCandidates(ctx, shelter, cats)
	if err != nil {
		return nil, err
	}
	found := map[string][]Duplicate{}
	for i := range cats {
		cat := &cats[i]
		for _, others := range [][]catalog.Cat{chipped[cat.MicrochipHash], near[vocab.Fold(cat.Name)]} {
			for _, other := range others {
				known := slices.ContainsFunc(found[cat.ID], func(t Duplicate) bool { return t.ID == other.ID })
				if why := catalog.FindDuplicate(cat, &other, r.Now()); why != "" && !known && !r.hidden(other, shelter.PartnerID) {
					found[cat.ID] = append(found[cat.ID], Duplicate{Cat: other, Because: why})
				}
			}
		}
	}
	return found, nil
}

// hidden says that a cat's shelter withholds it from a partner.
func (r Reviewer) hidden(cat catalog.Cat, partnerID string) bool {
	home, _ := r.Index.ShelterInfo(cat.ShelterID)
	return home.HidesFrom(catalog.Audience{PartnerID: partnerID, Class: catalog.PublicReader, Copies: false})
}

// sameChips are the listed cats that bear one of the cats' microchips, by the chip.
func (r Reviewer) sameChips(ctx context.Context, cats []catalog.Cat) (map[string][]catalog.Cat, error) {
	var hashes []string
	for _, cat := range cats {
		if cat.MicrochipHash != "" {
			hashes = append(hashes, cat.MicrochipHash)
		}
	}
	found, err := r.Store.CatsByMicrochip(ctx, hashes)
	by := map[string][]catalog.Cat{}
	for _, cat := range found {
		by[cat.MicrochipHash] = append(by[cat.MicrochipHash], cat)
	}
	return by, err
}

// sameNameCandidates are listed cats at or near the shelter that may look like one of its
// cats, by their folded names.
func (r Reviewer) sameNameCandidates(ctx context.Context, shelter catalog.Shelter, cats []catalog.Cat) (map[string][]catalog.Cat, error) {
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
		ids, err := r.appearanceCandidates(shelter, like)
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
		found, err := r.Store.CatsByID(ctx, some)
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
func (r Reviewer) appearanceCandidates(shelter catalog.Shelter, like appearanceKey) ([]string, error) {
	if strings.TrimSpace(like.name) == "" {
		return nil, nil
	}
	page, err := r.Index.Cats(search.Query{
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
