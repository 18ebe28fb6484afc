package quality

import (
	"context"
	"slices"

	"trailcat/internal/catalog"
)

// maxSharers is the maximum number of cats whose common photo is evidence of duplicates. A photo of
// more cats is probably a placeholder.
const maxSharers = 4

// catsByPhoto returns the listed cats that have a photo of one of cats, by its id. Photos of more
// than maxSharers cats are left out.
func (r Reviewer) catsByPhoto(ctx context.Context, cats []catalog.Cat) (map[string][]catalog.Cat, error) {
	var hashes []uint64
	for _, cat := range cats {
		for _, p := range cat.Photos {
			if p.PerceptualHash != 0 {
				hashes = append(hashes, p.PerceptualHash)
			}
		}
	}
	if len(hashes) == 0 {
		return nil, nil
	}
	near, err := r.Store.CatsWithPhotosLike(ctx, hashes)
	if err != nil {
		return nil, err
	}
	sharers, all := map[string][]string{}, []string{} // ids
	for _, cat := range cats {
		for _, p := range cat.Photos {
			if ids := sharersOf(p, near); len(ids) <= maxSharers {
				sharers[cat.ID], all = append(sharers[cat.ID], ids...), append(all, ids...)
			}
		}
	}
	slices.Sort(all)
	byID := map[string]catalog.Cat{}
	for batch := range slices.Chunk(slices.Compact(all), readBatch) {
		found, err := r.Store.CatsByID(ctx, batch)
		if err != nil {
			return nil, err
		}
		for _, cat := range found {
			byID[cat.ID] = cat
		}
	}
	out := map[string][]catalog.Cat{}
	for id, ids := range sharers {
		for _, other := range ids {
			if cat, ok := byID[other]; ok && cat.Status.Listed() {
				out[id] = append(out[id], cat)
			}
		}
	}
	return out, nil
}

// sharersOf returns the ids of the cats that have a photo, without repetitions.
func sharersOf(photo catalog.Photo, near map[uint64][]string) []string {
	var ids []string
	for hash, cats := range near {
		if photo.LooksLike(catalog.Photo{PerceptualHash: hash}) { //nolint:exhaustruct_v5 // what is compared
			ids = append(ids, cats...)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// FailingPhotos returns the photos of listings that could not be fetched at the last attempt, by
// URL.
func (r Reviewer) FailingPhotos(ctx context.Context, listings []Listing) (map[string]catalog.PhotoSource, error) {
	var urls []string
	for _, l := range listings {
		for _, p := range l.Photos {
			urls = append(urls, p.URL)
		}
	}
	failing, err := r.Store.FailingPhotoSources(ctx, urls)
	byURL := map[string]catalog.PhotoSource{}
	for _, s := range failing {
		byURL[s.URL] = s
	}
	return byURL, err
}

// sharedPhotos returns the ids of the cats whose main photo is that of another one of cats with
// which they are not bonded.
func sharedPhotos(cats []catalog.Cat) map[string]bool {
	out := map[string]bool{}
	for i := range cats {
		for j := range i {
			a, b := &cats[i], &cats[j]
			if len(a.Photos) > 0 && len(b.Photos) > 0 && a.Photos[0].LooksLike(b.Photos[0]) && !slices.Contains(a.BondedWith, b.ExternalID) && !slices.Contains(b.BondedWith, a.ExternalID) {
				out[a.ID], out[b.ID] = true, true
			}
		}
	}
	return out
}
