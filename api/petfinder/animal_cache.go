package petfinder

import (
	"bytes"
	"math"
	"strconv"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
)

// animalCache keeps the animals that were shown last, encoded, so that not every
// list reads its cats from the database. It holds a bounded part of all cats:
// the index has a card of each already, and everything twice would be too much.
type animalCache struct {
	all *lru.Cache[string, cachedAnimal]
}

const (
	cachedAnimals    = 20_000   // about 40 MB
	maxCachedLetters = 12 << 10 // longer ones are rare, and are read again each time
)

// cachedAnimal is an animal encoded for nowhere in particular. It holds for a
// version of the cat and of its shelter, and for a day, since age is as of a day.
type cachedAnimal struct {
	body             []byte
	at               int // where in it the null of the distance stands
	version, shelter int64
	day              int64
}

const (
	beforeDistance = `,"distance":`
	noDistance     = "null"
)

func newAnimalCache(size int) (*animalCache, error) {
	if size == 0 {
		size = cachedAnimals
	}
	all, err := lru.New[string, cachedAnimal](size)
	return &animalCache{all: all}, err
}

// get finds a cat of at least this version.
func (c *animalCache) get(id string, version int64, home catalog.Shelter, today time.Time) (cachedAnimal, bool) {
	a, ok := c.all.Get(id)
	return a, ok && a.version >= version && a.shelter == home.Version && a.day == dayOf(today)
}

// put encodes a cat and keeps it.
func (s *server) put(cat catalog.Cat, home catalog.Shelter, today time.Time) (cachedAnimal, error) {
	body, err := encode(s.newAnimal(cat, home, today))
	if err != nil {
		return cachedAnimal{}, err
	}
	a := cachedAnimal{
		body: body, at: bytes.Index(body, []byte(beforeDistance)) + len(beforeDistance),
		version: cat.Version, shelter: home.Version, day: dayOf(today),
	}
	if len(body) <= maxCachedLetters {
		s.animals.all.Add(cat.ID, a)
	}
	return a, nil
}

// appendTo appends the animal to out, so many kilometres away; less than 0 is nowhere in particular.
func (a cachedAnimal) appendTo(out []byte, km float64) []byte {
	if km < 0 {
		return append(out, a.body...)
	}
	out = append(out, a.body[:a.at]...)
	out = strconv.AppendFloat(out, miles(km), 'f', -1, 64)
	return append(out, a.body[a.at+len(noDistance):]...)
}

// miles has four decimals.
func miles(km float64) float64 { return math.Round(km/geo.KmPerMile*1e4) / 1e4 }
