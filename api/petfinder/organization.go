package petfinder

import (
	"cmp"
	"strings"

	"github.com/labstack/echo/v4"

	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/geo"
	"trailcat/internal/httpkit"
	"trailcat/internal/search"
)

// Organization is a shelter in Petfinder's format.
type Organization struct {
	ID               string            `json:"id"`
	Name             string            `json:"name"`
	Email            string            `json:"email"` // empty if unknown: clients expect a string
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

// Address is the postal address of a shelter.
type Address struct {
	Address1 *string `json:"address1"`
	Address2 *string `json:"address2"`
	City     string  `json:"city"`
	State    string  `json:"state"`
	Postcode string  `json:"postcode"`
	Country  string  `json:"country"`
}

// Hours are the opening hours of each day, as free text.
type Hours struct {
	Monday    *string `json:"monday"`
	Tuesday   *string `json:"tuesday"`
	Wednesday *string `json:"wednesday"`
	Thursday  *string `json:"thursday"`
	Friday    *string `json:"friday"`
	Saturday  *string `json:"saturday"`
	Sunday    *string `json:"sunday"`
}

// Adoption is how to adopt from a shelter.
type Adoption struct {
	Policy *string `json:"policy"`
	URL    *string `json:"url"`
}

// SocialMedia has the URLs of a shelter's social media profiles.
type SocialMedia struct {
	Facebook  *string `json:"facebook"`
	Twitter   *string `json:"twitter"`
	YouTube   *string `json:"youtube"`
	Instagram *string `json:"instagram"`
	Pinterest *string `json:"pinterest"`
}

// OrganizationLinks are the links of a shelter.
type OrganizationLinks struct {
	Self    Link `json:"self"`
	Animals Link `json:"animals"`
}

// newOrganization returns a shelter with its distance in miles, or nil if the request has
// no location.
func (s *server) newOrganization(shelter catalog.Shelter, distance *float64) Organization {
	id := strings.ToLower(shelter.Code)
	return Organization{
		ID:               shelter.Code,
		Name:             shelter.Name,
		Email:            shelter.Email,
		Phone:            orNull(shelter.Phone),
		Address:          newAddress(shelter.Address),
		Hours:            newHours(shelter.Hours),
		URL:              cmp.Or(shelter.Website, shelter.AdoptionURL),
		Website:          orNull(shelter.Website),
		MissionStatement: orNull(truncateWords(shelter.Mission, s.DescriptionLimit)),
		Adoption:         Adoption{Policy: orNull(truncateWords(shelter.AdoptionPolicy, s.DescriptionLimit)), URL: orNull(shelter.AdoptionURL)},
		SocialMedia:      newSocialMedia(shelter.Social),
		Photos:           newPhotos(shelter.Photos, s.PhotoBase),
		Distance:         distance,
		Links:            OrganizationLinks{Self: Link{"/v2/organizations/" + id}, Animals: Link{"/v2/animals?organization=" + id}},
	}
}

// newAddress returns an address in which the territories of the United States are states,
// as at Petfinder.
func newAddress(a catalog.Address) Address {
	state, country := a.Region, a.Country
	if geo.IsTerritory(country) {
		state, country = country, "US"
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

// listOrganizations returns a page of shelters.
func (s *server) listOrganizations(c echo.Context) error {
	query, page, err := s.readOrganizationQuery(c.Request().URL.RawQuery)
	if err != nil {
		return err
	}
	found, next, err := s.searchOrganizations(c, query, page)
	if err != nil {
		return err
	}
	organizations := make([]Organization, len(found.Hits))
	for i, hit := range found.Hits {
		var distance *float64
		if hit.DistanceKm >= 0 {
			distance = new(miles(hit.DistanceKm))
		}
		organizations[i] = s.newOrganization(hit.Shelter, distance)
	}
	body, err := binding.EncodeJSON(organizations)
	if err != nil {
		return err
	}
	return sendPage(c, append([]byte(`{"organizations":`), body...), page.pagination("/v2/organizations", *found.Total, next))
}

// searchOrganizations returns the requested page and the start of the next, nil if this
// is the last. It continues the paging session of the client, or else counts from the
// start of the list.
func (s *server) searchOrganizations(c echo.Context, query search.ShelterQuery, page page) (found search.ShelterPage, next *pageStart, err error) {
	session, resume := s.resumeSession(c, "organizations?", page)
	query.Cursor = resume.cursor
	if !resume.known {
		query.Offset = page.skip()
	}
	found, err = s.Index.Shelters(query)
	if resume.known && catalog.KindOf(err) == catalog.Malformed { // not a cursor of this server
		query.Cursor, query.Offset = "", page.skip()
		found, err = s.Index.Shelters(query)
	}
	if err != nil {
		return search.ShelterPage{}, nil, err
	}
	start := pageStart{cursor: found.Next, seed: 0}
	s.sessions.record(session, page.number, !resume.known, 0, start)
	if found.HasMore {
		next = &start
	}
	return found, next, nil
}

// getOrganization returns one shelter.
func (s *server) getOrganization(c echo.Context) error {
	shelter, err := s.findShelter(c.Param("id"))
	if err != nil {
		return err
	}
	return httpkit.SendJSON(c, struct {
		Organization Organization `json:"organization"`
	}{s.newOrganization(shelter, nil)})
}

// findShelter returns the shelter with this code, in any case, or ID. It returns a
// NotFound error if there is none, and Unavailable while the index is loading.
func (s *server) findShelter(codeOrID string) (catalog.Shelter, error) {
	shelter, ok := s.Index.ShelterInfo(codeOrID)
	if !ok {
		shelter, ok = s.Index.ShelterInfo(strings.ToUpper(codeOrID))
	}
	switch {
	case ok && shelter.ErasedAt.IsZero():
		return shelter, nil
	case !s.Index.State().Ready:
		return catalog.Shelter{}, catalog.Errorf(catalog.Unavailable, errcode.IndexNotReady, "The search index is still loading.")
	default:
		return catalog.Shelter{}, catalog.NotFoundError("organization", codeOrID)
	}
}

// readOrganizationQuery reads the parameters of a list of shelters.
func (s *server) readOrganizationQuery(rawQuery string) (search.ShelterQuery, page, error) {
	p := readParams(rawQuery)
	page := readPage(p, rawQuery)
	query := search.ShelterQuery{Text: strings.TrimSpace(p.raw("name") + " " + p.raw("query")), Limit: page.limit, Total: true}
	// Two letters are a state, which is not part of a name.
	if text := p.raw("query"); len(text) == 2 {
		if regions := s.Places.RegionsNamed(text, "US", "CA"); len(regions) > 0 {
			query.Text, query.Regions = p.raw("name"), []string{regions[0].Code}
		}
	}
	query.Near, query.RadiusKm = s.readLocation(p)
	s.readCountry(p, &query)
	query.Order, query.Reverse = readOrganizationSort(p, query.Near != nil)
	return query, page, p.err()
}

// readCountry reads country and state. The United States include their territories.
func (s *server) readCountry(p *params, query *search.ShelterQuery) {
	countries := map[string][]string{"us": {"US", "PR", "GU", "VI", "MP", "AS"}, "ca": {"CA"}}
	query.Countries = p.terms("country", "country", countries)
	for _, state := range p.values["state"] {
		regions := s.Places.RegionsNamed(state, "US", "CA")
		if len(regions) == 0 || len(state) != 2 {
			p.reject("state", state+" is not a valid state.")
			continue
		}
		query.Regions = append(query.Regions, regions[0].Code)
	}
}

// readOrganizationSort reads the sort order of shelters. The default is by distance if
// there is a location, and otherwise by name.
func readOrganizationSort(p *params, hasLocation bool) (order search.ShelterOrder, reverse bool) {
	text := p.raw("sort")
	name, reverse := strings.CutPrefix(text, "-")
	orders := map[string]search.ShelterOrder{
		"distance": search.SheltersByDistance, "name": search.SheltersByName, "country": search.SheltersByCountry,
		"state": search.SheltersByRegion, "recent": search.SheltersByAge,
	}
	order, ok := orders[name]
	switch {
	case text == "":
		return "", false
	case !ok:
		p.reject("sort", text+" is not a valid sort.")
	case order == search.SheltersByDistance && !hasLocation:
		p.reject("sort", text+" requires location.")
	}
	return order, reverse
}
