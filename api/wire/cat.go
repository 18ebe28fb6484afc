package wire

import (
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// Cat is a complete cat. Null means that a value is unknown, not that the answer is no.
type Cat struct {
	ID                string            `json:"id" example:"cat_01kabq4z8vf3ht2v0xw9r6m5ec"`                         // Permanent ID of the cat.
	Number            int64             `json:"number" example:"1042"`                                               // Permanent number of the cat, for systems that need an integer.
	Version           int64             `json:"version" example:"3"`                                                 // Version number; increases with every change.
	ShelterID         string            `json:"shelter_id" example:"shl_01kabq4z8vf3ht2v0xw9r6m5ec"`                 // ID of the shelter.
	ExternalID        string            `json:"external_id" example:"A472536"`                                       // The shelter's own ID of the cat.
	Source            string            `json:"source" example:"montgomery"`                                         // Source of the latest data: name of an import format, or `api`.
	Name              string            `json:"name" example:"Kenny Chatney"`                                        // Name of the cat.
	URL               *string           `json:"url" extensions:"x-nullable"`                                         // Page of the cat for adopters; null when unknown.
	Status            string            `json:"status" enums:"available,pending,on_hold,adopted,removed"`            // Adoption status.
	StatusReason      *string           `json:"status_reason" extensions:"x-nullable"`                               // Reason for the status; null when unknown.
	StatusChangedAt   time.Time         `json:"status_changed_at" format:"date-time"`                                // When the cat got this status.
	ListedAt          time.Time         `json:"listed_at" format:"date-time"`                                        // When the cat was listed for adoption.
	AvailableOn       *string           `json:"available_on" format:"date" extensions:"x-nullable"`                  // First day on which the cat may leave the shelter; null when unknown.
	AdoptedOn         *string           `json:"adopted_on" format:"date" extensions:"x-nullable"`                    // Day of the adoption; null when not adopted or unknown.
	ConfirmedAt       time.Time         `json:"confirmed_at" format:"date-time"`                                     // When the source last confirmed the listing.
	Stale             bool              `json:"stale"`                                                               // Whether the source has not confirmed the listing for longer than the shelter allows.
	Summary           *string           `json:"summary" extensions:"x-nullable"`                                     // One or two sentences about the cat; null when there is no description.
	Description       *string           `json:"description" extensions:"x-nullable"`                                 // Complete description as plain text; null when there is none.
	Birth             *Birth            `json:"birth" extensions:"x-nullable"`                                       // Date of birth; null when unknown.
	AgeMonths         *int              `json:"age_months" minimum:"0" extensions:"x-nullable"`                      // Age today (UTC) in whole months; null when unknown.
	AgeGroup          *string           `json:"age_group" enums:"kitten,young,adult,senior" extensions:"x-nullable"` // `kitten`: under 1 year, `young`: under 3, `adult`: under 8, `senior`: 8 and more; null when unknown.
	Sex               string            `json:"sex" enums:"female,male,unknown"`                                     // Sex of the cat.
	Altered           *bool             `json:"altered" extensions:"x-nullable"`                                     // Whether the cat is spayed or neutered; null when unknown.
	Breed             Breed             `json:"breed"`                                                               // Breed of the cat.
	Colors            Colors            `json:"colors"`                                                              // Coat colors and pattern.
	Coat              *string           `json:"coat" enums:"hairless,short,medium,long" extensions:"x-nullable"`     // Length of the coat; null when unknown.
	Size              *string           `json:"size" enums:"small,medium,large,xlarge" extensions:"x-nullable"`      // Size of the cat; null when unknown.
	WeightKg          *float64          `json:"weight_kg" extensions:"x-nullable"`                                   // Weight in kilograms; null when unknown.
	GirthCm           *float64          `json:"girth_cm" extensions:"x-nullable"`                                    // Chest girth in centimeters, measured behind the front legs, for a harness; null when unknown.
	BodyLengthCm      *float64          `json:"body_length_cm" extensions:"x-nullable"`                              // Length in centimeters from the nose to the base of the tail, for a backpack; null when unknown.
	GoodWith          GoodWith          `json:"good_with"`                                                           // Who the cat lives well with.
	HouseTrained      *bool             `json:"house_trained" extensions:"x-nullable"`                               // Whether the cat is house-trained; null when unknown.
	Declawed          *bool             `json:"declawed" extensions:"x-nullable"`                                    // Whether the cat is declawed; null when unknown.
	SpecialNeeds      *bool             `json:"special_needs" extensions:"x-nullable"`                               // Whether the cat has special needs; null when unknown.
	SpecialNeedsNotes *string           `json:"special_needs_notes" extensions:"x-nullable"`                         // What the special needs are; null when unknown.
	ShotsCurrent      *bool             `json:"shots_current" extensions:"x-nullable"`                               // Whether vaccinations are up to date; null when unknown.
	Microchipped      *bool             `json:"microchipped" extensions:"x-nullable"`                                // Whether the cat has a microchip; null when unknown.
	FIV               *bool             `json:"fiv" extensions:"x-nullable"`                                         // Whether the cat tested positive for feline immunodeficiency virus; null when unknown.
	FeLV              *bool             `json:"felv" extensions:"x-nullable"`                                        // Whether the cat tested positive for feline leukaemia virus; null when unknown.
	IndoorOnly        *bool             `json:"indoor_only" extensions:"x-nullable"`                                 // Whether the cat must live indoors; null when unknown.
	Temperament       []string          `json:"temperament" example:"playful,lap_cat"`                               // Traits of character that the shelter states, as named in the vocabulary; empty when it states none.
	ListingReading    ListingReading    `json:"listing_reading"`                                                     // What the text and the tags of the listing say besides, with the words that say it.
	Traits            Traits            `json:"traits"`                                                              // What the listing says about the cat's character.
	BondedWith        []string          `json:"bonded_with"`                                                         // External IDs of cats that must be adopted together with this one.
	BondedCats        []string          `json:"bonded_cats,omitempty" example:"cat_01kabq4z8vf3ht2v0xw9r6m5ec"`      // IDs of those cats in `bonded_with` that are listed in any status, also adopted, and that you may see, in the same order. Only in the response of `GET /v1/cats/{id}`; absent if there are none.
	Fee               Fee               `json:"fee"`                                                                 // Adoption fee.
	Photos            []Photo           `json:"photos"`                                                              // Photos in order, the first is the main photo.
	Videos            []Video           `json:"videos"`                                                              // Videos in order.
	FosterPostalCode  *string           `json:"foster_postal_code" extensions:"x-nullable"`                          // Postal code of the foster home, if the cat does not live in the shelter; null otherwise.
	Urgent            *bool             `json:"urgent" extensions:"x-nullable"`                                      // Whether the cat needs a home soon, because its time at the shelter is short; null when unknown.
	NeedsFoster       *bool             `json:"needs_foster" extensions:"x-nullable"`                                // Whether a foster home is sought for the cat; null when unknown.
	Courtesy          *bool             `json:"courtesy" extensions:"x-nullable"`                                    // Whether the listing is a courtesy for somebody else, so that the cat is not in the shelter's care; null when unknown.
	Terms             Terms             `json:"terms"`                                                               // What others may do with the text and the photos, as stated for this cat. `attribution` has the terms that apply.
	Unparsed          map[string]string `json:"unparsed"`                                                            // By field, source words that could not be interpreted.
	CreatedAt         time.Time         `json:"created_at" format:"date-time"`                                       // When the cat was first listed on this server.
	UpdatedAt         time.Time         `json:"updated_at" format:"date-time"`                                       // When the cat last changed on this server.
	Adventure         *AdventureSummary `json:"adventure" extensions:"x-nullable"`                                   // Summary of the suitability for activities outside; null while no activity is assessed or on hold.
	Impression        *Impression       `json:"impression" extensions:"x-nullable"`                                  // Impression that the listing gives of the cat; null when the listing says nothing that matters for activities outside.
	Attribution       Attribution       `json:"attribution"`                                                         // What to show with the cat.
	HiddenFrom        *HiddenFrom       `json:"hidden_from,omitempty"`                                               // Who cannot see the cat, in addition to whom the shelter hides all cats from; absent for none. Returned only to the shelter's partner and the operator: by writes, and by the cat under the shelter's own ID.
	Shelter           *Shelter          `json:"shelter,omitempty"`                                                   // Shelter of the cat; only present with `expand=shelter`.
} //	@name	Cat

// ListingReading is what the text and the tags of a listing say of a cat. It never
// changes a fact, and says nothing on a fact that the shelter states.
type ListingReading struct {
	Temperament []TemperamentReading `json:"temperament"` // Traits of character; empty when none is read.
	Household   []HouseholdReading   `json:"household"`   // Facts that the listing makes likely or unlikely; empty when none is read.
} //	@name	ListingReading

// TemperamentReading is a trait of character that a listing describes.
type TemperamentReading struct {
	Term  string `json:"term" example:"playful"`        // Trait, as named in the vocabulary.
	Quote string `json:"quote" example:"loves to play"` // Words of the listing.
} //	@name	TemperamentReading

// HouseholdReading is a fact that a listing makes likely or unlikely.
type HouseholdReading struct {
	Fact   string `json:"fact" example:"good_with_dogs"`  // Fact, by the name of its filter.
	Likely bool   `json:"likely"`                         // Whether the fact is likely; otherwise it is unlikely.
	Quote  string `json:"quote" example:"good with dogs"` // Words of the listing.
} //	@name	HouseholdReading

// Birth is the date of birth of a cat with its precision.
type Birth struct {
	Date      string `json:"date" format:"date" example:"2023-04-01"` // Date of birth.
	Precision string `json:"precision" enums:"day,week,month,year"`   // Unit to which the date is accurate.
} //	@name	Birth

// Breed is the breed of a cat, by the breed names of Petfinder.
type Breed struct {
	Primary   *string `json:"primary" example:"Domestic Short Hair" extensions:"x-nullable"` // Primary breed; null when unknown.
	Secondary *string `json:"secondary" extensions:"x-nullable"`                             // Secondary breed; null for none.
	Mixed     *bool   `json:"mixed" extensions:"x-nullable"`                                 // Whether the cat is of mixed breed; null when unknown.
	Unknown   bool    `json:"unknown"`                                                       // Whether the shelter states that the breed is unknown.
} //	@name	Breed

// Colors are the coat colors, by the color names of Petfinder, and the coat pattern.
type Colors struct {
	Primary   *string `json:"primary" example:"Tabby (Brown / Chocolate)" extensions:"x-nullable"` // Primary color; null when unknown.
	Secondary *string `json:"secondary" extensions:"x-nullable"`                                   // Secondary color; null for none.
	Tertiary  *string `json:"tertiary" extensions:"x-nullable"`                                    // Tertiary color; null for none.
	Pattern   *string `json:"pattern" example:"tabby" extensions:"x-nullable"`                     // Coat pattern; null when unknown.
} //	@name	Colors

// GoodWith says who a cat lives well with.
type GoodWith struct {
	Children *bool `json:"children" extensions:"x-nullable"` // Whether the cat lives well with children; null when unknown.
	Dogs     *bool `json:"dogs" extensions:"x-nullable"`     // Whether the cat lives well with dogs; null when unknown.
	Cats     *bool `json:"cats" extensions:"x-nullable"`     // Whether the cat lives well with other cats; null when unknown.
} //	@name	GoodWith

// Traits are what the listing says about the cat's character, in the words of its
// source.
type Traits struct {
	Energy *string  `json:"energy" extensions:"x-nullable"` // Energy level; null when unknown.
	Leash  *string  `json:"leash" extensions:"x-nullable"`  // Ease on a leash; null when unknown.
	Travel *string  `json:"travel" extensions:"x-nullable"` // Ease in a car; null when unknown.
	Crate  *string  `json:"crate" extensions:"x-nullable"`  // Ease in a crate or carrier; null when unknown.
	Tags   []string `json:"tags"`                           // Other words that the shelter tagged the cat with.
} //	@name	Traits

// Fee is the adoption fee.
type Fee struct {
	AmountMinor *int64  `json:"amount_minor" example:"12500" extensions:"x-nullable"` // Amount in the smallest unit of the currency, for example cents; null when unknown.
	Currency    *string `json:"currency" example:"USD" extensions:"x-nullable"`       // ISO 4217 code of the currency; null without an amount.
	Waived      *bool   `json:"waived" extensions:"x-nullable"`                       // Whether the fee is waived; null when unknown.
} //	@name	Fee

// Photo is a photo of a cat or a shelter.
type Photo struct {
	URL           string      `json:"url" example:"https://cats.example.org/photos/0f343b0931126a20f133d67c2b018a3b/2048.jpg"` // URL of the photo: of the largest size that this server keeps or, until it has fetched the photo, as the shelter gave it.
	SourceURL     *string     `json:"source_url" example:"https://example.org/kenny.jpg" extensions:"x-nullable"`              // URL that the shelter gave; null if it sent the file.
	SourceMissing bool        `json:"source_missing"`                                                                          // Whether the photo is no longer found at `source_url`. Sizes that are kept are still shown.
	Width         *int        `json:"width" example:"2048" extensions:"x-nullable"`                                            // Width in pixels; null when unknown.
	Height        *int        `json:"height" example:"1536" extensions:"x-nullable"`                                           // Height in pixels; null when unknown.
	Alt           *string     `json:"alt" extensions:"x-nullable"`                                                             // Alternative text; null when there is none.
	BlurHash      *string     `json:"blurhash" example:"LEHV6nWB2yk8pyo0adR*.7kCMdnj" extensions:"x-nullable"`                 // BlurHash, a placeholder to show while the photo loads; null until the photo is kept.
	Color         *string     `json:"color" example:"#a08060" extensions:"x-nullable"`                                         // Dominant color, as #rrggbb; null until the photo is kept.
	Sizes         []PhotoSize `json:"sizes"`                                                                                   // Sizes as JPEG files, from the smallest to the largest; empty until the photo is kept.
} //	@name	Photo

// PhotoSize is a photo in one size.
type PhotoSize struct {
	URL    string `json:"url" example:"https://cats.example.org/photos/0f343b0931126a20f133d67c2b018a3b/300.jpg"` // URL of the file. What it returns never changes.
	Width  int    `json:"width" example:"300"`                                                                    // Width in pixels.
	Height int    `json:"height" example:"225"`                                                                   // Height in pixels.
} //	@name	PhotoSize

// Video is a video on the web.
type Video struct {
	URL      *string `json:"url" extensions:"x-nullable"`       // URL of the video or of its page; null when only a player is known.
	EmbedURL *string `json:"embed_url" extensions:"x-nullable"` // URL of a player for an iframe; null when unknown.
} //	@name	Video

// NewCat returns a cat with its age on a day. Its kept photos are at base.
func NewCat(c catalog.Cat, attribution Attribution, base catalog.PhotoBase, today time.Time) Cat {
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
		AvailableOn:       dateOrNull(c.AvailableOn),
		AdoptedOn:         dateOrNull(c.AdoptedOn),
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
		Temperament:       orEmpty(c.Temperament),
		ListingReading:    newListingReading(c.Reading),
		Traits:            newTraits(c.Traits),
		BondedWith:        orEmpty(c.BondedWith),
		BondedCats:        nil,
		Fee:               Fee{AmountMinor: c.Fee.Minor, Currency: OrNull(c.Fee.Currency), Waived: c.Fee.Waived},
		Photos:            NewPhotos(c.Photos, base),
		Videos:            newVideos(c.Videos),
		FosterPostalCode:  OrNull(c.FosterPostalCode),
		Urgent:            c.Urgent,
		NeedsFoster:       c.NeedsFoster,
		Courtesy:          c.Courtesy,
		Terms:             NewTerms(c.Terms),
		Unparsed:          orEmptyMap(c.Unparsed),
		CreatedAt:         c.CreatedAt,
		UpdatedAt:         c.UpdatedAt,
		Adventure:         newAdventureSummary(c.Rating),
		Impression:        NewImpression(c.Reading.Impression),
		Attribution:       attribution,
		HiddenFrom:        nil,
		Shelter:           nil,
	}
}

func newListingReading(r catalog.ListingReading) ListingReading {
	out := ListingReading{Temperament: make([]TemperamentReading, len(r.Temperament)), Household: make([]HouseholdReading, len(r.Household))}
	for i, t := range r.Temperament {
		out.Temperament[i] = TemperamentReading(t)
	}
	for i, h := range r.Household {
		out.Household[i] = HouseholdReading(h)
	}
	return out
}

// NewBirth returns a date of birth, or nil if it is unknown.
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

// NewPhotos returns photos in their order. It never returns nil.
func NewPhotos(photos []catalog.Photo, base catalog.PhotoBase) []Photo {
	out := make([]Photo, len(photos))
	for i, p := range photos {
		out[i] = Photo{
			URL: base.Best(p, catalog.MaxPhotoSize), SourceURL: OrNull(p.URL), SourceMissing: p.SourceMissing, Width: PositiveOrNull(p.Width), Height: PositiveOrNull(p.Height), Alt: OrNull(p.Alt),
			BlurHash: OrNull(p.BlurHash), Color: OrNull(p.Color), Sizes: newPhotoSizes(p, base),
		}
	}
	return out
}

func newPhotoSizes(p catalog.Photo, base catalog.PhotoBase) []PhotoSize {
	if p.Hash == "" {
		return []PhotoSize{}
	}
	return MapSlice(catalog.Renditions(p.Width, p.Height), func(r catalog.Rendition) PhotoSize {
		return PhotoSize{URL: base.Address(p.Hash, r.Size), Width: r.Width, Height: r.Height}
	})
}

func newVideos(videos []catalog.Video) []Video {
	out := make([]Video, len(videos))
	for i, v := range videos {
		out[i] = Video{URL: OrNull(v.URL), EmbedURL: OrNull(v.EmbedURL)}
	}
	return out
}
