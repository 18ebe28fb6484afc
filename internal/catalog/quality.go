package catalog

import (
	"slices"
	"time"

	"trailcat/internal/vocab"
)

// Issue is a defect that keeps a listing from being found, trusted or chosen.
type Issue string

// The issues of a listing.
const (
	IssueStale           Issue = "stale"            // not confirmed within the period that its shelter allows
	IssueDuplicate       Issue = "likely_duplicate" // another listing seems to describe the same cat; see FindDuplicate
	IssueNoPhoto         Issue = "no_photo"
	IssuePhotoMissing    Issue = "photo_missing" // a linked photo is no longer found where the source said
	IssueSharedPhoto     Issue = "shared_photo"  // the main photo is that of another cat of the shelter, too
	IssueNoDescription   Issue = "no_description"
	IssueNoAge           Issue = "no_age"            // neither a birth nor an age group
	IssueUnknownGoodWith Issue = "unknown_good_with" // nothing is known about children, dogs and cats
	IssueUnmappedBreed   Issue = "unmapped_breed"    // the source's words for the breed could not be parsed
	IssueUnmappedColors  Issue = "unmapped_colors"   // those for the colours
	IssueUnmappedWords   Issue = "unmapped_words"    // those for another field
	IssueNotAssessed     Issue = "not_assessed"      // there is no evidence for an adventure rating
)

// Issues lists every issue, the most severe first.
func Issues() []Issue {
	return []Issue{
		IssueStale, IssueDuplicate, IssueNoPhoto, IssuePhotoMissing, IssueSharedPhoto, IssueNoDescription, IssueNoAge,
		IssueUnknownGoodWith, IssueUnmappedBreed, IssueUnmappedColors, IssueUnmappedWords, IssueNotAssessed,
	}
}

// Issues returns the issues of a cat's listing that are visible in itself, the most
// severe first.
func (c *Cat) Issues() []Issue {
	var out []Issue
	for _, check := range []struct {
		issue Issue
		found bool
	}{
		{IssueStale, c.Stale},
		{IssueNoPhoto, len(c.Photos) == 0},
		{IssuePhotoMissing, slices.ContainsFunc(c.Photos, func(p Photo) bool { return p.SourceMissing })},
		{IssueNoDescription, c.Description == ""},
		{IssueNoAge, c.Birth.On.IsZero() && c.AgeGroup == ""},
		{IssueUnknownGoodWith, c.GoodWith == GoodWith{}},
		{IssueUnmappedBreed, c.Unparsed["breed"] != ""},
		{IssueUnmappedColors, c.Unparsed["colors"] != ""},
		{IssueUnmappedWords, c.hasOtherUnparsed("breed", "colors")},
		{IssueNotAssessed, c.Rating.Overall == nil},
	} {
		if check.found {
			out = append(out, check.issue)
		}
	}
	return out
}

// hasOtherUnparsed reports whether there are unparsed words for other fields.
func (c *Cat) hasOtherUnparsed(except ...string) bool {
	for field := range c.Unparsed {
		if !slices.Contains(except, field) {
			return true
		}
	}
	return false
}

// SeverityScore returns a score of several issues, higher for more and for more
// severe ones. It only serves to sort listings.
func SeverityScore(issues []Issue) int {
	score := 0
	for _, issue := range issues {
		score += len(Issues()) - slices.Index(Issues(), issue)
	}
	return score
}

// DuplicateReason says why two listings seem to describe the same cat.
type DuplicateReason string

// The reasons for taking two listings for duplicates.
const (
	SameMicrochip         DuplicateReason = "microchip"
	DuplicateByAppearance DuplicateReason = "looks" // same name, sex, age and breed, near each other, from two sources
	SamePhoto             DuplicateReason = "photo" // same photo, and neither sex nor age contradict it
)

// FindDuplicate returns why two listings seem to describe the same cat, or an empty
// reason if they do not. For DuplicateByAppearance the caller must check that they
// are near each other; for SamePhoto, that few cats have the photo.
func FindDuplicate(a, b *Cat, now time.Time) DuplicateReason {
	switch {
	case a.ID == b.ID:
		return ""
	case a.MicrochipHash != "" && a.MicrochipHash == b.MicrochipHash:
		return SameMicrochip
	case a.MicrochipHash != "" && b.MicrochipHash != "":
		return "" // different microchips
	case a.ShelterID == b.ShelterID && a.Source == b.Source:
		return "" // one source distinguishes its own cats
	case vocab.Fold(a.Name) == vocab.Fold(b.Name) && a.Sex != vocab.SexUnknown && a.Sex == b.Sex &&
		a.Breed.Primary != "" && a.Breed.Primary == b.Breed.Primary && sameAge(a, b, now):
		return DuplicateByAppearance
	case sharePhoto(a, b) && !isKnownAndDifferent(a.Sex, b.Sex) && (sameAge(a, b, now) || a.AgeGroupOn(now) == "" || b.AgeGroupOn(now) == ""):
		return SamePhoto
	default:
		return ""
	}
}

func isKnownAndDifferent(a, b vocab.Sex) bool {
	return a != vocab.SexUnknown && b != vocab.SexUnknown && a != b
}

func sharePhoto(a, b *Cat) bool {
	return slices.ContainsFunc(a.Photos, func(p Photo) bool { return slices.ContainsFunc(b.Photos, p.LooksLike) })
}

// sameAge compares births if both are known, otherwise age groups.
func sameAge(a, b *Cat, now time.Time) bool {
	if !a.Birth.On.IsZero() && !b.Birth.On.IsZero() {
		first, last := a.Birth.On, b.Birth.On
		if first.After(last) {
			first, last = last, first
		}
		return !last.After(first.AddDate(0, 3, 0))
	}
	group := a.AgeGroupOn(now)
	return group != "" && group == b.AgeGroupOn(now)
}

// Quality summarizes the issues of a shelter's listings on one day.
type Quality struct {
	Day    time.Time // a date
	Listed int
	Counts map[Issue]int // number of listings per issue
}
