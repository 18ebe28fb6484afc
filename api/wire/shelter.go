package wire

import (
	"cmp"
	"fmt"
	"math"
	"time"

	"trailcat/internal/access"
	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/search"
)

// Shelter is an organization that offers cats for adoption.
type Shelter struct {
	ID             string      `json:"id" example:"shl_01kabq4z8vf3ht2v0xw9r6m5ec"`                                 // Permanent ID of the shelter.
	Code           string      `json:"code" example:"MD1"`                                                          // Short permanent code: region and number.
	PartnerID      *string     `json:"partner_id" extensions:"x-nullable" example:"prt_01kabq4z8vf3ht2v0xw9r6m5ec"` // ID of the responsible partner; null for the operator.
	Version        int64       `json:"version" example:"1"`                                                         // Version number; increases with every change.
	Name           string      `json:"name" example:"Montgomery County Animal Services"`                            // Name of the shelter.
	Kind           string      `json:"kind" enums:"municipal,private,rescue,foster_network,sanctuary,other"`        // Kind of organization.
	Address        Address     `json:"address"`                                                                     // Postal address.
	Location       Location    `json:"location"`                                                                    // Location on the map.
	Phone          *string     `json:"phone" extensions:"x-nullable"`                                               // Telephone number; null when unknown.
	Email          *string     `json:"email" extensions:"x-nullable"`                                               // Email address; null when unknown.
	Website        *string     `json:"website" extensions:"x-nullable"`                                             // URL of the website; null when unknown.
	Hours          Hours       `json:"hours"`                                                                       // Opening hours, in the shelter's words.
	Mission        *string     `json:"mission" extensions:"x-nullable"`                                             // Mission statement; null when unknown.
	AdoptionPolicy *string     `json:"adoption_policy" extensions:"x-nullable"`                                     // Adoption policy as text; null when unknown.
	AdoptionURL    *string     `json:"adoption_url" extensions:"x-nullable"`                                        // URL of the adoption application; null when unknown.
	SocialMedia    Social      `json:"social_media"`                                                                // Pages on social media.
	Photos         []Photo     `json:"photos"`                                                                      // Photos in order.
	AvailableCats  int         `json:"available_cats" minimum:"0"`                                                  // Number of cats with status `available`.
	StaleAfterDays int         `json:"stale_after_days" example:"30"`                                               // Number of days after which an unconfirmed listing is stale.
	Demo           bool        `json:"demo"`                                                                        // Whether the shelter is demonstration data, with real rows from an earlier day.
	CreatedAt      time.Time   `json:"created_at" format:"date-time"`                                               // When the shelter was created.
	UpdatedAt      time.Time   `json:"updated_at" format:"date-time"`                                               // When the shelter last changed.
	Terms          Terms       `json:"terms"`                                                                       // What others may do with the text and the photos of listings that state no terms of their own.
	DistanceKm     *float64    `json:"distance_km,omitempty" example:"12.5"`                                        // Distance from `near` in kilometers, as the crow flies; only present if `near` is set.
	DistanceMi     *float64    `json:"distance_mi,omitempty" example:"7.8"`                                         // The same distance in miles; only present if `radius_mi` is set.
	HiddenFrom     *HiddenFrom `json:"hidden_from,omitempty"`                                                       // Who cannot see the shelter's cats; only its partner and the operator see this field.
} //	@name	Shelter

// HiddenFrom says who cannot see a cat, or the cats of a shelter.
type HiddenFrom struct {
	Classes  []string `json:"classes" validate:"optional" enums:"aggregator,petfinder"`              // Audience classes: `aggregator` for partners that copy listings, `petfinder` for clients of the `/v2` API.
	Partners []string `json:"partners" validate:"optional" example:"prt_01kabq4z8vf3ht2v0xw9r6m5ec"` // IDs of partners.
} //	@name	HiddenFrom

// Address is the postal address of a shelter.
type Address struct {
	Street     *string `json:"street" extensions:"x-nullable"`              // Street and number; null when unknown.
	City       string  `json:"city" example:"Derwood"`                      // City.
	Region     *string `json:"region" extensions:"x-nullable" example:"MD"` // Code of the state or province; null when unknown.
	PostalCode string  `json:"postal_code" example:"20855"`                 // Postal code.
	Country    string  `json:"country" example:"US"`                        // ISO 3166-1 alpha-2 code of the country.
} //	@name	Address

// Location is a point on the map.
type Location struct {
	Lat       float64 `json:"lat" example:"39.13"`                      // Latitude in degrees.
	Lng       float64 `json:"lng" example:"-77.15"`                     // Longitude in degrees.
	Precision string  `json:"precision" enums:"exact,postal,city,area"` // `exact`: as stated by the shelter; `postal`: center of its postal code; `city`: center of its city, because its postal code covers a large area; `area`: center of such an area, for example of a rural area of Canada, a British outward code or an Irish routing key.
} //	@name	Location

// Hours are the opening hours of a shelter, in its own words.
type Hours struct {
	Monday    *string `json:"monday" extensions:"x-nullable"`    // Hours on Monday; null when unknown.
	Tuesday   *string `json:"tuesday" extensions:"x-nullable"`   // Hours on Tuesday; null when unknown.
	Wednesday *string `json:"wednesday" extensions:"x-nullable"` // Hours on Wednesday; null when unknown.
	Thursday  *string `json:"thursday" extensions:"x-nullable"`  // Hours on Thursday; null when unknown.
	Friday    *string `json:"friday" extensions:"x-nullable"`    // Hours on Friday; null when unknown.
	Saturday  *string `json:"saturday" extensions:"x-nullable"`  // Hours on Saturday; null when unknown.
	Sunday    *string `json:"sunday" extensions:"x-nullable"`    // Hours on Sunday; null when unknown.
} //	@name	Hours

// Social is the set of the shelter's pages on social media.
type Social struct {
	Facebook  *string `json:"facebook" extensions:"x-nullable"`  // Page on Facebook; null when unknown.
	X         *string `json:"x" extensions:"x-nullable"`         // Page on X; null when unknown.
	YouTube   *string `json:"youtube" extensions:"x-nullable"`   // Channel on YouTube; null when unknown.
	Instagram *string `json:"instagram" extensions:"x-nullable"` // Page on Instagram; null when unknown.
	Pinterest *string `json:"pinterest" extensions:"x-nullable"` // Page on Pinterest; null when unknown.
	TikTok    *string `json:"tiktok" extensions:"x-nullable"`    // Page on TikTok; null when unknown.
} //	@name	SocialMedia

// NewShelter returns a shelter without what only its partner sees.
func NewShelter(s catalog.Shelter, availableCats int) Shelter {
	return Shelter{
		ID:        s.ID,
		Code:      s.Code,
		PartnerID: OrNull(s.PartnerID),
		Version:   s.Version,
		Name:      s.Name,
		Kind:      string(s.Kind),
		Address: Address{
			Street:     OrNull(s.Address.Street),
			City:       s.Address.City,
			Region:     OrNull(s.Address.Region),
			PostalCode: s.Address.PostalCode,
			Country:    s.Address.Country,
		},
		Location:       Location{Lat: s.Point.Lat, Lng: s.Point.Lng, Precision: string(s.PointPrecision)},
		Phone:          OrNull(s.Phone),
		Email:          OrNull(s.Email),
		Website:        OrNull(s.Website),
		Hours:          NewHours(s.Hours),
		Mission:        OrNull(s.Mission),
		AdoptionPolicy: OrNull(s.AdoptionPolicy),
		AdoptionURL:    OrNull(s.AdoptionURL),
		SocialMedia:    NewSocial(s.Social),
		Photos:         NewPhotos(s.Photos, ""),
		AvailableCats:  availableCats,
		StaleAfterDays: cmp.Or(s.StaleAfterDays, catalog.DefaultStaleDays),
		Demo:           s.Demo,
		CreatedAt:      s.CreatedAt,
		UpdatedAt:      s.UpdatedAt,
		Terms:          NewTerms(s.Terms),
		DistanceKm:     nil,
		DistanceMi:     nil,
		HiddenFrom:     nil,
	}
}

// NewShelterFor returns a shelter for a principal. Its partner and operators see who its
// cats are hidden from.
func NewShelterFor(p access.Principal, s catalog.Shelter, availableCats int) Shelter {
	out := NewShelter(s, availableCats)
	if p.Owns(s.PartnerID) {
		out.HiddenFrom = new(NewHiddenFrom(s.HiddenFrom))
	}
	return out
}

// NewHiddenFrom returns a restriction.
func NewHiddenFrom(r catalog.Restriction) HiddenFrom {
	return HiddenFrom{Classes: orEmpty(r.Classes), Partners: orEmpty(r.Partners)}
}

// ETag returns the ETag of a single shelter. It depends on the version, the number of
// available cats, and whether HiddenFrom is shown.
func (s Shelter) ETag() string {
	suffix := ""
	if s.HiddenFrom != nil {
		suffix = "-whole"
	}
	return fmt.Sprintf(`"v%d-%d%s"`, s.Version, s.AvailableCats, suffix)
}

// NewHours returns opening hours.
func NewHours(h catalog.Hours) Hours {
	return Hours{
		Monday:    OrNull(h.Monday),
		Tuesday:   OrNull(h.Tuesday),
		Wednesday: OrNull(h.Wednesday),
		Thursday:  OrNull(h.Thursday),
		Friday:    OrNull(h.Friday),
		Saturday:  OrNull(h.Saturday),
		Sunday:    OrNull(h.Sunday),
	}
}

// NewSocial returns pages on social media.
func NewSocial(s catalog.Social) Social {
	return Social{
		Facebook:  OrNull(s.Facebook),
		X:         OrNull(s.X),
		YouTube:   OrNull(s.YouTube),
		Instagram: OrNull(s.Instagram),
		Pinterest: OrNull(s.Pinterest),
		TikTok:    OrNull(s.TikTok),
	}
}

// NewListedShelter returns a shelter of a list, with its distance if the list has one, in
// miles, too, if inMiles is true.
func NewListedShelter(hit search.ShelterHit, inMiles bool) Shelter {
	out := NewShelter(hit.Shelter, hit.AvailableCats)
	if hit.DistanceKm >= 0 {
		out.DistanceKm = new(math.Round(hit.DistanceKm*10) / 10)
		if inMiles {
			out.DistanceMi = new(math.Round(hit.DistanceKm/geo.KmPerMile*10) / 10)
		}
	}
	return out
}
