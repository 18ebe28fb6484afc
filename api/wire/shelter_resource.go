package wire

import (
	"cmp"
	"fmt"
	"time"

	"trailcat/internal/access"
	"trailcat/internal/catalog"
	"trailcat/internal/search"
)

// Shelter is a place or a group that offers cats.
type Shelter struct {
	ID             string      `json:"id" example:"shl_01kabq4z8vf3ht2v0xw9r6m5ec"`                                 // for ever
	Code           string      `json:"code" example:"MD1"`                                                          // short and stable: region and number
	PartnerID      *string     `json:"partner_id" extensions:"x-nullable" example:"prt_01kabq4z8vf3ht2v0xw9r6m5ec"` // who answers for it; null: the operator
	Version        int64       `json:"version" example:"1"`                                                         // counts up with every change
	Name           string      `json:"name" example:"Montgomery County Animal Services"`                            //
	Kind           string      `json:"kind" enums:"municipal,private,rescue,foster_network,sanctuary,other"`        //
	Address        Address     `json:"address"`                                                                     //
	Location       Location    `json:"location"`                                                                    //
	Phone          *string     `json:"phone" extensions:"x-nullable"`                                               //
	Email          *string     `json:"email" extensions:"x-nullable"`                                               //
	Website        *string     `json:"website" extensions:"x-nullable"`                                             //
	Hours          Hours       `json:"hours"`                                                                       // in the shelter's words
	Mission        *string     `json:"mission" extensions:"x-nullable"`                                             //
	AdoptionPolicy *string     `json:"adoption_policy" extensions:"x-nullable"`                                     //
	AdoptionURL    *string     `json:"adoption_url" extensions:"x-nullable"`                                        // where to apply
	SocialMedia    Social      `json:"social_media"`                                                                //
	Photos         []Photo     `json:"photos"`                                                                      //
	AvailableCats  int         `json:"available_cats" minimum:"0"`                                                  // how many cats it offers now
	StaleAfterDays int         `json:"stale_after_days" example:"30"`                                               // for how many days a listing counts without being confirmed
	Demo           bool        `json:"demo"`                                                                        // made for trying out: real rows of another day
	CreatedAt      time.Time   `json:"created_at" format:"date-time"`                                               //
	UpdatedAt      time.Time   `json:"updated_at" format:"date-time"`                                               //
	DistanceKm     *float64    `json:"distance_km,omitempty" example:"12.5"`                                        // from near, as the crow flies
	HiddenFrom     *HiddenFrom `json:"hidden_from,omitempty"`                                                       // from whom it withholds its listings; only its partner is told
} //	@name	Shelter

// HiddenFrom says from whom a shelter withholds its listings. To them, its cats are not listed.
type HiddenFrom struct {
	Classes  []string `json:"classes" validate:"optional" enums:"aggregator,petfinder"`              // aggregator: who copies listings; petfinder: who reads by way of /v2
	Partners []string `json:"partners" validate:"optional" example:"prt_01kabq4z8vf3ht2v0xw9r6m5ec"` // by their ids
} //	@name	Withheld

// Address is where post reaches the shelter.
type Address struct {
	Street     *string `json:"street" extensions:"x-nullable"`
	City       string  `json:"city" example:"Derwood"`
	Region     string  `json:"region" example:"MD"` // the code of the state or province
	PostalCode string  `json:"postal_code" example:"20855"`
	Country    string  `json:"country" example:"US"` // ISO 3166, two letters
} //	@name	Address

// Location is a point on the map.
type Location struct {
	Lat       float64 `json:"lat" example:"39.13"`
	Lng       float64 `json:"lng" example:"-77.15"`
	Precision string  `json:"precision" enums:"exact,postal"` // exact: given by the shelter; postal: the middle of its postal code
} //	@name	Location

// Hours are when the shelter is open, in its own words.
type Hours struct {
	Monday    *string `json:"monday" extensions:"x-nullable"`
	Tuesday   *string `json:"tuesday" extensions:"x-nullable"`
	Wednesday *string `json:"wednesday" extensions:"x-nullable"`
	Thursday  *string `json:"thursday" extensions:"x-nullable"`
	Friday    *string `json:"friday" extensions:"x-nullable"`
	Saturday  *string `json:"saturday" extensions:"x-nullable"`
	Sunday    *string `json:"sunday" extensions:"x-nullable"`
} //	@name	Hours

// Social are the shelter's pages elsewhere.
type Social struct {
	Facebook  *string `json:"facebook" extensions:"x-nullable"`
	X         *string `json:"x" extensions:"x-nullable"`
	YouTube   *string `json:"youtube" extensions:"x-nullable"`
	Instagram *string `json:"instagram" extensions:"x-nullable"`
	Pinterest *string `json:"pinterest" extensions:"x-nullable"`
	TikTok    *string `json:"tiktok" extensions:"x-nullable"`
} //	@name	SocialMedia

// NewShelter shows a shelter that offers so many cats now.
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
			Region:     s.Address.Region,
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
		Photos:         NewPhotos(s.Photos),
		AvailableCats:  availableCats,
		StaleAfterDays: cmp.Or(s.StaleAfterDays, catalog.DefaultStaleDays),
		Demo:           s.Demo,
		CreatedAt:      s.CreatedAt,
		UpdatedAt:      s.UpdatedAt,
		DistanceKm:     nil,
		HiddenFrom:     nil,
	}
}

// ShownTo shows a shelter on its own, and to those whose it is whole.
func ShownTo(p access.Principal, s catalog.Shelter, availableCats int) Shelter {
	out := NewShelter(s, availableCats)
	if p.Owns(s.PartnerID) {
		out.HiddenFrom = new(NewHiddenFrom(s.HiddenFrom))
	}
	return out
}

func NewHiddenFrom(w catalog.Restriction) HiddenFrom {
	out := HiddenFrom{Classes: []string{}, Partners: orEmpty(w.Partners)}
	for _, class := range w.Classes {
		out.Classes = append(out.Classes, string(class))
	}
	return out
}

// Tag is the ETag of a shelter that is shown on its own: its version, how many
// cats it offers, and whether it is shown whole.
func (s Shelter) Tag() string {
	whole := ""
	if s.HiddenFrom != nil {
		whole = "-whole"
	}
	return fmt.Sprintf(`"v%d-%d%s"`, s.Version, s.AvailableCats, whole)
}

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

// NewListedShelter shows a shelter in a list that may have been asked for near a place.
func NewListedShelter(hit search.ShelterHit) Shelter {
	out := NewShelter(hit.Shelter, hit.AvailableCats)
	if hit.DistanceKm >= 0 {
		out.DistanceKm = new(float64(int(hit.DistanceKm*10+0.5)) / 10)
	}
	return out
}
