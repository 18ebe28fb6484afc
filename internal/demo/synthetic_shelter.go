package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
)

// kindProfile is what goes with a kind of shelter.
type kindProfile struct {
	kind     catalog.ShelterKind
	names    []string // %s is the city
	fosters  int      // in how many postal codes its foster homes lie
	fostered float64  // how many of its cats live in them, of 1
}

var manners = weighted[kindProfile]{
	values: []kindProfile{
		{catalog.Municipal, []string{"%s Animal Services", "%s Animal Care and Control", "City of %s Animal Shelter", "%s County Animal Center"}, 1, 0.1},
		{catalog.PrivateNGO, []string{"Humane Society of %s", "%s SPCA", "%s Animal League", "Greater %s Humane Society"}, 2, 0.15},
		{catalog.Rescue, []string{"%s Cat Rescue", "Second Chance Cats of %s", "Whiskers of %s", "Friends of %s Felines", "Nine Lives %s"}, 2, 0.5},
		{catalog.FosterNetwork, []string{"%s Kitten Fosters", "Foster Cats of %s", "%s Feline Foster Network"}, 4, 1},
		{catalog.Sanctuary, []string{"%s Cat Sanctuary", "Quiet Paws Sanctuary of %s"}, 0, 0},
	},
	upTo: []int{25, 50, 85, 97, 100},
}

var streets = []string{"Main Street", "Shelter Lane", "County Road", "Industrial Way", "Oak Avenue", "Mill Road", "Park Drive", "Second Avenue"}

// shelter makes the shelter of an index.
func (s *Set) shelter(index int) Shelter {
	r := s.rng(index, -1)
	at := r.IntN(s.places.Len())
	place := s.places.Sample(at)
	m := manners.pick(r)
	slug := fmt.Sprintf("shelter-%04d", index+1)
	site := "https://" + slug + ".example.org"
	made := Shelter{
		ExternalID: "demo-" + slug,
		Profile: catalog.Profile{
			Name: fmt.Sprintf(m.names[r.IntN(len(m.names))], place.City),
			Kind: m.kind,
			Address: catalog.Address{
				Street: fmt.Sprintf("%d %s", 1+r.IntN(9900), streets[r.IntN(len(streets))]), City: place.City,
				Region: place.Region, PostalCode: place.PostalCode, Country: place.Country,
			},
			Point: geo.Point{}, PointPrecision: "", // the middle of its postal code
			Phone:   fmt.Sprintf("(%d) 555-01%02d", 201+r.IntN(780), r.IntN(100)),
			Email:   "cats@" + slug + ".example.org",
			Website: site,
			Hours:   hours(r), Mission: "", AdoptionPolicy: "",
			AdoptionURL: site + "/adopt",
			Social:      catalog.Social{}, Photos: nil, Demo: true,
		},
		Cats: s.sizes[index], index: index, at: at, fosters: nil, fostered: m.fostered, policy: "",
	}
	for i := range m.fosters { // neighbouring numbers are mostly neighbouring places
		if home := s.places.Sample(at + 1 + i*3 + r.IntN(3)); home.Country == place.Country {
			made.fosters = append(made.fosters, home.PostalCode)
		}
	}
	made.policy = s.policy(r, made.Profile)
	made.Profile.AdoptionPolicy = made.policy
	made.Profile.Mission = fmt.Sprintf("%s finds homes for the cats of %s.", made.Profile.Name, place.City)
	return made
}

// policy is what a shelter says under every description: nothing, or some sentences.
func (s *Set) policy(r *rand.Rand, p catalog.Profile) string {
	t := descriptionGenerator{Rand: r, book: s.book, names: &s.like.names, name: "", sex: "", shelter: p.Name, city: p.Address.City, text: nil, spoken: [48]*placeholder{}, said: 0}
	for range []int{0, 0, 1, 2, 3, 4, 5}[r.IntN(7)] {
		t.appendSentence("policy")
	}
	return string(t.text)
}

func hours(r *rand.Rand) catalog.Hours {
	open := fmt.Sprintf("%d am – %d pm", 9+r.IntN(3), 4+r.IntN(4))
	day := func() string {
		if chance(r, 0.15) {
			return "closed"
		}
		return open
	}
	h := catalog.Hours{Monday: day(), Tuesday: day(), Wednesday: day(), Thursday: day(), Friday: day(), Saturday: open, Sunday: "closed"}
	if strings.HasPrefix(open, "9") {
		h.Sunday = "by appointment"
	}
	return h
}
