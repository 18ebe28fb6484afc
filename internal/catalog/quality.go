package catalog

import (
	"slices"
	"time"

	"trailcat/internal/vocab"
)

// Issue is something that keeps a listing from being found, trusted or chosen.
type Issue string

// What can be the matter with a listing.
const (
	IssueStale           Issue = "stale"             // not confirmed for as long as its shelter allows
	IssueDuplicate       Issue = "likely_duplicate"  // another listing seems to be of the same cat; see Same
	IssueNoPhoto         Issue = "no_photo"          //
	IssueNoDescription   Issue = "no_description"    //
	IssueNoAge           Issue = "no_age"            // neither a birth nor an age group
	IssueUnknownGoodWith Issue = "unknown_good_with" // nothing is known of children, dogs and cats
	IssueUnmappedBreed   Issue = "unmapped_breed"    // the words for the breed were not understood
	IssueUnmappedColors  Issue = "unmapped_colors"   // those for the colours
	IssueUnmappedWords   Issue = "unmapped_words"    // those for something else
	IssueNotAssessed     Issue = "not_assessed"      // nothing was recorded by which an adventure could be rated
)

// Issues lists every issue, the worst first.
func Issues() []Issue {
	return []Issue{
		IssueStale, IssueDuplicate, IssueNoPhoto, IssueNoDescription, IssueNoAge,
		IssueUnknownGoodWith, IssueUnmappedBreed, IssueUnmappedColors, IssueUnmappedWords, IssueNotAssessed,
	}
}

// Issues lists what is the matter with a cat's listing, by itself, the worst first.
func (c *Cat) Issues() []Issue {
	var out []Issue
	for _, check := range []struct {
		issue Issue
		found bool
	}{
		{IssueStale, c.Stale},
		{IssueNoPhoto, len(c.Photos) == 0},
		{IssueNoDescription, c.Description == ""},
		{IssueNoAge, c.Birth.On.IsZero() && c.AgeGroup == ""},
		{IssueUnknownGoodWith, c.GoodWith == GoodWith{}},
		{IssueUnmappedBreed, c.Raw["breed"] != ""},
		{IssueUnmappedColors, c.Raw["colors"] != ""},
		{IssueUnmappedWords, c.hasOtherUnparsed("breed", "colors")},
		{IssueNotAssessed, c.Rating.Overall == nil},
	} {
		if check.found {
			out = append(out, check.issue)
		}
	}
	return out
}

// hasOtherUnparsed says whether words were left over for other fields than these.
func (c *Cat) hasOtherUnparsed(but ...string) bool {
	for field := range c.Raw {
		if !slices.Contains(but, field) {
			return true
		}
	}
	return false
}

// SeverityScore says how bad issues are together: the more and the worse, the more. It
// is for putting listings in order and means nothing else.
func SeverityScore(issues []Issue) int {
	weight := 0
	for _, issue := range issues {
		weight += len(Issues()) - slices.Index(Issues(), issue)
	}
	return weight
}

// DuplicateReason says why two listings seem to be of the same cat.
type DuplicateReason string

// Why two listings seem to be of the same cat.
const (
	SameMicrochip         DuplicateReason = "microchip"
	DuplicateByAppearance DuplicateReason = "looks" // the same name, sex, age and breed, near each other, from two sources
)

// FindDuplicate says why two listings seem to be of the same cat, or nothing if they do
// not. That they are near each other is for the caller to know, where they only
// look the same. Now is the moment of asking.
func FindDuplicate(a, b *Cat, now time.Time) DuplicateReason {
	switch {
	case a.ID == b.ID:
		return ""
	case a.MicrochipHash != "" && a.MicrochipHash == b.MicrochipHash:
		return SameMicrochip
	case a.MicrochipHash != "" && b.MicrochipHash != "":
		return "" // two chips, two cats
	case a.ShelterID == b.ShelterID && a.Source == b.Source:
		return "" // who lists both tells them apart
	case vocab.Fold(a.Name) == vocab.Fold(b.Name) && a.Sex != vocab.SexUnknown && a.Sex == b.Sex &&
		a.Breed.Primary != "" && a.Breed.Primary == b.Breed.Primary && sameAge(a, b, now):
		return DuplicateByAppearance
	default:
		return ""
	}
}

// sameAge compares births where both are known, else age groups.
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

// Quality is how a shelter's listings are on one day.
type Quality struct {
	Day    time.Time // a date
	Listed int
	Counts map[Issue]int // of listings that have the issue
}
