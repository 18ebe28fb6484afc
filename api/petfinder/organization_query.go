package petfinder

import (
	"strings"

	"trailcat/internal/search"
)

// readOrganizationQuery reads the parameters of a list of shelters.
func (s *server) readOrganizationQuery(rawQuery string) (search.ShelterQuery, page, error) {
	p := readParams(rawQuery)
	in := readPage(p, rawQuery)
	query := search.ShelterQuery{Text: strings.TrimSpace(p.raw("name") + " " + p.raw("query")), Limit: in.limit, Total: true}
	// A state asked for by two letters stands in no name.
	if text := p.raw("query"); len(text) == 2 {
		if region, ok := s.Places.Region("", text); ok {
			query.Text, query.Regions = p.raw("name"), []string{region.Code}
		}
	}
	query.Near, query.RadiusKm = s.readLocation(p)
	s.readCountry(p, &query)
	query.Order, query.Reverse = readOrganizationSort(p, query.Near != nil)
	return query, in, p.err()
}

// readCountry reads country and state. Puerto Rico counts among the states.
func (s *server) readCountry(p *params, query *search.ShelterQuery) {
	countries := map[string][]string{"us": {"US", "PR"}, "ca": {"CA"}}
	query.Countries = p.terms("country", "country", countries)
	for _, state := range p.sent["state"] {
		region, ok := s.Places.Region("", state)
		if !ok || len(state) != 2 {
			p.refuse("state", state+" is not a valid state.")
		}
		query.Regions = append(query.Regions, region.Code)
	}
}

// readOrganizationSort is in which order shelters are listed: by distance where
// there is a location, else by name.
func readOrganizationSort(p *params, near bool) (order search.ShelterOrder, reverse bool) {
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
		p.refuse("sort", text+" is not a valid sort.")
	case order == search.SheltersByDistance && !near:
		p.refuse("sort", text+" requires location.")
	}
	return order, reverse
}
