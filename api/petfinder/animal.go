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

// Animal is a cat in Petfinder's form. The form has no word for what is not
// known of age, size and the attributes; see ageOf, sizeOf and newAttributes for
// what then stands there. Clients read fields by name, and the order is
// Petfinder's too. Adventure is ours.
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

// Breeds are what kind of cat it is.
type Breeds struct {
	Primary   *string `json:"primary"`
	Secondary *string `json:"secondary"`
	Mixed     bool    `json:"mixed"`
	Unknown   bool    `json:"unknown"`
}

// Colors are the colours of the coat.
type Colors struct {
	Primary   *string `json:"primary"`
	Secondary *string `json:"secondary"`
	Tertiary  *string `json:"tertiary"`
}

// Attributes are facts of the cat. The form has no word for what is not known.
type Attributes struct {
	SpayedNeutered bool `json:"spayed_neutered"`
	HouseTrained   bool `json:"house_trained"`
	Declawed       bool `json:"declawed"`
	SpecialNeeds   bool `json:"special_needs"`
	ShotsCurrent   bool `json:"shots_current"`
}

// Environment says with whom the cat lives well; null is not known.
type Environment struct {
	Children *bool `json:"children"`
	Dogs     *bool `json:"dogs"`
	Cats     *bool `json:"cats"`
}

// Photo is a picture in four sizes, which are all the same picture here.
type Photo struct {
	Small  string `json:"small"`
	Medium string `json:"medium"`
	Large  string `json:"large"`
	Full   string `json:"full"`
}

// Video is a player to embed, as HTML.
type Video struct {
	Embed string `json:"embed"`
}

// Contact says whom to ask about the cat.
type Contact struct {
	Email   *string `json:"email"`
	Phone   *string `json:"phone"`
	Address Address `json:"address"`
}

// Link points to something else here; Href begins with /v2/.
type Link struct {
	Href string `json:"href"`
}

// AnimalLinks point to what belongs to an animal.
type AnimalLinks struct {
	Self         Link `json:"self"`
	Type         Link `json:"type"`
	Organization Link `json:"organization"`
}

// newAnimal shows a cat of a shelter as it is on a day.
func (s *server) newAnimal(c catalog.Cat, home catalog.Shelter, today time.Time) Animal {
	photos := newPhotos(c.Photos)
	return Animal{
		ID:                   c.Number,
		OrganizationID:       home.Code,
		URL:                  cmp.Or(c.URL, home.Website, home.AdoptionURL),
		Type:                 "Cat",
		Species:              "Cat",
		Breeds:               Breeds{Primary: orNull(c.Breed.Primary), Secondary: orNull(c.Breed.Secondary), Mixed: isTrue(c.Breed.Mixed), Unknown: c.Breed.Unknown},
		Colors:               Colors{Primary: orNull(c.Colors.Primary), Secondary: orNull(c.Colors.Secondary), Tertiary: orNull(c.Colors.Tertiary)},
		Age:                  ageOf(c.AgeGroupOn(today)),
		Gender:               genderOf(c.Sex),
		Size:                 sizeOf(c.Size),
		Coat:                 coatOf(c.Coat),
		Attributes:           newAttributes(c.Facts),
		Environment:          Environment(c.GoodWith),
		Tags:                 orEmpty(c.Traits.Tags),
		Name:                 c.Name,
		Description:          orNull(html.EscapeString(truncateWords(c.Description, s.CutDescriptions))),
		OrganizationAnimalID: orNull(c.ExternalID),
		Photos:               photos,
		PrimaryPhotoCropped:  firstPhoto(photos),
		Videos:               newVideos(c.Videos),
		Status:               statusOf(c.Status),
		StatusChangedAt:      moment(c.StatusChangedAt),
		PublishedAt:          moment(c.ListedAt),
		Distance:             nil,
		Contact:              Contact{Email: orNull(home.Email), Phone: orNull(home.Phone), Address: newAddress(home.Address)},
		Links: AnimalLinks{
			Self:         Link{"/v2/animals/" + strconv.FormatInt(c.Number, 10)},
			Type:         Link{"/v2/types/cat"},
			Organization: Link{"/v2/organizations/" + strings.ToLower(home.Code)},
		},
		Adventure: s.adventure(c),
	}
}

func (s *server) adventure(c catalog.Cat) json.RawMessage {
	if s.Adventure == nil {
		return nil
	}
	return s.Adventure(c)
}

// ageOf is Adult for a cat of unknown age: the form wants one of four words.
// Who asks for adults gets these cats too.
func ageOf(group vocab.AgeGroup) string {
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

func genderOf(sex vocab.Sex) string {
	switch sex {
	case vocab.SexFemale:
		return "Female"
	case vocab.SexMale:
		return "Male"
	default:
		return "Unknown"
	}
}

// sizeOf is Medium for a cat of unknown size: the form wants one of four words.
// Who asks for medium cats gets these too.
func sizeOf(size vocab.Size) string {
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

func coatOf(coat vocab.Coat) *string {
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

// statusOf is adoptable also for a cat that somebody is about to adopt or that
// is on hold: the form has no word for them. No list shows these; who knows
// their number can look at them.
func statusOf(status catalog.Status) string {
	if status == catalog.Adopted {
		return "adopted"
	}
	return "adoptable"
}

// newAttributes says false where nothing is known: the form has no null here.
func newAttributes(f catalog.Facts) Attributes {
	return Attributes{
		SpayedNeutered: isTrue(f.Altered),
		HouseTrained:   isTrue(f.HouseTrained),
		Declawed:       isTrue(f.Declawed),
		SpecialNeeds:   isTrue(f.SpecialNeeds),
		ShotsCurrent:   isTrue(f.ShotsCurrent),
	}
}

func newPhotos(photos []catalog.Photo) []Photo {
	out := make([]Photo, len(photos))
	for i, p := range photos {
		out[i] = Photo{Small: p.URL, Medium: p.URL, Large: p.URL, Full: p.URL}
	}
	return out
}

func firstPhoto(photos []Photo) *Photo {
	if len(photos) == 0 {
		return nil
	}
	return &photos[0]
}

// newVideos shows those that can be embedded.
func newVideos(videos []catalog.Video) []Video {
	out := []Video{}
	for _, v := range videos {
		if strings.HasPrefix(v.EmbedURL, "https://") || strings.HasPrefix(v.EmbedURL, "http://") {
			out = append(out, Video{Embed: `<iframe src="` + html.EscapeString(v.EmbedURL) + `" frameborder="0" allowfullscreen></iframe>`})
		}
	}
	return out
}
