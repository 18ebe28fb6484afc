package wire

import (
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// Cat is one cat, whole. A null was never said or observed; it does not mean no.
type Cat struct {
	ID                string            `json:"id" example:"cat_01kabq4z8vf3ht2v0xw9r6m5ec"`                         // for ever
	Number            int64             `json:"number" example:"1042"`                                               // the same, for those who need an integer
	Version           int64             `json:"version" example:"3"`                                                 // counts up with every change
	ShelterID         string            `json:"shelter_id" example:"shl_01kabq4z8vf3ht2v0xw9r6m5ec"`                 //
	ExternalID        string            `json:"external_id" example:"A472536"`                                       // the shelter's own id
	Source            string            `json:"source" example:"montgomery"`                                         // who said so last: an import format, or api
	Name              string            `json:"name" example:"Kenny Chatney"`                                        //
	URL               *string           `json:"url" extensions:"x-nullable"`                                         // the cat's page for people
	Status            string            `json:"status" enums:"available,pending,on_hold,adopted,removed"`            //
	StatusReason      *string           `json:"status_reason" extensions:"x-nullable"`                               //
	StatusChangedAt   time.Time         `json:"status_changed_at" format:"date-time"`                                // since when the status holds
	ListedAt          time.Time         `json:"listed_at" format:"date-time"`                                        // since when the cat is offered
	AvailableOn       *string           `json:"available_on" format:"date" extensions:"x-nullable"`                  // from when it may leave
	AdoptedOn         *string           `json:"adopted_on" format:"date" extensions:"x-nullable"`                    //
	ConfirmedAt       time.Time         `json:"confirmed_at" format:"date-time"`                                     // when its source last said that this is so
	Stale             bool              `json:"stale"`                                                               // its source has not confirmed it for longer than its shelter allows
	Summary           *string           `json:"summary" extensions:"x-nullable"`                                     // a sentence or two
	Description       *string           `json:"description" extensions:"x-nullable"`                                 // plain text, never cut
	Birth             *Birth            `json:"birth" extensions:"x-nullable"`                                       //
	AgeMonths         *int              `json:"age_months" minimum:"0" extensions:"x-nullable"`                      // whole months, today (UTC)
	AgeGroup          *string           `json:"age_group" enums:"kitten,young,adult,senior" extensions:"x-nullable"` // kitten: under 1 year, young: under 3, adult: under 8
	Sex               string            `json:"sex" enums:"female,male,unknown"`                                     //
	Altered           *bool             `json:"altered" extensions:"x-nullable"`                                     // spayed or neutered
	Breed             Breed             `json:"breed"`                                                               //
	Colors            Colors            `json:"colors"`                                                              //
	Coat              *string           `json:"coat" enums:"hairless,short,medium,long" extensions:"x-nullable"`     //
	Size              *string           `json:"size" enums:"small,medium,large,xlarge" extensions:"x-nullable"`      //
	WeightKg          *float64          `json:"weight_kg" extensions:"x-nullable"`                                   //
	GirthCm           *float64          `json:"girth_cm" extensions:"x-nullable"`                                    // of the chest, behind the front legs: for a harness
	BodyLengthCm      *float64          `json:"body_length_cm" extensions:"x-nullable"`                              // from nose to the base of the tail: for a backpack
	GoodWith          GoodWith          `json:"good_with"`                                                           //
	HouseTrained      *bool             `json:"house_trained" extensions:"x-nullable"`                               //
	Declawed          *bool             `json:"declawed" extensions:"x-nullable"`                                    //
	SpecialNeeds      *bool             `json:"special_needs" extensions:"x-nullable"`                               //
	SpecialNeedsNotes *string           `json:"special_needs_notes" extensions:"x-nullable"`                         //
	ShotsCurrent      *bool             `json:"shots_current" extensions:"x-nullable"`                               // vaccinations are up to date
	Microchipped      *bool             `json:"microchipped" extensions:"x-nullable"`                                //
	FIV               *bool             `json:"fiv" extensions:"x-nullable"`                                         // tested positive for feline immunodeficiency virus
	FeLV              *bool             `json:"felv" extensions:"x-nullable"`                                        // tested positive for feline leukaemia virus
	IndoorOnly        *bool             `json:"indoor_only" extensions:"x-nullable"`                                 //
	Traits            Traits            `json:"traits"`                                                              //
	BondedWith        []string          `json:"bonded_with"`                                                         // external ids of cats that must leave together with this one
	Fee               Fee               `json:"fee"`                                                                 //
	Photos            []Photo           `json:"photos"`                                                              // in order, the first is the face
	Videos            []Video           `json:"videos"`                                                              //
	FosterPostalCode  *string           `json:"foster_postal_code" extensions:"x-nullable"`                          // where the cat lives, if not in the shelter
	Unparsed          map[string]string `json:"unparsed"`                                                            // by field, words of the source that were not understood
	CreatedAt         time.Time         `json:"created_at" format:"date-time"`                                       // when it was first seen here
	UpdatedAt         time.Time         `json:"updated_at" format:"date-time"`                                       // when it last changed here
	Adventure         AdventureSummary  `json:"adventure"`                                                           // how readily it is likely to take to going out
	Attribution       Attribution       `json:"attribution"`                                                         // show it with the cat
	Shelter           *Shelter          `json:"shelter,omitempty"`                                                   // with expand=shelter
} //	@name	Cat

// Birth is when a cat was born, as well as it is known.
type Birth struct {
	Date      string `json:"date" format:"date" example:"2023-04-01"`
	Precision string `json:"precision" enums:"day,week,month,year"` // how far the date may be off
} //	@name	Birth

// Breed is what kind of cat it is, in Petfinder's words.
type Breed struct {
	Primary   *string `json:"primary" example:"Domestic Short Hair" extensions:"x-nullable"`
	Secondary *string `json:"secondary" extensions:"x-nullable"`
	Mixed     *bool   `json:"mixed" extensions:"x-nullable"`
	Unknown   bool    `json:"unknown"` // the shelter does not know either
} //	@name	Breed

// Colors are the colours of the coat in Petfinder's words, and its pattern in ours.
type Colors struct {
	Primary   *string `json:"primary" example:"Tabby (Brown / Chocolate)" extensions:"x-nullable"`
	Secondary *string `json:"secondary" extensions:"x-nullable"`
	Tertiary  *string `json:"tertiary" extensions:"x-nullable"`
	Pattern   *string `json:"pattern" example:"tabby" extensions:"x-nullable"`
} //	@name	Colors

// GoodWith says whom the cat is known to live well with.
type GoodWith struct {
	Children *bool `json:"children" extensions:"x-nullable"`
	Dogs     *bool `json:"dogs" extensions:"x-nullable"`
	Cats     *bool `json:"cats" extensions:"x-nullable"`
} //	@name	GoodWith

// Traits are what the listing says of the cat's nature, in the words of its source.
type Traits struct {
	Energy *string  `json:"energy" extensions:"x-nullable"`
	Leash  *string  `json:"leash" extensions:"x-nullable"`
	Travel *string  `json:"travel" extensions:"x-nullable"`
	Crate  *string  `json:"crate" extensions:"x-nullable"`
	Tags   []string `json:"tags"`
} //	@name	Traits

// Fee is what an adoption costs.
type Fee struct {
	AmountMinor *int64  `json:"amount_minor" example:"12500" extensions:"x-nullable"` // in the smallest unit of the currency: cents
	Currency    *string `json:"currency" example:"USD" extensions:"x-nullable"`       // ISO 4217
	Waived      *bool   `json:"waived" extensions:"x-nullable"`
} //	@name	Fee

// Photo is a picture.
type Photo struct {
	URL    string  `json:"url" example:"https://example.org/kenny.jpg"`
	Width  *int    `json:"width" extensions:"x-nullable"`  // pixels
	Height *int    `json:"height" extensions:"x-nullable"` // pixels
	Alt    *string `json:"alt" extensions:"x-nullable"`    // what is to be seen
} //	@name	Photo

// Video is a moving picture.
type Video struct {
	URL      *string `json:"url" extensions:"x-nullable"`
	EmbedURL *string `json:"embed_url" extensions:"x-nullable"` // a player for an iframe
} //	@name	Video

// NewCat shows a cat as it is on a day, with its attribution.
func NewCat(c catalog.Cat, attribution Attribution, today time.Time) Cat {
	return Cat{
		ID:                c.ID,
		Number:            c.Number,
		Version:           c.Version,
		ShelterID:         c.ShelterID,
		ExternalID:        c.ExternalID,
		Source:            c.Source,
		Name:              c.Name,
		URL:               OrNull(c.URL),
		Status:            string(c.Status),
		StatusReason:      OrNull(c.StatusReason),
		StatusChangedAt:   c.StatusChangedAt,
		ListedAt:          c.ListedAt,
		AvailableOn:       date(c.AvailableOn),
		AdoptedOn:         date(c.AdoptedOn),
		ConfirmedAt:       c.ConfirmedAt,
		Stale:             c.Stale,
		Summary:           OrNull(c.Excerpt()),
		Description:       OrNull(c.Description),
		Birth:             NewBirth(c.Birth),
		AgeMonths:         c.AgeMonths(today),
		AgeGroup:          OrNull(string(c.AgeGroupOn(today))),
		Sex:               string(c.Sex),
		Altered:           c.Altered,
		Breed:             newBreed(c.Breed),
		Colors:            newColors(c.Colors),
		Coat:              OrNull(string(c.Coat)),
		Size:              OrNull(string(c.Size)),
		WeightKg:          c.WeightKg,
		GirthCm:           c.GirthCm,
		BodyLengthCm:      c.BodyLengthCm,
		GoodWith:          GoodWith(c.GoodWith),
		HouseTrained:      c.HouseTrained,
		Declawed:          c.Declawed,
		SpecialNeeds:      c.SpecialNeeds,
		SpecialNeedsNotes: OrNull(c.SpecialNeedsNotes),
		ShotsCurrent:      c.ShotsCurrent,
		Microchipped:      c.Microchipped,
		FIV:               c.FIV,
		FeLV:              c.FeLV,
		IndoorOnly:        c.IndoorOnly,
		Traits:            newTraits(c.Traits),
		BondedWith:        orEmpty(c.BondedWith),
		Fee:               Fee{AmountMinor: c.Fee.Minor, Currency: OrNull(c.Fee.Currency), Waived: c.Fee.Waived},
		Photos:            NewPhotos(c.Photos),
		Videos:            newVideos(c.Videos),
		FosterPostalCode:  OrNull(c.FosterPostalCode),
		Unparsed:          newRaw(c.Unparsed),
		CreatedAt:         c.CreatedAt,
		UpdatedAt:         c.UpdatedAt,
		Adventure:         newAdventureSummary(c.Rating),
		Attribution:       attribution,
		Shelter:           nil,
	}
}

func NewBirth(b catalog.Birth) *Birth {
	if b.On.IsZero() {
		return nil
	}
	return &Birth{Date: b.On.Format(time.DateOnly), Precision: string(b.Precision)}
}

func newBreed(b vocab.Breed) Breed {
	return Breed{Primary: OrNull(b.Primary), Secondary: OrNull(b.Secondary), Mixed: b.Mixed, Unknown: b.Unknown}
}

func newColors(c vocab.Colors) Colors {
	return Colors{Primary: OrNull(c.Primary), Secondary: OrNull(c.Secondary), Tertiary: OrNull(c.Tertiary), Pattern: OrNull(string(c.Pattern))}
}

func newTraits(t catalog.Traits) Traits {
	return Traits{Energy: OrNull(t.Energy), Leash: OrNull(t.Leash), Travel: OrNull(t.Travel), Crate: OrNull(t.Crate), Tags: orEmpty(t.Tags)}
}

func NewPhotos(photos []catalog.Photo) []Photo {
	out := make([]Photo, len(photos))
	for i, p := range photos {
		out[i] = Photo{URL: p.URL, Width: Positive(p.Width), Height: Positive(p.Height), Alt: OrNull(p.Alt)}
	}
	return out
}

func newVideos(videos []catalog.Video) []Video {
	out := make([]Video, len(videos))
	for i, v := range videos {
		out[i] = Video{URL: OrNull(v.URL), EmbedURL: OrNull(v.EmbedURL)}
	}
	return out
}

func newRaw(raw map[string]string) map[string]string {
	if raw == nil {
		return map[string]string{}
	}
	return raw
}

// Positive is n, or null where nothing was measured.
func Positive(n int) *int {
	if n <= 0 {
		return nil
	}
	return &n
}

// date is the day of t, or null where there is none.
func date(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	return new(t.Format(time.DateOnly))
}
