package petfinder

import (
	"cmp"
	"encoding/json"
	"html"
	"strconv"
	"strings"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// Animal is a cat in Petfinder's format, with Petfinder's order of fields. The format
// cannot express an unknown age, size or attribute; see petfinderAge, petfinderSize and
// newAttributes. Adventure is an addition of this server.
type Animal struct {
	ID                   int64           `json:"id"`
	OrganizationID       string          `json:"organization_id"`
	URL                  string          `json:"url"`
	Type                 string          `json:"type"`
	Species              string          `json:"species"`
	Breeds               Breeds          `json:"breeds"`
	Colors               Colors          `json:"colors"`
	Age                  string          `json:"age"`
	Gender               string          `json:"gender"`
	Size                 string          `json:"size"`
	Coat                 *string         `json:"coat"`
	Attributes           Attributes      `json:"attributes"`
	Environment          Environment     `json:"environment"`
	Tags                 []string        `json:"tags"`
	Name                 string          `json:"name"`
	Description          *string         `json:"description"` // HTML-escaped
	OrganizationAnimalID *string         `json:"organization_animal_id"`
	Photos               []Photo         `json:"photos"`
	PrimaryPhotoCropped  *Photo          `json:"primary_photo_cropped"`
	Videos               []Video         `json:"videos"`
	Status               string          `json:"status"`
	StatusChangedAt      string          `json:"status_changed_at"`
	PublishedAt          string          `json:"published_at"`
	Distance             *float64        `json:"distance"` // miles
	Contact              Contact         `json:"contact"`
	Links                AnimalLinks     `json:"_links"`
	Adventure            json.RawMessage `json:"adventure"`
}

// Breeds are the breeds of a cat.
type Breeds struct {
	Primary   *string `json:"primary"`
	Secondary *string `json:"secondary"`
	Mixed     bool    `json:"mixed"`
	Unknown   bool    `json:"unknown"`
}

// Colors are the colors of the coat.
type Colors struct {
	Primary   *string `json:"primary"`
	Secondary *string `json:"secondary"`
	Tertiary  *string `json:"tertiary"`
}

// Attributes are facts about a cat; false may also mean unknown.
type Attributes struct {
	SpayedNeutered bool `json:"spayed_neutered"`
	HouseTrained   bool `json:"house_trained"`
	Declawed       bool `json:"declawed"`
	SpecialNeeds   bool `json:"special_needs"`
	ShotsCurrent   bool `json:"shots_current"`
}

// Environment states with whom a cat lives well; null means unknown.
type Environment struct {
	Children *bool `json:"children"`
	Dogs     *bool `json:"dogs"`
	Cats     *bool `json:"cats"`
}

// Photo has the URLs of a photo in four sizes, whose longest sides have at most 300, 600, 1200
// and 2048 pixels. All four are the same until the server keeps the photo.
type Photo struct {
	Small  string `json:"small"`
	Medium string `json:"medium"`
	Large  string `json:"large"`
	Full   string `json:"full"`
}

// Video is the HTML of an embedded player.
type Video struct {
	Embed string `json:"embed"`
}

// Contact is how to reach the shelter of a cat.
type Contact struct {
	Email   *string `json:"email"`
	Phone   *string `json:"phone"`
	Address Address `json:"address"`
}

// Link is a link to another resource; Href begins with /v2/.
type Link struct {
	Href string `json:"href"`
}

// AnimalLinks are the links of an animal.
type AnimalLinks struct {
	Self         Link `json:"self"`
	Type         Link `json:"type"`
	Organization Link `json:"organization"`
}

// newAnimal returns a cat of this shelter, with its age on the day today.
func (s *server) newAnimal(c catalog.Cat, shelter catalog.Shelter, today time.Time) Animal {
	photos := newPhotos(c.Photos, s.PhotoBase)
	return Animal{
		ID:                   c.Number,
		OrganizationID:       shelter.Code,
		URL:                  cmp.Or(c.URL, shelter.Website, shelter.AdoptionURL),
		Type:                 "Cat",
		Species:              "Cat",
		Breeds:               Breeds{Primary: orNull(c.Breed.Primary), Secondary: orNull(c.Breed.Secondary), Mixed: isTrue(c.Breed.Mixed), Unknown: c.Breed.Unknown},
		Colors:               Colors{Primary: orNull(c.Colors.Primary), Secondary: orNull(c.Colors.Secondary), Tertiary: orNull(c.Colors.Tertiary)},
		Age:                  petfinderAge(c.AgeGroupOn(today)),
		Gender:               petfinderGender(c.Sex),
		Size:                 petfinderSize(c.Size),
		Coat:                 petfinderCoat(c.Coat),
		Attributes:           newAttributes(c.Facts),
		Environment:          Environment(c.GoodWith),
		Tags:                 orEmpty(c.Traits.Tags),
		Name:                 c.Name,
		Description:          orNull(html.EscapeString(truncateWords(c.Description, s.DescriptionLimit))),
		OrganizationAnimalID: orNull(c.ExternalID),
		Photos:               photos,
		PrimaryPhotoCropped:  firstPhoto(photos),
		Videos:               newVideos(c.Videos),
		Status:               petfinderStatus(c.Status),
		StatusChangedAt:      formatTime(c.StatusChangedAt),
		PublishedAt:          formatTime(c.ListedAt),
		Distance:             nil,
		Contact:              Contact{Email: orNull(shelter.Email), Phone: orNull(shelter.Phone), Address: newAddress(shelter.Address)},
		Links: AnimalLinks{
			Self:         Link{"/v2/animals/" + strconv.FormatInt(c.Number, 10)},
			Type:         Link{"/v2/types/cat"},
			Organization: Link{"/v2/organizations/" + strings.ToLower(shelter.Code)},
		},
		Adventure: s.adventure(c),
	}
}

// adventure returns the value of the member "adventure".
func (s *server) adventure(c catalog.Cat) json.RawMessage {
	if s.Adventure == nil {
		return nil
	}
	return s.Adventure(c)
}

// petfinderAge returns Adult for an unknown age, because the format has only these four
// values. A search for adults finds these cats too.
func petfinderAge(group vocab.AgeGroup) string {
	switch group {
	case vocab.Kitten:
		return "Baby"
	case vocab.Young:
		return "Young"
	case vocab.Senior:
		return "Senior"
	default:
		return "Adult"
	}
}

func petfinderGender(sex vocab.Sex) string {
	switch sex {
	case vocab.SexFemale:
		return "Female"
	case vocab.SexMale:
		return "Male"
	default:
		return "Unknown"
	}
}

// petfinderSize returns Medium for an unknown size, because the format has only these four
// values. A search for medium cats finds these cats too.
func petfinderSize(size vocab.Size) string {
	switch size {
	case vocab.SizeSmall:
		return "Small"
	case vocab.SizeLarge:
		return "Large"
	case vocab.SizeXLarge:
		return "Extra Large"
	default:
		return "Medium"
	}
}

func petfinderCoat(coat vocab.Coat) *string {
	switch coat {
	case vocab.CoatHairless:
		return new("Hairless")
	case vocab.CoatShort:
		return new("Short")
	case vocab.CoatMedium:
		return new("Medium")
	case vocab.CoatLong:
		return new("Long")
	default:
		return nil
	}
}

// petfinderStatus returns adoptable also for a cat that is pending or on hold, for which
// the format has no value. Such cats are in no list, but can be requested by number.
func petfinderStatus(status catalog.Status) string {
	if status == catalog.Adopted {
		return "adopted"
	}
	return "adoptable"
}

// newAttributes returns false for unknown facts, because the format does not allow null.
func newAttributes(f catalog.Facts) Attributes {
	return Attributes{
		SpayedNeutered: isTrue(f.Altered),
		HouseTrained:   isTrue(f.HouseTrained),
		Declawed:       isTrue(f.Declawed),
		SpecialNeeds:   isTrue(f.SpecialNeeds),
		ShotsCurrent:   isTrue(f.ShotsCurrent),
	}
}

func newPhotos(photos []catalog.Photo, base catalog.PhotoBase) []Photo {
	out := make([]Photo, len(photos))
	sizes := catalog.PhotoSizes()
	for i, p := range photos {
		out[i] = Photo{Small: base.Best(p, sizes[0]), Medium: base.Best(p, sizes[1]), Large: base.Best(p, sizes[2]), Full: base.Best(p, sizes[3])}
	}
	return out
}

func firstPhoto(photos []Photo) *Photo {
	if len(photos) == 0 {
		return nil
	}
	return &photos[0]
}

// newVideos returns the videos that have an embeddable player.
func newVideos(videos []catalog.Video) []Video {
	out := []Video{}
	for _, v := range videos {
		if strings.HasPrefix(v.EmbedURL, "https://") || strings.HasPrefix(v.EmbedURL, "http://") {
			out = append(out, Video{Embed: `<iframe src="` + html.EscapeString(v.EmbedURL) + `" frameborder="0" allowfullscreen></iframe>`})
		}
	}
	return out
}
