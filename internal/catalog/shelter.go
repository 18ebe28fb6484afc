package catalog

import (
	"cmp"
	"time"

	"trailcat/internal/geo"
)

// Shelter is an organization that offers cats.
type Shelter struct {
	ID         string // shl_…, permanent
	Code       string // short and permanent: region and number, such as MD12
	ExternalID string // the importer's name for it; unique unless empty
	PartnerID  string // the owner; empty for the operator
	Version    int64  // starts at 1 and increases with every change
	CreatedAt  time.Time
	UpdatedAt  time.Time
	ErasedAt   time.Time // zero: not erased; see Catalog.EraseShelter
	Profile
}

// Profile is what a shelter says about itself.
type Profile struct {
	Name           string
	Kind           ShelterKind
	Address        Address
	Point          geo.Point
	PointPrecision PointPrecision
	Phone          string
	Email          string
	Website        string
	Hours          Hours
	Mission        string
	AdoptionPolicy string
	AdoptionURL    string
	Social         Social
	Photos         []Photo
	StaleAfterDays int  // days after which an unconfirmed listing is stale; 0 means DefaultStaleDays
	Demo           bool // generated for demonstration; its listings never become stale
	HiddenFrom     Restriction
	Terms          Terms // of its listings that state none
}

// DefaultStaleDays is the number of days after which an unconfirmed listing is stale.
const DefaultStaleDays = 30

// ShelterKind is the kind of a shelter.
type ShelterKind string

// The kinds of shelter.
const (
	Municipal     ShelterKind = "municipal"      // run by a city or county
	PrivateNGO    ShelterKind = "private"        // a humane society or SPCA with a building
	Rescue        ShelterKind = "rescue"         // a group without a public building
	FosterNetwork ShelterKind = "foster_network" // all animals live in foster homes
	Sanctuary     ShelterKind = "sanctuary"
	OtherKind     ShelterKind = "other"
)

// ShelterKinds lists every kind.
func ShelterKinds() []ShelterKind {
	return []ShelterKind{Municipal, PrivateNGO, Rescue, FosterNetwork, Sanctuary, OtherKind}
}

// Address is a postal address.
type Address struct {
	Street     string
	City       string
	Region     string // code of the state or province, such as MD; empty if unknown
	PostalCode string
	Country    string // ISO 3166-1 alpha-2
}

// PointPrecision says how a shelter's point was determined.
type PointPrecision string

// The precisions of a point.
const (
	ExactPoint  PointPrecision = "exact"  // given by the shelter
	PostalPoint PointPrecision = "postal" // the center of its postal code
	CityPoint   PointPrecision = "city"   // the center of its city, because its postal code is that of a large area
	AreaPoint   PointPrecision = "area"   // the center of a large area of postal codes
)

// Hours are the shelter's opening hours by day, as free text.
type Hours struct{ Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday string }

// Social holds the shelter's pages in social networks.
type Social struct{ Facebook, X, YouTube, Instagram, Pinterest, TikTok string }

// StaleFrom returns the moment before which a confirmation is too old.
func (p Profile) StaleFrom(now time.Time) time.Time {
	return now.AddDate(0, 0, -cmp.Or(p.StaleAfterDays, DefaultStaleDays))
}
