package catjson

import (
	"slices"

	"trailcat/internal/catalog"
)

// CatDraft represents the facts of a cat that a source sends. Null means unknown.
// In a PUT, omitted facts become unknown, except for microchip, hidden_from, adopted_on, listed_at
// and the status with its reason and time, which keep their values. In a PATCH,
// omitted facts keep their values.
type CatDraft struct {
	TriStateDraft

	ExternalID        *string          `json:"external_id,omitempty" maxLength:"100" example:"A472536" extensions:"x-not-null"`            // The shelter's own ID of the cat.
	Name              *string          `json:"name,omitempty" maxLength:"200" example:"Kenny Chatney" extensions:"x-not-null"`             // Name of the cat. Required for a new cat.
	URL               *string          `json:"url,omitempty" extensions:"x-nullable"`                                                      // Web page of the cat.
	Status            *string          `json:"status,omitempty" enums:"available,pending,on_hold,adopted,removed" extensions:"x-not-null"` // Adoption status. The default for a new cat, and for one that was removed, is `available`.
	StatusReason      *string          `json:"status_reason,omitempty" extensions:"x-nullable"`                                            // The shelter's reason for the status.
	StatusChangedAt   *string          `json:"status_changed_at,omitempty" format:"date-time" extensions:"x-not-null"`                     // When the status last changed. The default is now if the status changes.
	ListedAt          *string          `json:"listed_at,omitempty" format:"date-time" extensions:"x-not-null"`                             // When the cat was first offered for adoption. The default for a new cat is now.
	AvailableOn       *string          `json:"available_on,omitempty" format:"date" extensions:"x-nullable"`                               // The first day on which the cat can leave the shelter.
	AdoptedOn         *string          `json:"adopted_on,omitempty" format:"date" extensions:"x-nullable"`                                 // The day of the adoption.
	Description       *string          `json:"description,omitempty" maxLength:"65536" extensions:"x-nullable"`                            // Full description. HTML is converted to plain text.
	Summary           *string          `json:"summary,omitempty" extensions:"x-nullable"`                                                  // Summary of one or two sentences. If omitted, the beginning of the description is shown.
	Birth             *BirthDraft      `json:"birth,omitempty" extensions:"x-nullable"`                                                    // Date of birth. A string is read as the date.
	Age               *string          `json:"age,omitempty" example:"2 years 3 months" extensions:"x-nullable"`                           // Age today, instead of a date of birth.
	AgeGroup          *string          `json:"age_group,omitempty" example:"adult" extensions:"x-nullable"`                                // Age group: kitten, young, adult or senior. Ignored if the birth is known.
	Sex               *string          `json:"sex,omitempty" example:"female" extensions:"x-nullable"`                                     // Sex: female, male, or your own word for it, which may include whether the cat is altered.
	Breed             *BreedDraft      `json:"breed,omitempty" extensions:"x-nullable"`                                                    // Breed. A string is read as words.
	Colors            *ColorsDraft     `json:"colors,omitempty" extensions:"x-nullable"`                                                   // Colors of the coat. A string is read as words.
	Coat              *string          `json:"coat,omitempty" example:"short" extensions:"x-nullable"`                                     // Length of the coat: hairless, short, medium, long, or your own word for it.
	Size              *string          `json:"size,omitempty" example:"medium" extensions:"x-nullable"`                                    // Size: small, medium, large, xlarge, or your own word for it.
	WeightKg          *float64         `json:"weight_kg,omitempty" minimum:"0.05" maximum:"25" extensions:"x-nullable"`                    // Weight in kilograms.
	GirthCm           *float64         `json:"girth_cm,omitempty" minimum:"5" maximum:"100" extensions:"x-nullable"`                       // Chest girth behind the front legs, in centimeters.
	BodyLengthCm      *float64         `json:"body_length_cm,omitempty" minimum:"5" maximum:"120" extensions:"x-nullable"`                 // Length from the nose to the base of the tail, in centimeters.
	GoodWith          *GoodWithDraft   `json:"good_with,omitempty" extensions:"x-nullable"`                                                // Whom the cat lives well with.
	SpecialNeedsNotes *string          `json:"special_needs_notes,omitempty" extensions:"x-nullable"`                                      // Notes on the special needs.
	Microchip         *string          `json:"microchip,omitempty" extensions:"x-nullable"`                                                // Number of the microchip. Only its hash is stored, to find duplicates, and it is never shown.
	Temperament       []string         `json:"temperament,omitempty" maxItems:"50" example:"playful,lap_cat" extensions:"x-nullable"`      // Traits of character, as named in the vocabulary.
	Traits            *TraitsDraft     `json:"traits,omitempty" extensions:"x-nullable"`                                                   // Traits in your own words.
	BondedWith        []string         `json:"bonded_with,omitempty" maxItems:"50" extensions:"x-nullable"`                                // External IDs of the cats that must be adopted together with this one.
	Fee               *FeeDraft        `json:"fee,omitempty" extensions:"x-nullable"`                                                      // Adoption fee.
	Photos            []PhotoDraft     `json:"photos,omitempty" maxItems:"50" extensions:"x-nullable"`                                     // Photos in order; the first is the main photo. A string is read as the URL.
	Videos            []VideoDraft     `json:"videos,omitempty" maxItems:"50" extensions:"x-nullable"`                                     // Videos of the cat. A string is read as the URL.
	Terms             *TermsDraft      `json:"terms,omitempty" extensions:"x-nullable"`                                                    // What others may do with the text and the photos of this cat, if not what the shelter states for all.
	HiddenFrom        *HiddenFromDraft `json:"hidden_from,omitempty" extensions:"x-nullable"`                                              // Who cannot see the cat, in addition to whom the shelter hides all cats from. A PUT without it changes nothing; null is nobody.
	FosterPostalCode  *string          `json:"foster_postal_code,omitempty" extensions:"x-nullable"`                                       // Postal code of the foster home, if the cat does not live at the shelter.
} //	@name	CatDraft

// BirthDraft represents a date of birth.
type BirthDraft struct {
	Date      *string `json:"date,omitempty" example:"2023-04-01" extensions:"x-nullable"`             // A day, or only a month (2023-04) or a year (2023).
	Precision *string `json:"precision,omitempty" enums:"day,week,month,year" extensions:"x-nullable"` // Precision of the date. The default follows from its form.
} //	@name	BirthDraft

// BreedDraft represents a breed, as named in the vocabulary or in your own words.
type BreedDraft struct {
	Words     *string `json:"words,omitempty" example:"DSH mix" extensions:"x-nullable"`               // The breed in your own words, instead of the other fields. Words that are not understood are returned in `unparsed`.
	Primary   *string `json:"primary,omitempty" example:"Domestic Short Hair" extensions:"x-nullable"` // Primary breed, as named in the vocabulary.
	Secondary *string `json:"secondary,omitempty" extensions:"x-nullable"`                             // Secondary breed, as named in the vocabulary.
	Mixed     *bool   `json:"mixed,omitempty" extensions:"x-nullable"`                                 // Whether the cat is of mixed breed.
	Unknown   *bool   `json:"unknown,omitempty" extensions:"x-nullable"`                               // Whether you do not know the breed.
} //	@name	BreedDraft

// ColorsDraft represents colors, as named in the vocabulary or in your own words.
type ColorsDraft struct {
	Words     *string `json:"words,omitempty" example:"black/white" extensions:"x-nullable"` // The colors in your own words, instead of the other fields. Words that are not understood are returned in `unparsed`.
	Primary   *string `json:"primary,omitempty" example:"Black" extensions:"x-nullable"`     // Primary color, as named in the vocabulary.
	Secondary *string `json:"secondary,omitempty" extensions:"x-nullable"`                   // Secondary color, as named in the vocabulary.
	Tertiary  *string `json:"tertiary,omitempty" extensions:"x-nullable"`                    // Tertiary color, as named in the vocabulary.
	Pattern   *string `json:"pattern,omitempty" example:"tabby" extensions:"x-nullable"`     // Coat pattern, as named in the vocabulary.
} //	@name	ColorsDraft

// GoodWithDraft represents whom the cat lives well with.
type GoodWithDraft struct {
	Children *bool `json:"children,omitempty" extensions:"x-nullable"` // Whether the cat lives well with children.
	Dogs     *bool `json:"dogs,omitempty" extensions:"x-nullable"`     // Whether the cat lives well with dogs.
	Cats     *bool `json:"cats,omitempty" extensions:"x-nullable"`     // Whether the cat lives well with other cats.
} //	@name	GoodWithDraft

// TraitsDraft represents traits of the cat in your own words.
type TraitsDraft struct {
	Energy *string  `json:"energy,omitempty" extensions:"x-nullable"`             // Energy level.
	Leash  *string  `json:"leash,omitempty" extensions:"x-nullable"`              // Ease on a leash.
	Travel *string  `json:"travel,omitempty" extensions:"x-nullable"`             // Ease in a car.
	Crate  *string  `json:"crate,omitempty" extensions:"x-nullable"`              // Ease in a crate or carrier.
	Tags   []string `json:"tags,omitempty" maxItems:"50" extensions:"x-nullable"` // Tags.
} //	@name	TraitsDraft

// FeeDraft represents an adoption fee.
type FeeDraft struct {
	AmountMinor *int64  `json:"amount_minor,omitempty" example:"12500" minimum:"0" maximum:"1000000" extensions:"x-nullable"` // Amount in the smallest unit of the currency, such as cents.
	Currency    *string `json:"currency,omitempty" example:"USD" extensions:"x-nullable"`                                     // ISO 4217 code. Required with an amount.
	Waived      *bool   `json:"waived,omitempty" extensions:"x-nullable"`                                                     // Whether the fee is waived.
} //	@name	FeeDraft

// TermsDraft represents terms.
type TermsDraft struct {
	License *string `json:"license,omitempty" example:"CC-BY-4.0" extensions:"x-nullable"`              // SPDX identifier of a Creative Commons license, or the URL of another license.
	Credit  *string `json:"credit,omitempty" maxLength:"200" example:"Jo Park" extensions:"x-nullable"` // Whom to name with the text and the photos.
	URL     *string `json:"url,omitempty" extensions:"x-nullable"`                                      // Page that explains the terms.
} //	@name	TermsDraft

// HiddenFromDraft represents who cannot see a cat.
type HiddenFromDraft struct {
	Classes  []string `json:"classes,omitempty" enums:"aggregator,petfinder" extensions:"x-nullable"`              // Audience classes: `aggregator` for partners that copy listings, `petfinder` for clients of the `/v2` API.
	Partners []string `json:"partners,omitempty" example:"prt_01kabq4z8vf3ht2v0xw9r6m5ec" extensions:"x-nullable"` // IDs of partners.
} //	@name	HiddenFromDraft

// PhotoDraft represents a photo on the web. Its other fields are ignored, so that photos can be
// sent as they were read.
type PhotoDraft struct {
	URL    string  `json:"url" example:"https://example.org/kenny.jpg"`                                     // Address of the photo, from which the server fetches it; or an address of a photo that the server keeps, as it was read.
	Width  *int    `json:"width" validate:"optional" minimum:"0" maximum:"100000" extensions:"x-nullable"`  // Width in pixels.
	Height *int    `json:"height" validate:"optional" minimum:"0" maximum:"100000" extensions:"x-nullable"` // Height in pixels.
	Alt    *string `json:"alt" validate:"optional" maxLength:"2000" extensions:"x-nullable"`                // Text alternative: what the photo shows.
} //	@name	PhotoDraft

// VideoDraft represents a video: a page or a file, or a player to embed.
type VideoDraft struct {
	URL      *string `json:"url,omitempty" extensions:"x-nullable"`       // Address of a page or a file.
	EmbedURL *string `json:"embed_url,omitempty" extensions:"x-nullable"` // Address of a player to embed.
} //	@name	VideoDraft

// PhotosDraft represents all photos of a cat.
type PhotosDraft struct {
	Photos []PhotoDraft `json:"photos" maxItems:"50" extensions:"x-not-null"` // Photos in order; the first is the main photo. A string is read as the URL.
} //	@name	PhotosDraft

// sourceAPI is the source of cats that are written whole. A partial change keeps
// the source: an import that created the cat must still recognise it as its own,
// and remove it when the file no longer contains it.
const sourceAPI = "api"

// Edit returns the draft as an update of a whole cat. Read-only fields of a draft of
// ReadBack must have the values of the known cat as encode returns it; a cat that states its
// source keeps it. If the draft has errors, the update is rejected with them.
func (d *Draft) Edit(encode func(catalog.Cat) ([]byte, error)) catalog.CatUpdate {
	update := catalog.CatUpdate{ExternalID: d.ExternalID, Source: sourceAPI, Edit: d.ApplyFull, Check: nil}
	if !d.HasReadOnly() {
		return update
	}
	for _, sent := range d.readOnly {
		if sent.name == "source" {
			update.Source = sent.value.Str // the check ensures that it is the stored one
		}
	}
	update.Check = func(known *catalog.Cat) (catalog.FieldErrors, error) {
		if known == nil {
			return slices.Concat(d.Errs, d.refusals()), nil
		}
		stored, err := encode(*known)
		return slices.Concat(d.Errs, d.differences(stored)), err
	}
	return update
}
