package petfinder

import (
	"strings"

	"github.com/labstack/echo/v4"

	"trailcat/internal/catalog"
	"trailcat/internal/search"
)

// listOrganizations finds shelters.
func (s *server) listOrganizations(c echo.Context) error {
	query, in, err := s.readOrganizationQuery(c.Request().URL.RawQuery)
	if err != nil {
		return err
	}
	found, next, err := s.walkShelters(c, query, in)
	if err != nil {
		return err
	}
	organizations := make([]Organization, len(found.Hits))
	for i, hit := range found.Hits {
		var away *float64
		if hit.DistanceKm >= 0 {
			away = new(miles(hit.DistanceKm))
		}
		organizations[i] = s.newOrganization(hit.Shelter, away)
	}
	body, err := encode(organizations)
	if err != nil {
		return err
	}
	return sendPage(c, append([]byte(`{"organizations":`), body...), in.pagination("/v2/organizations", *found.Total, next))
}

// walkShelters asks the index for a page, where the caller's walk goes on if it
// is known, else by counting from the beginning.
func (s *server) walkShelters(c echo.Context, query search.ShelterQuery, in page) (found search.ShelterPage, next *pageStart, err error) {
	id := sessionKey(clientOf(c), "organizations?"+in.same)
	way := s.walks.resume(id, in.number)
	if in.linked {
		way.pageStart, way.known = in.step, true
	}
	query.Cursor = way.cursor
	if !way.known {
		query.Offset = in.skip()
	}
	found, err = s.Index.Shelters(query)
	if way.known && catalog.KindOf(err) == catalog.Malformed { // a cursor that is none
		query.Cursor, query.Offset = "", in.skip()
		found, err = s.Index.Shelters(query)
	}
	if err != nil {
		return search.ShelterPage{}, nil, err
	}
	on := pageStart{cursor: found.Next, seed: 0}
	s.walks.record(id, in.number, !way.known, 0, on)
	if found.HasMore {
		next = &on
	}
	return found, next, nil
}

// getOrganization shows one shelter.
func (s *server) getOrganization(c echo.Context) error {
	home, err := s.shelter(c.Param("id"))
	if err != nil {
		return err
	}
	return sendJSON(c, struct {
		Organization Organization `json:"organization"`
	}{s.newOrganization(home, nil)})
}

// shelter finds a shelter by its code, in any case, or by its id.
func (s *server) shelter(codeOrID string) (catalog.Shelter, error) {
	home, ok := s.Index.ShelterInfo(codeOrID)
	if !ok {
		home, ok = s.Index.ShelterInfo(strings.ToUpper(codeOrID))
	}
	switch {
	case ok:
		return home, nil
	case !s.Index.State().Ready:
		return catalog.Shelter{}, &catalog.Error{Kind: catalog.Unavailable, Code: "", Detail: "", Fields: nil}
	default:
		return catalog.Shelter{}, catalog.NotFoundError("organization", codeOrID)
	}
}
