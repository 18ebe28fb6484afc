package quality

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/search"
)

// Store reads listings and saves the results of reviews.
type Store interface {
	ListedCats(ctx context.Context, shelterID string, each func(batch []catalog.Cat) error) error
	CatsByMicrochip(ctx context.Context, hashes []string) ([]catalog.Cat, error)
	CatsByID(ctx context.Context, ids []string) ([]catalog.Cat, error)
	// FailingPhotoSources returns those of the photos with one of the URLs that could not be
	// fetched at the last attempt.
	FailingPhotoSources(ctx context.Context, urls []string) ([]catalog.PhotoSource, error)
	// CatsWithPhotosLike returns the ids of the cats that show a photo whose perceptual hash may
	// differ from one of hashes in at most three bits, by perceptual hash. Others are among them.
	CatsWithPhotosLike(ctx context.Context, hashes []uint64) (map[uint64][]string, error)
	// SaveQuality inserts or replaces the result of a shelter on a day.
	SaveQuality(ctx context.Context, shelterID string, q catalog.Quality) error
	QualitySince(ctx context.Context, shelterID string, day time.Time) ([]catalog.Quality, error)
}

// Report is the result of a review.
type Report struct {
	Quality       catalog.Quality
	WithoutIssues int       // number of listings
	Listings      []Listing // those with issues, the most severe first
}

// Listing is a listing with issues.
type Listing struct {
	catalog.Cat

	Issues     []catalog.Issue
	Duplicates []Duplicate
	Cursor     Cursor // its position in the report
}

// HasAny reports whether the listing has one of the issues.
func (l Listing) HasAny(issues []string) bool {
	return slices.ContainsFunc(l.Issues, func(i catalog.Issue) bool { return slices.Contains(issues, string(i)) })
}

// Reviewer reviews the listings of shelters.
type Reviewer struct {
	Store Store
	Index *search.Index
	Log   *slog.Logger
	Now   func() time.Time
}

// Review checks all listings of a shelter.
func (r Reviewer) Review(ctx context.Context, shelter catalog.Shelter) (Report, error) {
	var cats []catalog.Cat
	err := r.Store.ListedCats(ctx, shelter.ID, func(batch []catalog.Cat) error {
		cats = append(cats, batch...)
		return nil
	})
	if err != nil {
		return Report{}, err
	}
	duplicates, err := r.duplicates(ctx, shelter, cats)
	if err != nil {
		return Report{}, err
	}
	var shared map[string]bool
	if !shelter.Demo { // whose cats share pictures
		shared = sharedPhotos(cats)
	}
	out := Report{Quality: catalog.Quality{Day: r.Now().UTC(), Listed: len(cats), Counts: map[catalog.Issue]int{}}}
	for _, cat := range cats {
		issues := cat.Issues()
		if len(duplicates[cat.ID]) > 0 {
			issues = append(issues, catalog.IssueDuplicate)
		}
		if shared[cat.ID] {
			issues = append(issues, catalog.IssueSharedPhoto)
		}
		for _, issue := range issues {
			out.Quality.Counts[issue]++
		}
		if len(issues) == 0 {
			out.WithoutIssues++
			continue
		}
		out.Listings = append(out.Listings, Listing{
			Cat: cat, Issues: issues, Duplicates: duplicates[cat.ID], Cursor: Cursor{catalog.SeverityScore(issues), cat.Number},
		})
	}
	slices.SortFunc(out.Listings, func(a, b Listing) int { return a.Cursor.Compare(b.Cursor) })
	return out, nil
}

// ReviewAndSave reviews a shelter and saves the result of the day. Failures are
// logged.
func (r Reviewer) ReviewAndSave(ctx context.Context, shelter catalog.Shelter) {
	report, err := r.Review(ctx, shelter)
	if err != nil {
		r.Log.WarnContext(ctx, "quality review failed", slog.String("shelter", shelter.ID), slog.Any("error", err))
		return
	}
	r.Save(ctx, shelter, report.Quality)
}

// Save saves the result of the day. A failure is only logged, because the report does
// not depend on it.
func (r Reviewer) Save(ctx context.Context, shelter catalog.Shelter, q catalog.Quality) {
	if err := r.Store.SaveQuality(ctx, shelter.ID, q); err != nil {
		r.Log.WarnContext(ctx, "saving the quality of listings failed", slog.String("shelter", shelter.ID), slog.Any("error", err))
	}
}

// Cursor is the position of a listing in a report: by severity, then by number.
type Cursor struct {
	severity int // see catalog.SeverityScore
	number   int64
}

// Compare returns a negative number if c comes before other, a positive number if it
// comes after it, and 0 if they are equal.
func (c Cursor) Compare(other Cursor) int {
	return cmp.Or(cmp.Compare(other.severity, c.severity), cmp.Compare(c.number, other.number))
}

func (c Cursor) String() string { return fmt.Sprintf("%d.%d", c.severity, c.number) }

// ParseCursor parses the result of Cursor.String.
func ParseCursor(text string) (Cursor, error) {
	var c Cursor
	_, err := fmt.Sscanf(text, "%d.%d", &c.severity, &c.number)
	return c, err
}
