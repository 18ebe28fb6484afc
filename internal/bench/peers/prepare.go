package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"trailcat/internal/bench/peers/cats"
)

// exportedCat is what the peers need of a cat of Trailcat's export.
type exportedCat struct {
	ID         string    `json:"id"`
	ShelterID  string    `json:"shelter_id"`
	Name       string    `json:"name"`
	Status     string    `json:"status"`
	ListedAt   time.Time `json:"listed_at"`
	Text       string    `json:"description"`
	AgeGroup   string    `json:"age_group"`
	Sex        string    `json:"sex"`
	Altered    *bool     `json:"altered"`
	Coat       string    `json:"coat"`
	Size       string    `json:"size"`
	House      *bool     `json:"house_trained"`
	FosterCode string    `json:"foster_postal_code"`
	Breed      struct {
		Primary   string `json:"primary"`
		Secondary string `json:"secondary"`
	} `json:"breed"`
	Colors struct {
		Primary   string `json:"primary"`
		Secondary string `json:"secondary"`
		Tertiary  string `json:"tertiary"`
		Pattern   string `json:"pattern"`
	} `json:"colors"`
	GoodWith struct {
		Children *bool `json:"children"`
		Dogs     *bool `json:"dogs"`
		Cats     *bool `json:"cats"`
	} `json:"good_with"`
	Traits struct {
		Tags []string `json:"tags"`
	} `json:"traits"`
}

type exportedShelter struct {
	ID      string `json:"id"`
	Address struct {
		Country string `json:"country"`
	} `json:"address"`
	Location point `json:"location"`
}

type point struct {
	Lat float64 `json:"lat"`
	Lng float64 `json:"lng"`
}

// kmTo returns the distance to another point on a sphere.
func (p point) kmTo(q point) float64 {
	const radians, earthKm = math.Pi / 180, 6371
	dLat, dLng := (q.Lat-p.Lat)*radians, (q.Lng-p.Lng)*radians
	h := math.Pow(math.Sin(dLat/2), 2) + math.Cos(p.Lat*radians)*math.Cos(q.Lat*radians)*math.Pow(math.Sin(dLng/2), 2)
	return 2 * earthKm * math.Asin(math.Sqrt(h))
}

// prepare writes the file of cats that the peers load: Trailcat's export, with the cards of
// its list and the location of each cat. It returns the locations by ID.
func prepare(ctx context.Context, dir string, trailcat *engine) (map[string]point, error) {
	for _, resource := range []string{"cats", "shelters"} {
		out, err := exec.CommandContext(ctx, filepath.Join(dir, "trailcat"), "export", "--database", "sqlite:"+filepath.Join(trailcat.data, "trailcat.db"),
			"--resource", resource, "--output", filepath.Join(dir, resource+".export")).CombinedOutput()
		if err != nil {
			return nil, fmt.Errorf("export: %w\n%s", err, out)
		}
	}
	shelters := map[string]*exportedShelter{}
	err := cats.ReadLines(filepath.Join(dir, "shelters.export"), func(s *exportedShelter) error {
		shelters[s.ID] = s
		return nil
	})
	if err != nil {
		return nil, err
	}
	cards, err := readCards(ctx, trailcat)
	if err != nil {
		return nil, err
	}
	file, err := os.Create(filepath.Join(dir, "cats.ndjson"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	out := bufio.NewWriterSize(file, 1<<20)
	encoder := json.NewEncoder(out)
	locations := map[string]point{}
	places := placeFinder{trailcat: trailcat, known: map[string]*point{}}
	err = cats.ReadLines(filepath.Join(dir, "cats.export"), func(c *exportedCat) error {
		if c.ID == "" || cards[c.ID] == "" { // the header of the export, or a removed cat
			return nil
		}
		shelter := shelters[c.ShelterID]
		at, err := places.find(ctx, c.FosterCode, shelter.Address.Country)
		if err != nil {
			return err
		}
		if at == nil {
			at = &shelter.Location
		}
		locations[c.ID] = *at
		text := append([]string{c.Name, c.Breed.Primary, c.Breed.Secondary, c.Colors.Primary, c.Colors.Secondary, c.Colors.Tertiary, c.Colors.Pattern}, c.Traits.Tags...)
		return encoder.Encode(cats.Cat{
			ID: c.ID, Lat: at.Lat, Lng: at.Lng, ListedAt: c.ListedAt.Unix(), Card: cards[c.ID],
			Text: strings.Join(append(text, c.Text), "\n"),
			Fields: map[string][]string{
				"status": {c.Status}, "sex": values(c.Sex), "age_group": values(c.AgeGroup), "breed": values(c.Breed.Primary, c.Breed.Secondary),
				"color": values(c.Colors.Primary, c.Colors.Secondary, c.Colors.Tertiary), "pattern": values(c.Colors.Pattern), "coat": values(c.Coat), "size": values(c.Size),
				"good_with_children": truth(c.GoodWith.Children), "good_with_dogs": truth(c.GoodWith.Dogs), "good_with_cats": truth(c.GoodWith.Cats),
				"altered": truth(c.Altered), "house_trained": truth(c.House),
			},
		})
	})
	if err != nil {
		return nil, err
	}
	return locations, out.Flush()
}

// values returns the values that are known.
func values(all ...string) []string {
	var known []string
	for _, value := range all {
		if value != "" {
			known = append(known, value)
		}
	}
	if known == nil {
		return []string{"unknown"}
	}
	return known
}

func truth(value *bool) []string {
	if value == nil {
		return []string{"unknown"}
	}
	return []string{fmt.Sprint(*value)}
}

// readCards reads the cards of all cats from Trailcat's list.
func readCards(ctx context.Context, trailcat *engine) (map[string]string, error) {
	cards := map[string]string{}
	path := "/v1/cats?limit=100&sort=newest&status=available,pending,on_hold,adopted"
	for cursor := ""; ; {
		var page struct {
			Data []json.RawMessage `json:"data"`
			Page struct {
				NextCursor string `json:"next_cursor"`
			} `json:"page"`
		}
		body, err := get(ctx, trailcat.url+path+cursor)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(body, &page); err != nil {
			return nil, err
		}
		for _, raw := range page.Data {
			var c card
			if err := json.Unmarshal(raw, &c); err != nil {
				return nil, err
			}
			cards[c.ID] = string(raw)
		}
		if page.Page.NextCursor == "" {
			return cards, nil
		}
		cursor = "&cursor=" + url.QueryEscape(page.Page.NextCursor)
	}
}

// placeFinder finds the locations of postal codes with Trailcat's API.
type placeFinder struct {
	trailcat *engine
	known    map[string]*point
}

// find returns the location of a postal code, or nil if there is none.
func (p placeFinder) find(ctx context.Context, code, country string) (*point, error) {
	if code == "" {
		return nil, nil
	}
	key := country + " " + code
	if at, ok := p.known[key]; ok {
		return at, nil
	}
	var places struct {
		Data []struct {
			point
			Country string `json:"country"`
			Code    string `json:"postal_code"`
		} `json:"data"`
	}
	body, err := get(ctx, p.trailcat.url+"/v1/places?q="+url.QueryEscape(code))
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(body, &places); err != nil {
		return nil, err
	}
	p.known[key] = nil
	for _, place := range places.Data {
		if place.Country == country && place.Code == code {
			p.known[key] = &place.point
			break
		}
	}
	return p.known[key], nil
}
