package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
)

// kindProfile holds the defaults of a kind of shelter.
type kindProfile struct {
	kind        catalog.ShelterKind
	names       []string // %s is the city
	fosterCodes int      // the number of postal codes with foster homes
	fosterShare float64  // the share of its cats in foster homes, from 0 to 1
}

var kindProfiles = weighted[kindProfile]{
	values: []kindProfile{
		{catalog.Municipal, []string{"%s Animal Services", "%s Animal Care and Control", "City of %s Animal Shelter", "%s County Animal Center"}, 1, 0.1},
		{catalog.PrivateNGO, []string{"Humane Society of %s", "%s SPCA", "%s Animal League", "Greater %s Humane Society"}, 2, 0.15},
		{catalog.Rescue, []string{"%s Cat Rescue", "Second Chance Cats of %s", "Whiskers of %s", "Friends of %s Felines", "Nine Lives %s"}, 2, 0.5},
		{catalog.FosterNetwork, []string{"%s Kitten Fosters", "Foster Cats of %s", "%s Feline Foster Network"}, 4, 1},
		{catalog.Sanctuary, []string{"%s Cat Sanctuary", "Quiet Paws Sanctuary of %s"}, 0, 0},
	},
	cumulative: []int{25, 50, 85, 97, 100},
}

var streets = []string{"Main Street", "Shelter Lane", "County Road", "Industrial Way", "Oak Avenue", "Mill Road", "Park Drive", "Second Avenue"}

var policySentences = []string{
	"Adopters must be 21 or older and show proof of address.",
	"Our adoption fee covers spaying or neutering, vaccinations and a microchip.",
	"We are a volunteer group and answer within 3 days, so please be patient with us.",
	"Renters are asked for the landlord's consent before a cat goes home.",
	"If the adoption does not work out, the cat comes back to us, whatever the reason.",
	"Ages and breeds are our best guess, since most of our cats arrive without papers.",
	"Fees are reduced for seniors and veterans.",
}

// shelter returns the shelter with the given index.
func (s *Set) shelter(index int) Shelter {
	r := s.rng(index, -1)
	at := r.IntN(s.places.Samples())
	place := s.places.Sample(at)
	kind := kindProfiles.pick(r)
	slug := fmt.Sprintf("shelter-%04d", index+1)
	site := "https://" + slug + ".example.org"
	shelter := Shelter{
		ExternalID: "demo-" + slug,
		Profile: catalog.Profile{
			Name: fmt.Sprintf(kind.names[r.IntN(len(kind.names))], place.City),
			Kind: kind.kind,
			Address: catalog.Address{
				Street: fmt.Sprintf("%d %s", 1+r.IntN(9900), streets[r.IntN(len(streets))]), City: place.City,
				Region: place.Region, PostalCode: place.PostalCode, Country: place.Country,
			},
			Point: geo.Point{}, PointPrecision: "", // the center of the postal code
			Phone:   fmt.Sprintf("(%d) 555-01%02d", 201+r.IntN(780), r.IntN(100)),
			Email:   "cats@" + slug + ".example.org",
			Website: site,
			Hours:   hours(r), Mission: "", AdoptionPolicy: "",
			AdoptionURL: site + "/adopt",
			Social:      catalog.Social{}, Photos: nil, Demo: true,
		},
		Cats: s.sizes[index], index: index, fosterCodes: nil, fosterShare: kind.fosterShare,
	}
	for i := range kind.fosterCodes { // adjacent numbers are mostly adjacent places
		if home := s.places.Sample(at + 1 + i*3 + r.IntN(3)); home.Country == place.Country {
			shelter.fosterCodes = append(shelter.fosterCodes, home.PostalCode)
		}
	}
	shelter.Profile.AdoptionPolicy = policy(r)
	shelter.Profile.Mission = fmt.Sprintf("%s finds homes for the cats of %s.", shelter.Profile.Name, place.City)
	return shelter
}

// policy returns up to five sentences that a shelter repeats under its descriptions.
func policy(r *rand.Rand) string {
	var sentences []string
	for _, i := range r.Perm(len(policySentences))[:[]int{0, 0, 1, 2, 3, 4, 5}[r.IntN(7)]] {
		sentences = append(sentences, policySentences[i])
	}
	return strings.Join(sentences, " ")
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
