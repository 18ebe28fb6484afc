package search

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trailcat/internal/catalog"
)

// While the index applies many log entries, whatever a query finds between two steps is as
// of one log entry: all parts of an answer agree, no cat is older than the answer's position,
// and lists that are begun or continued there neither repeat nor miss cats.
func TestProperty_AnswersBetweenStepsAreConsistent(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		s := stepsTest{T: t, fakeSource: newFixture()}
		s.addCats(r, 3*catsPerStep)
		s.index = New(s, testOptions())
		if err := s.index.Fill(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.index.options.Blocked = func(time.Duration) { s.check(r) }
		for range 2 {
			for range rapid.IntRange(0, 4*catsPerStep).Draw(t, "changes") {
				s.change(r)
			}
			if err := s.index.CatchUp(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		for len(s.scans) > 0 {
			s.readPages()
		}
	})
}

type stepsTest struct {
	*rapid.T
	*fakeSource

	index *Index
	scans []*openScan
}

// openScan is a list of which some pages were read.
type openScan struct {
	query  Query
	listed map[string]bool // cats that have been listed since its begin
	seen   map[string]bool
}

func (s *stepsTest) addCats(r *rand.Rand, n int) {
	for range n {
		s.addCat(catalog.Cat{ShelterID: s.shelters[r.IntN(3)].ID, UpdatedAt: randomMoment(r), Facts: catalog.Facts{Name: "Cat", ListedAt: randomMoment(r), Description: "version1 "}})
	}
}

func randomMoment(r *rand.Rand) time.Time { return today.Add(time.Duration(r.IntN(50)) * time.Minute) }

// change adds or changes a cat, or moves a shelter.
func (s *stepsTest) change(r *rand.Rand) {
	switch r.IntN(20) {
	case 0:
		s.addCats(r, 1)
	case 1:
		s.editShelter(1+r.IntN(3), func(of *catalog.Shelter) {
			of.Point.Lng, of.Address.Region = -77-float64(r.IntN(3)), string(rune('A'+r.IntN(3)))
		})
	default:
		s.editCat(1+r.IntN(len(s.cats)), func(c *catalog.Cat) {
			c.Name, c.UpdatedAt, c.Status = string(rune('A'+r.IntN(5))), randomMoment(r), []catalog.Status{catalog.Available, catalog.Pending, catalog.Removed}[r.IntN(3)]
			c.Description = fmt.Sprintf("version%d ", c.Version+1)
			if r.IntN(3) == 0 {
				c.ListedAt = randomMoment(r)
			}
		})
	}
}

func (s *stepsTest) find(q Query) Page {
	page, err := s.index.Cats(q)
	if err != nil {
		s.Fatal(err)
	}
	return page
}

// check asks the index, compares the answers with each other and with the log, and reads
// another page of each open scan.
func (s *stepsTest) check(r *rand.Rand) {
	all := s.find(Query{Limit: maxLimit, Total: true, Facets: []Field{FieldStatus, FieldRegion, FieldShelter}})
	versions := map[string]int64{}
	byVersion := map[int64][]string{}
	for _, hit := range all.Hits {
		versions[hit.ID] = hit.Version
		byVersion[hit.Version] = append(byVersion[hit.Version], hit.ID)
		want := fmt.Sprintf(`"version":%d`, hit.Version)
		if card := string(hit.Card.Append(nil)); !strings.Contains(card, want+"}") {
			s.Fatalf("%s at %d has version %d and the card %s", hit.ID, all.Seq, hit.Version, card)
		}
	}
	for field, counts := range all.Facets {
		sum := 0
		for _, c := range counts {
			sum += c.Count
		}
		if sum != len(all.Hits) || *all.Total != sum {
			s.Fatalf("at %d: %d cats, total %d, facets of %s count %d", all.Seq, len(all.Hits), *all.Total, field, sum)
		}
	}
	for _, entry := range s.log[:all.Seq] {
		if v, ok := versions[entry.ResourceID]; ok && v < entry.Version {
			s.Fatalf("at %d: %s has version %d, want at least %d", all.Seq, entry.ResourceID, v, entry.Version)
		}
	}
	for version, want := range byVersion {
		if version == 1 {
			continue // the cats of the fixture have other words
		}
		got := ids(s.find(Query{Limit: maxLimit, Text: fmt.Sprintf("version%d ", version)}))
		slices.Sort(got)
		if slices.Sort(want); !slices.Equal(got, want) {
			s.Fatalf("at %d: the words of version %d find %v, want %v", all.Seq, version, got, want)
		}
	}
	listed := map[string]bool{}
	for id := range versions {
		listed[id] = true
	}
	order := Orders()[r.IntN(len(Orders()))]
	s.scans = append(s.scans, &openScan{query: Query{Order: order, Near: &rockville, Seed: 7, Limit: 20}, listed: maps.Clone(listed), seen: map[string]bool{}})
	for _, scan := range s.scans {
		for id := range scan.listed {
			scan.listed[id] = scan.listed[id] && listed[id]
		}
	}
	s.readPages()
}

// readPages reads a page of each open scan.
func (s *stepsTest) readPages() { s.scans = slices.DeleteFunc(s.scans, s.readPage) }

// readPage reads a page of a scan. It reports whether it was the last.
func (s *stepsTest) readPage(scan *openScan) bool {
	page := s.find(scan.query)
	for _, hit := range page.Hits {
		if scan.seen[hit.ID] {
			s.Fatalf("by %s: %s is repeated", scan.query.Order, hit.ID)
		}
		scan.seen[hit.ID] = true
	}
	scan.query.Cursor = page.Next
	if page.HasMore {
		return false
	}
	for id, still := range scan.listed {
		if still && !scan.seen[id] {
			s.Fatalf("by %s: %s is missing", scan.query.Order, id)
		}
	}
	return true
}
