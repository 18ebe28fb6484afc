package petfinder

import (
	"cmp"
	"strings"

	"trailcat/internal/catalog"
)

// Organization is a shelter in Petfinder's form.
type Organization struct {
	ID               string            `json:"id"`
	Name             string            `json:"name"`
	Email            string            `json:"email"` // empty where there is none: clients expect a text
	Phone            *string           `json:"phone"`
	Address          Address           `json:"address"`
	Hours            Hours             `json:"hours"`
	URL              string            `json:"url"`
	Website          *string           `json:"website"`
	MissionStatement *string           `json:"mission_statement"`
	Adoption         Adoption          `json:"adoption"`
	SocialMedia      SocialMedia       `json:"social_media"`
	Photos           []Photo           `json:"photos"`
	Distance         *float64          `json:"distance"` // miles
	Links            OrganizationLinks `json:"_links"`
}

// Address is where post reaches a shelter.
type Address struct {
	Address1 *string `json:"address1"`
	Address2 *string `json:"address2"`
	City     string  `json:"city"`
	State    string  `json:"state"`
	Postcode string  `json:"postcode"`
	Country  string  `json:"country"`
}

// Hours are when a shelter is open, in its own words.
type Hours struct {
	Monday    *string `json:"monday"`
	Tuesday   *string `json:"tuesday"`
	Wednesday *string `json:"wednesday"`
	Thursday  *string `json:"thursday"`
	Friday    *string `json:"friday"`
	Saturday  *string `json:"saturday"`
	Sunday    *string `json:"sunday"`
}

// Adoption says how to adopt.
type Adoption struct {
	Policy *string `json:"policy"`
	URL    *string `json:"url"`
}

// SocialMedia are a shelter's pages elsewhere.
type SocialMedia struct {
	Facebook  *string `json:"facebook"`
	Twitter   *string `json:"twitter"`
	YouTube   *string `json:"youtube"`
	Instagram *string `json:"instagram"`
	Pinterest *string `json:"pinterest"`
}

// OrganizationLinks point to what belongs to a shelter.
type OrganizationLinks struct {
	Self    Link `json:"self"`
	Animals Link `json:"animals"`
}

// newOrganization shows a shelter that is so many miles away, nil without a place to be away from.
func (s *server) newOrganization(home catalog.Shelter, miles *float64) Organization {
	id := strings.ToLower(home.Code)
	return Organization{
		ID:               home.Code,
		Name:             home.Name,
		Email:            home.Email,
		Phone:            orNull(home.Phone),
		Address:          newAddress(home.Address),
		Hours:            newHours(home.Hours),
		URL:              cmp.Or(home.Website, home.AdoptionURL),
		Website:          orNull(home.Website),
		MissionStatement: orNull(truncateWords(home.Mission, s.CutDescriptions)),
		Adoption:         Adoption{Policy: orNull(truncateWords(home.AdoptionPolicy, s.CutDescriptions)), URL: orNull(home.AdoptionURL)},
		SocialMedia:      newSocialMedia(home.Social),
		Photos:           newPhotos(home.Photos),
		Distance:         miles,
		Links:            OrganizationLinks{Self: Link{"/v2/organizations/" + id}, Animals: Link{"/v2/animals?organization=" + id}},
	}
}

// newAddress counts Puerto Rico among the states, as Petfinder does.
func newAddress(a catalog.Address) Address {
	state, country := a.Region, a.Country
	if country == "PR" {
		state, country = "PR", "US"
	}
	return Address{Address1: orNull(a.Street), Address2: nil, City: a.City, State: state, Postcode: a.PostalCode, Country: country}
}

func newHours(h catalog.Hours) Hours {
	return Hours{
		Monday:    orNull(h.Monday),
		Tuesday:   orNull(h.Tuesday),
		Wednesday: orNull(h.Wednesday),
		Thursday:  orNull(h.Thursday),
		Friday:    orNull(h.Friday),
		Saturday:  orNull(h.Saturday),
		Sunday:    orNull(h.Sunday),
	}
}

func newSocialMedia(s catalog.Social) SocialMedia {
	return SocialMedia{
		Facebook:  orNull(s.Facebook),
		Twitter:   orNull(s.X),
		YouTube:   orNull(s.YouTube),
		Instagram: orNull(s.Instagram),
		Pinterest: orNull(s.Pinterest),
	}
}
