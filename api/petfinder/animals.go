package petfinder

import (
	"bytes"
	"context"
	"strconv"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/labstack/echo/v4"

	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
	"trailcat/internal/search"
)

// listAnimals returns a page of animals.
func (s *server) listAnimals(c echo.Context) error {
	query, err := s.readAnimalQuery(c.Request().URL.RawQuery)
	if err != nil {
		return err
	}
	query.Audience = audienceFrom(c)
	found, next, err := s.searchAnimals(c, query)
	if err != nil {
		return err
	}
	body := make([]byte, 0, 3000*len(found.Hits)+1000)
	body = append(body, `{"animals":`...)
	if body, err = s.appendAnimals(c.Request().Context(), body, found.Hits, query.Audience); err != nil {
		return err
	}
	return sendPage(c, body, query.pagination("/v2/animals", *found.Total, next))
}

// searchAnimals returns the requested page and the start of the next, nil if this is the
// last. It continues the paging session of the client, or else counts from the start of
// the list.
func (s *server) searchAnimals(c echo.Context, query animalQuery) (found search.Page, next *pageStart, err error) {
	session, resume := s.resumeSession(c, "", query.page)
	if query.noListings || resume.pastEnd && !query.linked {
		found, err = s.countAnimals(query)
		return found, nil, err
	}
	if resume.last && !query.linked {
		query.Limit += maxLimit // a client that stored total_pages requests no further page
	}
	query.Seed, query.Cursor, query.Offset = resume.seed, resume.cursor, 0
	if !resume.known {
		query.Offset, query.Seed = query.skip(), s.seed(query.Order)
	}
	found, err = s.Index.Cats(query.Query)
	if resume.known && catalog.KindOf(err) == catalog.Malformed { // the cursor is too old, or of another log
		resume.known, query.Cursor, query.Offset = false, "", query.skip()
		found, err = s.Index.Cats(query.Query)
	}
	if err != nil {
		return search.Page{}, nil, err
	}
	start := pageStart{cursor: found.Next, seed: query.Seed}
	s.sessions.record(session, query.number, !resume.known, query.totalPages(*found.Total), start)
	if found.HasMore {
		next = &start
	}
	return found, next, nil
}

// countAnimals returns an empty page that has only the total.
func (s *server) countAnimals(query animalQuery) (search.Page, error) {
	if query.noListings {
		return search.Page{Total: new(0)}, nil
	}
	query.Offset, query.Limit = 0, 1
	page, err := s.Index.Cats(query.Query)
	page.Hits = nil
	return page, err
}

func (s *server) seed(order search.Order) int64 {
	if order != search.OrderRandom {
		return 0
	}
	return s.NewSeed()
}

// appendAnimals appends a JSON array of the hits, in their order, to out. It reads the
// cats that are not cached with one query. It leaves out those that were removed or hidden
// from the audience since the index was searched.
func (s *server) appendAnimals(ctx context.Context, out []byte, hits []search.Hit, audience catalog.Audience) ([]byte, error) {
	epoch, today := s.Index.Head().Epoch, s.Now().UTC()
	shelters := map[string]catalog.Shelter{}
	cached := make([]cachedAnimal, len(hits))
	var missing []string
	for i, hit := range hits {
		shelter, ok := shelters[hit.ShelterID]
		if !ok {
			shelter, _ = s.Index.ShelterInfo(hit.ShelterID)
			shelters[hit.ShelterID] = shelter
		}
		if cached[i], ok = s.animals.get(hit.ID, hit.Version, shelter, epoch, today); !ok {
			cached[i].body = nil
			missing = append(missing, hit.ID)
		}
	}
	read, err := s.readAnimals(ctx, missing, shelters, epoch, today)
	if err != nil {
		return nil, err
	}
	out = append(out, '[')
	empty := len(out)
	for i, hit := range hits {
		a := cached[i]
		if a.body == nil {
			a = read[hit.ID]
		}
		if shelter := shelters[hit.ShelterID]; a.body == nil || shelter.HidesCat(a.hiddenFrom, audience) {
			continue
		}
		if len(out) > empty {
			out = append(out, ',')
		}
		out = a.appendTo(out, hit.DistanceKm)
	}
	return append(out, ']'), nil
}

// readAnimals reads cats and returns them encoded, by ID, without those that were
// removed.
func (s *server) readAnimals(ctx context.Context, ids []string, shelters map[string]catalog.Shelter, epoch string, today time.Time) (map[string]cachedAnimal, error) {
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
		if out[cat.ID], err = s.encodeAnimal(cat, shelters[cat.ShelterID], epoch, today); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// getAnimal returns one animal.
func (s *server) getAnimal(c echo.Context) error {
	number, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return errNotFound()
	}
	a, err := s.findAnimal(c.Request().Context(), number, audienceFrom(c))
	if err != nil {
		return err
	}
	return httpkit.SendEncoded(c, append(a.appendTo([]byte(`{"animal":`), -1), '}'))
}

// findAnimal returns the cat with this number, encoded. A cat that was removed or that is
// hidden from the audience is not found.
func (s *server) findAnimal(ctx context.Context, number int64, audience catalog.Audience) (cachedAnimal, error) {
	epoch, today := s.Index.Head().Epoch, s.Now().UTC()
	if id, ok := s.Index.IDByNumber(number); ok {
		version, _, shelterID, _ := s.Index.Version(id)
		if shelter, err := s.findShelter(shelterID); err == nil {
			if a, ok := s.animals.get(id, version, shelter, epoch, today); ok && !s.Index.IsRemoved(id) && !shelter.HidesCat(a.hiddenFrom, audience) {
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
	shelter, err := s.findShelter(cat.ShelterID)
	if err != nil {
		return cachedAnimal{}, err
	}
	if shelter.HidesCat(cat.HiddenFrom, audience) {
		return cachedAnimal{}, errNotFound()
	}
	return s.encodeAnimal(cat, shelter, epoch, today)
}

// animalCache has the most recently requested animals, encoded, so that a list need not
// read all of its cats from the database. It is bounded because the index already has a
// card of each cat in memory.
type animalCache struct {
	entries *lru.Cache[string, cachedAnimal]
}

const (
	defaultCachedAnimals = 20_000   // about 40 MB
	maxCachedBytes       = 12 << 10 // of one animal; longer ones are rare and not cached
)

// cachedAnimal is an encoded animal without a distance. It is valid for one version of
// the cat and its shelter in one log, and for one day, because it has the age on that day.
type cachedAnimal struct {
	body                    []byte
	hiddenFrom              catalog.Restriction // without that of the shelter
	epoch                   string              // of the log
	distanceAt              int                 // the offset of the null that the distance replaces
	version, shelterVersion int64
	day                     int64
}

const (
	distanceKey  = `,"distance":`
	nullDistance = "null"
)

// newAnimalCache returns a cache of size animals, or of the default size if that is 0.
func newAnimalCache(size int) (*animalCache, error) {
	if size == 0 {
		size = defaultCachedAnimals
	}
	entries, err := lru.New[string, cachedAnimal](size)
	return &animalCache{entries: entries}, err
}

// get returns an animal of at least this version in the log with an epoch, as of today.
func (c *animalCache) get(id string, version int64, shelter catalog.Shelter, epoch string, today time.Time) (cachedAnimal, bool) {
	a, ok := c.entries.Get(id)
	return a, ok && a.epoch == epoch && a.version >= version && a.shelterVersion == shelter.Version && a.day == unixDay(today)
}

// encodeAnimal encodes a cat and adds it to the cache. The epoch is that of the log before
// the cat was read.
func (s *server) encodeAnimal(cat catalog.Cat, shelter catalog.Shelter, epoch string, today time.Time) (cachedAnimal, error) {
	body, err := binding.EncodeJSON(s.newAnimal(cat, shelter, today))
	if err != nil {
		return cachedAnimal{}, err
	}
	a := cachedAnimal{
		body: body, distanceAt: bytes.Index(body, []byte(distanceKey)) + len(distanceKey),
		hiddenFrom: cat.HiddenFrom, epoch: epoch, version: cat.Version, shelterVersion: shelter.Version, day: unixDay(today),
	}
	if len(body) <= maxCachedBytes {
		s.animals.entries.Add(cat.ID, a)
	}
	return a, nil
}

// unixDay returns the number of days since the start of 1970 in UTC.
func unixDay(t time.Time) int64 { return t.Unix() / (24 * 60 * 60) }

// appendTo appends the animal to out, with its distance unless km is negative.
func (a cachedAnimal) appendTo(out []byte, km float64) []byte {
	if km < 0 {
		return append(out, a.body...)
	}
	out = append(out, a.body[:a.distanceAt]...)
	out = strconv.AppendFloat(out, miles(km), 'f', -1, 64)
	return append(out, a.body[a.distanceAt+len(nullDistance):]...)
}
