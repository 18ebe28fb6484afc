package api

import (
	"cmp"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
)

// ShelterDraft is what is said of a shelter. What is left out, or null, is unknown.
type ShelterDraft struct {
	PartnerID      *string        `json:"partner_id" validate:"optional" example:"prt_01kabq4z8vf3ht2v0xw9r6m5ec"`                   // whose it is to be; only admins may say
	Name           *string        `json:"name" validate:"optional" example:"Derwood Animal Center" maxLength:"200"`                  // a shelter needs one                                                //
	Kind           *string        `json:"kind" validate:"optional" enums:"municipal,private,rescue,foster_network,sanctuary,other"`  // left out: other
	Address        AddressDraft   `json:"address" validate:"optional"`                                                               //
	PostalCode     *string        `json:"postal_code" validate:"optional" example:"20855"`                                           // short for address.postal_code
	Country        *string        `json:"country" validate:"optional" example:"US"`                                                  // short for address.country
	Location       *LocationDraft `json:"location" validate:"optional"`                                                              // left out: the middle of the postal code
	Phone          *string        `json:"phone" validate:"optional" maxLength:"100"`                                                 //
	Email          *string        `json:"email" validate:"optional" maxLength:"200"`                                                 //
	Website        *string        `json:"website" validate:"optional" example:"https://derwood.example.org"`                         //
	Hours          HoursDraft     `json:"hours" validate:"optional"`                                                                 // in the shelter's words
	Mission        *string        `json:"mission" validate:"optional" maxLength:"10000"`                                             //
	AdoptionPolicy *string        `json:"adoption_policy" validate:"optional" maxLength:"10000"`                                     //
	AdoptionURL    *string        `json:"adoption_url" validate:"optional"`                                                          // where to apply
	SocialMedia    SocialDraft    `json:"social_media" validate:"optional"`                                                          //
	Photos         []PhotoDraft   `json:"photos" validate:"optional"`                                                                // in order
	StaleAfterDays *int           `json:"stale_after_days" validate:"optional" minimum:"1" maximum:"3650" default:"30" example:"30"` // how long a listing counts without being confirmed
	WithheldFrom   Withheld       `json:"withheld_from" validate:"optional"`                                                         // from whom its listings are withheld
} //	@name	ShelterDraft

// AddressDraft is where post reaches a shelter. City and region follow from the postal code where they are left out.
type AddressDraft struct {
	Street     *string `json:"street" validate:"optional" maxLength:"200"`
	City       *string `json:"city" validate:"optional" maxLength:"200"`
	Region     *string `json:"region" validate:"optional" maxLength:"10" example:"MD"` // the code of the state or province
	PostalCode *string `json:"postal_code" validate:"optional" example:"20855"`
	Country    *string `json:"country" validate:"optional" example:"US"` // ISO 3166, two letters
} //	@name	AddressDraft

// LocationDraft is a point on the map.
type LocationDraft struct {
	Lat float64 `json:"lat" example:"39.13" minimum:"-90" maximum:"90"`
	Lng float64 `json:"lng" example:"-77.15" minimum:"-180" maximum:"180"`
} //	@name	LocationDraft

// HoursDraft are when a shelter is open, in its own words.
type HoursDraft struct {
	Monday    *string `json:"monday" validate:"optional" maxLength:"200"`
	Tuesday   *string `json:"tuesday" validate:"optional" maxLength:"200"`
	Wednesday *string `json:"wednesday" validate:"optional" maxLength:"200"`
	Thursday  *string `json:"thursday" validate:"optional" maxLength:"200"`
	Friday    *string `json:"friday" validate:"optional" maxLength:"200"`
	Saturday  *string `json:"saturday" validate:"optional" maxLength:"200"`
	Sunday    *string `json:"sunday" validate:"optional" maxLength:"200"`
} //	@name	HoursDraft

// SocialDraft are the shelter's pages elsewhere.
type SocialDraft struct {
	Facebook  *string `json:"facebook" validate:"optional" maxLength:"500"`
	X         *string `json:"x" validate:"optional" maxLength:"500"`
	YouTube   *string `json:"youtube" validate:"optional" maxLength:"500"`
	Instagram *string `json:"instagram" validate:"optional" maxLength:"500"`
	Pinterest *string `json:"pinterest" validate:"optional" maxLength:"500"`
	TikTok    *string `json:"tiktok" validate:"optional" maxLength:"500"`
} //	@name	SocialMediaDraft

// newShelterDraft is what would have to be said to get the shelter as it is.
func newShelterDraft(partnerID string, p catalog.Profile) ShelterDraft {
	draft := ShelterDraft{
		PartnerID: orNull(partnerID),
		Name:      orNull(p.Name),
		Kind:      new(string(p.Kind)),
		Address: AddressDraft{
			Street:     orNull(p.Address.Street),
			City:       orNull(p.Address.City),
			Region:     orNull(p.Address.Region),
			PostalCode: orNull(p.Address.PostalCode),
			Country:    orNull(p.Address.Country),
		},
		PostalCode:     nil,
		Country:        nil,
		Location:       nil,
		Phone:          orNull(p.Phone),
		Email:          orNull(p.Email),
		Website:        orNull(p.Website),
		Hours:          HoursDraft(newHours(p.Hours)),
		Mission:        orNull(p.Mission),
		AdoptionPolicy: orNull(p.AdoptionPolicy),
		AdoptionURL:    orNull(p.AdoptionURL),
		SocialMedia:    SocialDraft(newSocial(p.Social)),
		Photos:         []PhotoDraft{},
		StaleAfterDays: positive(p.StaleAfterDays),
		WithheldFrom:   newWithheld(p.WithheldFrom),
	}
	if p.PointPrecision == catalog.ExactPoint {
		draft.Location = &LocationDraft{Lat: p.Point.Lat, Lng: p.Point.Lng}
	}
	for _, photo := range newPhotos(p.Photos) {
		draft.Photos = append(draft.Photos, PhotoDraft(photo))
	}
	return draft
}

// profile is what the draft says.
func (d ShelterDraft) profile() catalog.Profile {
	p := catalog.Profile{
		Name: stringOrEmpty(d.Name),
		Kind: catalog.ShelterKind(stringOrEmpty(d.Kind)),
		Address: catalog.Address{
			Street:     stringOrEmpty(d.Address.Street),
			City:       stringOrEmpty(d.Address.City),
			Region:     stringOrEmpty(d.Address.Region),
			PostalCode: stringOrEmpty(cmp.Or(d.PostalCode, d.Address.PostalCode)),
			Country:    stringOrEmpty(cmp.Or(d.Country, d.Address.Country)),
		},
		Point:          geo.Point{},
		PointPrecision: catalog.PostalPoint,
		Phone:          stringOrEmpty(d.Phone),
		Email:          stringOrEmpty(d.Email),
		Website:        stringOrEmpty(d.Website),
		Hours:          d.Hours.hours(),
		Mission:        stringOrEmpty(d.Mission),
		AdoptionPolicy: stringOrEmpty(d.AdoptionPolicy),
		AdoptionURL:    stringOrEmpty(d.AdoptionURL),
		Social:         d.SocialMedia.social(),
		Photos:         nil,
		StaleAfterDays: orZero(d.StaleAfterDays),
		Demo:           false,
		WithheldFrom:   catalog.Restriction{Classes: nil, Partners: d.WithheldFrom.Partners},
	}
	for _, class := range d.WithheldFrom.Classes {
		p.WithheldFrom.Classes = append(p.WithheldFrom.Classes, catalog.AudienceClass(class))
	}
	if d.Location != nil {
		p.Point, p.PointPrecision = geo.Point{Lat: d.Location.Lat, Lng: d.Location.Lng}, catalog.ExactPoint
	}
	for _, photo := range d.Photos {
		p.Photos = append(p.Photos, catalog.Photo{URL: photo.URL, Width: orZero(photo.Width), Height: orZero(photo.Height), Alt: stringOrEmpty(photo.Alt)})
	}
	return p
}

func (d HoursDraft) hours() catalog.Hours {
	return catalog.Hours{
		Monday:    stringOrEmpty(d.Monday),
		Tuesday:   stringOrEmpty(d.Tuesday),
		Wednesday: stringOrEmpty(d.Wednesday),
		Thursday:  stringOrEmpty(d.Thursday),
		Friday:    stringOrEmpty(d.Friday),
		Saturday:  stringOrEmpty(d.Saturday),
		Sunday:    stringOrEmpty(d.Sunday),
	}
}

func (d SocialDraft) social() catalog.Social {
	return catalog.Social{
		Facebook:  stringOrEmpty(d.Facebook),
		X:         stringOrEmpty(d.X),
		YouTube:   stringOrEmpty(d.YouTube),
		Instagram: stringOrEmpty(d.Instagram),
		Pinterest: stringOrEmpty(d.Pinterest),
		TikTok:    stringOrEmpty(d.TikTok),
	}
}

func orZero(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}
