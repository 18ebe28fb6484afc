package catalog

import (
	"math"
	"time"

	"golang.org/x/text/currency"

	"trailcat/internal/vocab"
)

// Cat is one cat with its identity and its facts.
type Cat struct {
	ID          string // cat_…, permanent
	Number      int64  // integer alternative to ID; permanent, with gaps
	ShelterID   string
	ExternalID  string    // the shelter's own id, unique within the shelter
	Source      string    // the last source: the name of an import format, or "api"
	Version     int64     // starts at 1 and increases with every change
	ConfirmedAt time.Time // when the source last reported the cat; changes without a new version
	CreatedAt   time.Time
	UpdatedAt   time.Time      // when the version last changed
	Stale       bool           // not confirmed within the period that its shelter allows
	Rating      Rating         // computed, never reported by a source
	Reading     ListingReading // computed, never reported by a source
	ErasedAt    time.Time      // zero: not erased; see Catalog.EraseCat
	Facts
}

// Facts are what a source reports about a cat. A zero or nil field was not reported
// and is unknown; neither means no.
type Facts struct {
	Name            string
	URL             string // web page of the cat
	Status          Status
	StatusReason    string
	StatusChangedAt time.Time
	ListedAt        time.Time // when it was first offered
	AvailableOn     time.Time // a date: the first day on which it can leave
	AdoptedOn       time.Time // a date

	Description string // plain text
	Summary     string // one or two sentences; see Excerpt

	Birth    Birth
	AgeGroup vocab.AgeGroup // as reported; used only while Birth is unknown

	Sex     vocab.Sex
	Altered *bool // spayed or neutered
	Breed   vocab.Breed
	Colors  vocab.Colors
	Coat    vocab.Coat
	Size    vocab.Size

	WeightKg     *float64
	GirthCm      *float64 // of the chest behind the front legs, for a harness
	BodyLengthCm *float64 // from the nose to the base of the tail, for a backpack

	GoodWith          GoodWith
	HouseTrained      *bool
	Declawed          *bool
	SpecialNeeds      *bool
	SpecialNeedsNotes string
	ShotsCurrent      *bool
	Microchipped      *bool
	MicrochipHash     string // see HashMicrochip; identifies one cat at two sources and is never shown
	FIV               *bool
	FeLV              *bool
	IndoorOnly        *bool

	Temperament      []string // traits of character, of vocab.Temperaments
	Traits           Traits
	BondedWith       []string // external ids of the cats that must be adopted together with this one
	Fee              Fee
	Photos           []Photo // in order; the first is the main photo
	Videos           []Video
	FosterPostalCode string // location of a foster home; more exact locations are not stored
	Urgent           *bool  // its time at the shelter is short
	NeedsFoster      *bool  // a foster home is sought
	Courtesy         *bool  // listed for somebody else: the cat is not in the shelter's care
	Terms            Terms
	HiddenFrom       Restriction // in addition to that of the shelter

	// Unparsed holds, by field, the words of the source that could not be parsed.
	Unparsed map[string]string
}

// Status is the adoption status of a cat.
type Status string

// The statuses of a listing.
const (
	Available Status = "available"
	Pending   Status = "pending" // an adoption is in progress
	OnHold    Status = "on_hold" // not available for reasons of the shelter
	Adopted   Status = "adopted"
	Removed   Status = "removed" // no longer listed; a tombstone remains
)

// Statuses lists every status of a listing.
func Statuses() []Status { return []Status{Available, Pending, OnHold, Adopted, Removed} }

// Listed reports whether a cat of this status is offered, now or soon.
func (s Status) Listed() bool { return s == Available || s == Pending || s == OnHold }

// Birth is the date of birth of a cat with its precision. The zero Birth is unknown.
type Birth struct {
	On        time.Time // a date
	Precision Precision
}

// Precision is the precision of a date.
type Precision string

// The precisions of a date of birth.
const (
	ToTheDay   Precision = "day"
	ToTheWeek  Precision = "week"
	ToTheMonth Precision = "month"
	ToTheYear  Precision = "year"
)

// Precisions lists every precision, from the finest to the coarsest.
func Precisions() []Precision { return []Precision{ToTheDay, ToTheWeek, ToTheMonth, ToTheYear} }

// GoodWith says with whom the cat lives well.
type GoodWith struct{ Children, Dogs, Cats *bool }

// Traits describe the cat's nature in the words of its source.
type Traits struct {
	Energy string // "4", "High", …
	Leash  string // at ease on a leash
	Travel string // at ease in a car
	Crate  string // at ease in a crate or carrier
	Tags   []string
}

// Fee is the adoption fee. It is unknown while Minor is nil.
type Fee struct {
	Minor    *int64 // in the smallest unit of the currency, such as cents
	Currency string // ISO 4217, as in USD
	Waived   *bool
}

// Amount returns the fee in the main unit of its currency, such as dollars, and whether it
// is known. A waived fee is 0.
func (f Fee) Amount() (amount float64, known bool) {
	switch {
	case f.Waived != nil && *f.Waived:
		return 0, true
	case f.Minor == nil:
		return 0, false
	default:
		return float64(*f.Minor) / math.Pow10(f.Decimals()), true
	}
}

// Decimals returns how many decimals of the main unit of its currency the smallest unit is:
// 2 for cents.
func (f Fee) Decimals() int {
	unit, err := currency.ParseISO(f.Currency)
	if err != nil {
		return 2
	}
	decimals, _ := currency.Standard.Rounding(unit)
	return decimals
}

// Video is the URL of a video's page or file, or of a player to embed.
type Video struct{ URL, EmbedURL string }

// AgeMonths returns the cat's age on a day in whole months, or nil if its birth is
// unknown.
func (f Facts) AgeMonths(on time.Time) *int {
	if f.Birth.On.IsZero() {
		return nil
	}
	return new(MonthsBetween(f.Birth.On, on))
}

// AgeGroupOn returns the cat's age group on a day: computed from its birth or, if
// that is unknown, as reported by its source. It may be empty.
func (f Facts) AgeGroupOn(on time.Time) vocab.AgeGroup {
	if months := f.AgeMonths(on); months != nil {
		return vocab.AgeGroupOf(*months)
	}
	return f.AgeGroup
}

// MonthsBetween returns the number of whole months from one day to another, at least 0.
func MonthsBetween(from, to time.Time) int {
	months := (to.Year()-from.Year())*12 + int(to.Month()) - int(from.Month())
	if to.Day() < from.Day() {
		months--
	}
	return max(0, months)
}
