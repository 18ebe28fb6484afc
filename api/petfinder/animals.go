package petfinder

import (
	"context"
	"net"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"trailcat/internal/catalog"
	"trailcat/internal/search"
)

// listAnimals finds animals.
func (s *server) listAnimals(c echo.Context) error {
	in, err := s.readAnimalQuery(c.Request().URL.RawQuery)
	if err != nil {
		return err
	}
	in.Audience = reader(c)
	found, next, err := s.walkTo(c, in)
	if err != nil {
		return err
	}
	body := make([]byte, 0, 3000*len(found.Hits)+1000)
	body = append(body, `{"animals":`...)
	if body, err = s.appendAnimals(c.Request().Context(), body, found.Hits); err != nil {
		return err
	}
	return sendPage(c, body, in.pagination("/v2/animals", *found.Total, next))
}

// walkTo asks the index for a page, where the caller's walk goes on if it is
// known, else by counting from the beginning. Next leads to the page behind it,
// nil if there is none.
func (s *server) walkTo(c echo.Context, in animalQuery) (found search.Page, next *pageStart, err error) {
	id := sessionKey(clientOf(c), in.same)
	way := s.walks.resume(id, in.number)
	if in.linked {
		way.pageStart, way.known = in.step, true
	}
	if in.nobody || way.over && !in.linked {
		in.Offset, in.Limit = 0, 1
		found, err = s.total(in)
		return found, nil, err
	}
	if way.last && !in.linked {
		in.Limit += maxLimit // who took total_pages from the first page will ask for no other
	}
	began := !way.known
	in.Seed, in.Cursor, in.Offset = way.seed, way.cursor, 0
	if began {
		in.Offset, in.Seed = in.skip(), s.seedFor(in.Order)
	}
	found, err = s.Index.Cats(in.Query)
	if way.known && catalog.KindOf(err) == catalog.Malformed { // the walk is too old, or of a log that is gone
		began, in.Cursor, in.Offset = true, "", in.skip()
		found, err = s.Index.Cats(in.Query)
	}
	if err != nil {
		return search.Page{}, nil, err
	}
	on := pageStart{cursor: found.Next, seed: in.Seed}
	s.walks.record(id, in.number, began, in.pagination("", *found.Total, nil).TotalPages, on)
	if found.HasMore {
		next = &on
	}
	return found, next, nil
}

// total is an empty page that knows how many there are.
func (s *server) total(in animalQuery) (search.Page, error) {
	if in.nobody {
		return search.Page{Total: new(0)}, nil
	}
	page, err := s.Index.Cats(in.Query)
	page.Hits = nil
	return page, err
}

func (s *server) seedFor(order search.Order) int64 {
	if order != search.OrderRandom {
		return 0
	}
	return s.NewSeed()
}

// clientOf tells clients apart that share a key. A client that asks for a new
// token goes on walking.
func clientOf(c echo.Context) string {
	r := c.Request()
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	key, _ := c.Get(keyIDContextKey).(string)
	return key + " " + host + " " + r.Header.Get(echo.HeaderXForwardedFor)
}

// appendAnimals appends what was found to out, a list in the order of the hits.
// Those that are not kept encoded are read at once.
func (s *server) appendAnimals(ctx context.Context, out []byte, hits []search.Hit) ([]byte, error) {
	today := s.Now().UTC()
	homes := map[string]catalog.Shelter{}
	kept := make([]cachedAnimal, len(hits))
	var missing []string
	for i, hit := range hits {
		home, ok := homes[hit.ShelterID]
		if !ok {
			home, _ = s.Index.ShelterInfo(hit.ShelterID)
			homes[hit.ShelterID] = home
		}
		if kept[i], ok = s.animals.get(hit.ID, hit.Version, home, today); !ok {
			kept[i].body = nil
			missing = append(missing, hit.ID)
		}
	}
	read, err := s.read(ctx, missing, homes, today)
	if err != nil {
		return nil, err
	}
	out = append(out, '[')
	empty := len(out)
	for i, hit := range hits {
		a := kept[i]
		if a.body == nil {
			a = read[hit.ID]
		}
		if a.body == nil {
			continue // removed since the index found it
		}
		if len(out) > empty {
			out = append(out, ',')
		}
		out = a.appendTo(out, hit.DistanceKm)
	}
	return append(out, ']'), nil
}

// read reads cats and encodes them, by id. Those that are listed no more are left out.
func (s *server) read(ctx context.Context, ids []string, homes map[string]catalog.Shelter, today time.Time) (map[string]cachedAnimal, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	cats, err := s.Store.CatsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[string]cachedAnimal, len(cats))
	for _, cat := range cats {
		if cat.Status == catalog.Removed {
			continue
		}
		if out[cat.ID], err = s.put(cat, homes[cat.ShelterID], today); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// getAnimal shows one animal.
func (s *server) getAnimal(c echo.Context) error {
	number, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return errNotFound()
	}
	a, err := s.animal(c.Request().Context(), number, reader(c))
	if err != nil {
		return err
	}
	return send(c, append(a.appendTo([]byte(`{"animal":`), -1), '}'))
}

// animal finds a cat by its number, encoded. What is withheld is not there.
func (s *server) animal(ctx context.Context, number int64, from catalog.Audience) (cachedAnimal, error) {
	today := s.Now().UTC()
	if id, ok := s.Index.IDByNumber(number); ok {
		version, _, shelterID, _ := s.Index.Version(id)
		if home, err := s.shelter(shelterID); err == nil && !home.HidesFrom(from) {
			if a, ok := s.animals.get(id, version, home, today); ok && !s.Index.IsRemoved(id) {
				return a, nil
			}
		}
	}
	cat, err := s.Store.CatByNumber(ctx, number)
	if err != nil {
		return cachedAnimal{}, err
	}
	if cat.Status == catalog.Removed {
		return cachedAnimal{}, errNotFound()
	}
	home, err := s.shelter(cat.ShelterID)
	if err != nil {
		return cachedAnimal{}, err
	}
	if home.HidesFrom(from) {
		return cachedAnimal{}, errNotFound()
	}
	return s.put(cat, home, today)
}

// sendPage sends what begins with a list, and of what it is a part.
func sendPage(c echo.Context, body []byte, part Pagination) error {
	pagination, err := encode(part)
	if err != nil {
		return err
	}
	body = append(body, `,"pagination":`...)
	body = append(append(body, pagination...), '}')
	link(c, part.Links)
	return send(c, body)
}
