package catalog

import (
	"time"

	"trailcat/internal/vocab"
)

// Cat is one cat as the world may see it: who it is with us, and the facts.
type Cat struct {
	ID          string // cat_…, for ever
	Number      int64  // the same for those who need an integer; stable, with gaps
	ShelterID   string
	ExternalID  string    // the shelter's own id, unique within the shelter
	Source      string    // who told us last: the name of an import format, or "api"
	Version     int64     // counts up from 1 with every change
	ConfirmedAt time.Time // when its source last said that this is so; moves without a new version
	CreatedAt   time.Time
	UpdatedAt   time.Time // when it last changed here
	Stale       bool      // its source has not spoken of it for longer than its shelter allows
	Rating      Rating    // of what was observed, see Rating; no source says it
	Facts
}

// Facts are what a source says of a cat. A zero field was not said, a nil
// answer is not known; neither means no.
type Facts struct {
	Name            string
	URL             string // the cat's page for people
	Status          Status
	StatusReason    string
	StatusChangedAt time.Time
	ListedAt        time.Time // since when it is offered
	AvailableOn     time.Time // a date: from when it may leave
	AdoptedOn       time.Time // a date

	Description string // plain text, whole
	Summary     string // a sentence or two; see Brief

	Birth    Birth
	AgeGroup vocab.AgeGroup // as the source put it; counts only where Birth is not known

	Sex     vocab.Sex
	Altered *bool // spayed or neutered
	Breed   vocab.Breed
	Colors  vocab.Colors
	Coat    vocab.Coat
	Size    vocab.Size

	WeightKg     *float64
	GirthCm      *float64 // of the chest, behind the front legs; for a harness
	BodyLengthCm *float64 // from nose to the base of the tail; for a backpack

	GoodWith          GoodWith
	HouseTrained      *bool
	Declawed          *bool
	SpecialNeeds      *bool
	SpecialNeedsNotes string
	ShotsCurrent      *bool
	Microchipped      *bool
	MicrochipHash     string // see HashMicrochip; finds the same cat at two sources and is never shown
	FIV               *bool
	FeLV              *bool
	IndoorOnly        *bool

	Traits           Traits
	BondedWith       []string // the external ids of cats that must leave together with this one
	Fee              Fee
	Photos           []Photo // in order, the first is the face
	Videos           []Video
	FosterPostalCode string // where the cat lives, if not in the shelter; never more exact than this

	// Raw keeps, by field, the words of the source that were not understood.
	Raw map[string]string
}

// Status says whether a cat can be adopted.
type Status string

// The states of a listing.
const (
	Available Status = "available"
	Pending   Status = "pending" // someone is adopting it
	OnHold    Status = "on_hold" // not now, for the shelter's reasons
	Adopted   Status = "adopted"
	Removed   Status = "removed" // no longer listed; a tombstone stays
)

// Statuses lists every state of a listing.
func Statuses() []Status { return []Status{Available, Pending, OnHold, Adopted, Removed} }

// Birth is when a cat was born, as well as it is known. The zero Birth is unknown.
type Birth struct {
	On        time.Time // a date
	Precision Precision
}

// Precision says how far a date may be off.
type Precision string

// The precisions of a date of birth.
const (
	ToTheDay   Precision = "day"
	ToTheWeek  Precision = "week"
	ToTheMonth Precision = "month"
	ToTheYear  Precision = "year"
)

// Precisions lists every precision, the finest first.
func Precisions() []Precision { return []Precision{ToTheDay, ToTheWeek, ToTheMonth, ToTheYear} }

// GoodWith says whom the cat is known to live well with.
type GoodWith struct{ Children, Dogs, Cats *bool }

// Traits are what the listing says of the cat's nature, in the words of its source.
type Traits struct {
	Energy string // "4", "High", …
	Leash  string // at ease on a leash
	Travel string // at ease in a car
	Crate  string // at ease in a crate or carrier
	Tags   []string
}

// Fee is what an adoption costs. A nil Minor is not known.
type Fee struct {
	Minor    *int64 // in the smallest unit of the currency: cents
	Currency string // ISO 4217, as in USD
	Waived   *bool
}

// Photo is a picture of a cat or a shelter. Width and Height are pixels, 0 if not known.
type Photo struct {
	URL           string
	Width, Height int
	Alt           string
}

// Video is a moving picture: a page or a file, or a player to embed.
type Video struct{ URL, EmbedURL string }

// AgeMonths is how many whole months old the cat is on a day, or nil if its birth is not known.
func (f Facts) AgeMonths(on time.Time) *int {
	if f.Birth.On.IsZero() {
		return nil
	}
	return new(MonthsBetween(f.Birth.On, on))
}

// AgeGroupOn is the cat's age group on a day, from its birth where that is
// known, else as its source put it, else empty.
func (f Facts) AgeGroupOn(on time.Time) vocab.AgeGroup {
	if months := f.AgeMonths(on); months != nil {
		return vocab.AgeGroupOf(*months)
	}
	return f.AgeGroup
}

// MonthsBetween counts the whole months from one day to a later one, never less than 0.
func MonthsBetween(from, to time.Time) int {
	months := (to.Year()-from.Year())*12 + int(to.Month()) - int(from.Month())
	if to.Day() < from.Day() {
		months--
	}
	return max(0, months)
}
