package catalog

import (
	"cmp"
	"time"

	"trailcat/internal/geo"
)

// Shelter is a place or a group that offers cats.
type Shelter struct {
	ID         string // shl_…, for ever
	Code       string // short and stable: the region and a number, as in MD12
	ExternalID string // the name by which its importer knows it; unique where not empty
	PartnerID  string // whose it is; empty for an operator's own
	Version    int64  // counts up from 1 with every change
	CreatedAt  time.Time
	UpdatedAt  time.Time
	Profile
}

// Profile is what a shelter says of itself.
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
	StaleAfterDays int  // how long a listing counts without being confirmed; 0 means DefaultStaleDays
	Demo           bool // made for trying out; its listings never go stale
	WithheldFrom   Restriction
}

// DefaultStaleDays is how many days a listing counts without being confirmed.
const DefaultStaleDays = 30

// ShelterKind is what sort of shelter it is.
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

// Address is where post reaches the shelter.
type Address struct {
	Street     string
	City       string
	Region     string // the code of the state or province, as in MD
	PostalCode string
	Country    string // ISO 3166, two letters
}

// PointPrecision says how a shelter's point was found.
type PointPrecision string

// The precisions of a point.
const (
	ExactPoint  PointPrecision = "exact"  // given by the shelter
	PostalPoint PointPrecision = "postal" // the middle of its postal code
)

// Hours are when the shelter is open, in its own words, day by day.
type Hours struct{ Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday string }

// Social are the shelter's pages elsewhere.
type Social struct{ Facebook, X, YouTube, Instagram, Pinterest, TikTok string }

// StaleFrom is the moment before which a confirmation no longer counts.
func (p Profile) StaleFrom(now time.Time) time.Time {
	return now.AddDate(0, 0, -cmp.Or(p.StaleAfterDays, DefaultStaleDays))
}
