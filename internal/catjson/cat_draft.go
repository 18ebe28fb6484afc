package catjson

import "trailcat/internal/catalog"

// CatDraft is what a source says of a cat. Null is known to be unknown. Where a
// whole cat is put, what is left out is unknown too, except for microchip and
// for the status with its reason and times: those stay as they are. In a patch,
// what is left out stays. draft_fields.go reads it.
type CatDraft struct {
	TriStateDraft

	ExternalID        *string        `json:"external_id,omitempty" maxLength:"100" example:"A472536"`                    // the shelter's own id
	Name              *string        `json:"name,omitempty" maxLength:"200" example:"Kenny Chatney"`                     // required of a new cat
	URL               *string        `json:"url,omitempty" extensions:"x-nullable"`                                      // the cat's page for people
	Status            *string        `json:"status,omitempty" enums:"available,pending,on_hold,adopted,removed"`         // a new cat, and one that was removed, is available unless you say otherwise
	StatusReason      *string        `json:"status_reason,omitempty" extensions:"x-nullable"`                            //
	StatusChangedAt   *string        `json:"status_changed_at,omitempty" format:"date-time"`                             // since when the status holds; now, if it changes without this
	ListedAt          *string        `json:"listed_at,omitempty" format:"date-time"`                                     // since when the cat is offered; now, for a new cat without this
	AvailableOn       *string        `json:"available_on,omitempty" format:"date" extensions:"x-nullable"`               // from when it may leave
	AdoptedOn         *string        `json:"adopted_on,omitempty" format:"date" extensions:"x-nullable"`                 //
	Description       *string        `json:"description,omitempty" maxLength:"65536" extensions:"x-nullable"`            // HTML is reduced to text
	Summary           *string        `json:"summary,omitempty" extensions:"x-nullable"`                                  // a sentence or two; the beginning of the description, if left out
	Birth             *BirthDraft    `json:"birth,omitempty" extensions:"x-nullable"`                                    // or a text: the date alone
	Age               *string        `json:"age,omitempty" example:"2 years 3 months" extensions:"x-nullable"`           // today, in place of birth
	AgeGroup          *string        `json:"age_group,omitempty" example:"adult" extensions:"x-nullable"`                // kitten, young, adult, senior; counts where birth is not known
	Sex               *string        `json:"sex,omitempty" example:"female" extensions:"x-nullable"`                     // female, male, or your own word for it
	Breed             *BreedDraft    `json:"breed,omitempty" extensions:"x-nullable"`                                    // or a text: your own words for it
	Colors            *ColorsDraft   `json:"colors,omitempty" extensions:"x-nullable"`                                   // or a text: your own words for them
	Coat              *string        `json:"coat,omitempty" example:"short" extensions:"x-nullable"`                     // hairless, short, medium, long, or your own word for it
	Size              *string        `json:"size,omitempty" example:"medium" extensions:"x-nullable"`                    // small, medium, large, xlarge, or your own word for it
	WeightKg          *float64       `json:"weight_kg,omitempty" minimum:"0.05" maximum:"25" extensions:"x-nullable"`    //
	GirthCm           *float64       `json:"girth_cm,omitempty" minimum:"5" maximum:"100" extensions:"x-nullable"`       // of the chest, behind the front legs
	BodyLengthCm      *float64       `json:"body_length_cm,omitempty" minimum:"5" maximum:"120" extensions:"x-nullable"` // from nose to the base of the tail
	GoodWith          *GoodWithDraft `json:"good_with,omitempty" extensions:"x-nullable"`                                //
	SpecialNeedsNotes *string        `json:"special_needs_notes,omitempty" extensions:"x-nullable"`                      //
	Microchip         *string        `json:"microchip,omitempty" extensions:"x-nullable"`                                // its number; only a hash is kept, to find the same cat elsewhere, and it is never shown
	Traits            *TraitsDraft   `json:"traits,omitempty" extensions:"x-nullable"`                                   //
	BondedWith        []string       `json:"bonded_with,omitempty" maxItems:"50" extensions:"x-nullable"`                // external ids of cats that must leave together with this one
	Fee               *FeeDraft      `json:"fee,omitempty" extensions:"x-nullable"`                                      //
	Photos            []PhotoDraft   `json:"photos,omitempty" maxItems:"50" extensions:"x-nullable"`                     // in order, the first is the face; an entry may be a text: the address alone
	Videos            []VideoDraft   `json:"videos,omitempty" maxItems:"50" extensions:"x-nullable"`                     // an entry may be a text: the address alone
	FosterPostalCode  *string        `json:"foster_postal_code,omitempty" extensions:"x-nullable"`                       // where the cat lives, if not in the shelter
} //	@name	CatDraft

// BirthDraft is when a cat was born.
type BirthDraft struct {
	Date      *string `json:"date,omitempty" example:"2023-04-01" extensions:"x-nullable"`             // a day, or only a month (2023-04) or a year (2023)
	Precision *string `json:"precision,omitempty" enums:"day,week,month,year" extensions:"x-nullable"` // how far the date may be off; what the date says, if left out
} //	@name	BirthDraft

// BreedDraft is a breed by the names of the vocabulary, or in your own words.
type BreedDraft struct {
	Words     *string `json:"words,omitempty" example:"DSH mix" extensions:"x-nullable"`               // as you write it, in place of the rest; what is not understood stands in raw
	Primary   *string `json:"primary,omitempty" example:"Domestic Short Hair" extensions:"x-nullable"` //
	Secondary *string `json:"secondary,omitempty" extensions:"x-nullable"`                             //
	Mixed     *bool   `json:"mixed,omitempty" extensions:"x-nullable"`                                 //
	Unknown   *bool   `json:"unknown,omitempty" extensions:"x-nullable"`                               // you do not know either
} //	@name	BreedDraft

// ColorsDraft are colours by the names of the vocabulary, or in your own words.
type ColorsDraft struct {
	Words     *string `json:"words,omitempty" example:"black/white" extensions:"x-nullable"` // as you write them, in place of the rest; what is not understood stands in raw
	Primary   *string `json:"primary,omitempty" example:"Black" extensions:"x-nullable"`     //
	Secondary *string `json:"secondary,omitempty" extensions:"x-nullable"`                   //
	Tertiary  *string `json:"tertiary,omitempty" extensions:"x-nullable"`                    //
	Pattern   *string `json:"pattern,omitempty" example:"tabby" extensions:"x-nullable"`     //
} //	@name	ColorsDraft

// GoodWithDraft says whom the cat is known to live well with.
type GoodWithDraft struct {
	Children *bool `json:"children,omitempty" extensions:"x-nullable"`
	Dogs     *bool `json:"dogs,omitempty" extensions:"x-nullable"`
	Cats     *bool `json:"cats,omitempty" extensions:"x-nullable"`
} //	@name	GoodWithDraft

// TraitsDraft says what you wrote of the cat's nature.
type TraitsDraft struct {
	Energy *string  `json:"energy,omitempty" extensions:"x-nullable"`
	Leash  *string  `json:"leash,omitempty" extensions:"x-nullable"`  // at ease on a leash
	Travel *string  `json:"travel,omitempty" extensions:"x-nullable"` // at ease in a car
	Crate  *string  `json:"crate,omitempty" extensions:"x-nullable"`  // at ease in a crate or carrier
	Tags   []string `json:"tags,omitempty" maxItems:"50" extensions:"x-nullable"`
} //	@name	TraitsDraft

// FeeDraft is what an adoption costs.
type FeeDraft struct {
	AmountMinor *int64  `json:"amount_minor,omitempty" example:"12500" minimum:"0" maximum:"1000000" extensions:"x-nullable"` // in the smallest unit of the currency: cents
	Currency    *string `json:"currency,omitempty" example:"USD" extensions:"x-nullable"`                                     // ISO 4217; needed with an amount
	Waived      *bool   `json:"waived,omitempty" extensions:"x-nullable"`                                                     //
} //	@name	FeeDraft

// PhotoDraft is a picture that lies elsewhere on the web.
type PhotoDraft struct {
	URL    string  `json:"url" example:"https://example.org/kenny.jpg"`
	Width  *int    `json:"width" validate:"optional" minimum:"0" maximum:"100000" extensions:"x-nullable"`  // pixels
	Height *int    `json:"height" validate:"optional" minimum:"0" maximum:"100000" extensions:"x-nullable"` // pixels
	Alt    *string `json:"alt" validate:"optional" maxLength:"2000" extensions:"x-nullable"`                // what is to be seen
} //	@name	PhotoDraft

// VideoDraft is a moving picture: a page or a file, or a player to embed.
type VideoDraft struct {
	URL      *string `json:"url,omitempty" extensions:"x-nullable"`
	EmbedURL *string `json:"embed_url,omitempty" extensions:"x-nullable"`
} //	@name	VideoDraft

// PhotosDraft are all photos of a cat, in order.
type PhotosDraft struct {
	Photos []PhotoDraft `json:"photos" maxItems:"50"` // the first is the face; an entry may be a text: the address alone
} //	@name	PhotosDraft

// sourceAPI is the source of cats that are written here whole. A partial change
// leaves the source as it is: an import that brought the cat must still know it
// as its own, and let go of it when the file no longer has it.
const sourceAPI = "api"

// Edit is the draft as a whole cat, for the catalog.
func (d *Draft) Edit() catalog.CatUpdate {
	return catalog.CatUpdate{ExternalID: d.ExternalID, Source: sourceAPI, Edit: d.ApplyFull}
}
