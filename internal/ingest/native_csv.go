package ingest

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"sync"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// ownPhotos is how many photos have a column of their own in our own table.
const ownPhotos = 6

// ownColumn is a column of Trailcat's own table, and what it says of a cat.
type ownColumn struct {
	name string
	say  func(catalog.Cat) string
}

// nativeColumns is the columns of Trailcat's own table: the fields of the API's cat,
// with _ for each step inwards. formats/trailcat.yaml reads them.
var nativeColumns = sync.OnceValue(func() []ownColumn {
	return []ownColumn{
		{"external_id", func(c catalog.Cat) string { return c.ExternalID }},
		{"name", func(c catalog.Cat) string { return c.Name }},
		{"status", func(c catalog.Cat) string { return string(c.Status) }},
		{"status_reason", func(c catalog.Cat) string { return c.StatusReason }},
		{"status_changed_at", func(c catalog.Cat) string { return formatTime(c.StatusChangedAt) }},
		{"listed_at", func(c catalog.Cat) string { return formatTime(c.ListedAt) }},
		{"available_on", func(c catalog.Cat) string { return sayDate(c.AvailableOn) }},
		{"adopted_on", func(c catalog.Cat) string { return sayDate(c.AdoptedOn) }},
		{"url", func(c catalog.Cat) string { return c.URL }},
		{"description", func(c catalog.Cat) string { return c.Description }},
		{"summary", func(c catalog.Cat) string { return c.Summary }},
		{"birth_date", func(c catalog.Cat) string { return sayDate(c.Birth.On) }},
		{"birth_precision", func(c catalog.Cat) string { return string(c.Birth.Precision) }},
		{"age_group", func(c catalog.Cat) string { return string(c.AgeGroup) }},
		{"sex", func(c catalog.Cat) string { return string(c.Sex) }},
		{"altered", func(c catalog.Cat) string { return formatBool(c.Altered) }},
		{"breed_primary", func(c catalog.Cat) string { return c.Breed.Primary }},
		{"breed_secondary", func(c catalog.Cat) string { return c.Breed.Secondary }},
		{"breed_mixed", func(c catalog.Cat) string { return formatBool(c.Breed.Mixed) }},
		{"breed_unknown", func(c catalog.Cat) string { return sayBreedUnknown(c.Breed) }},
		{"colors_primary", func(c catalog.Cat) string { return c.Colors.Primary }},
		{"colors_secondary", func(c catalog.Cat) string { return c.Colors.Secondary }},
		{"colors_tertiary", func(c catalog.Cat) string { return c.Colors.Tertiary }},
		{"colors_pattern", func(c catalog.Cat) string { return string(c.Colors.Pattern) }},
		{"coat", func(c catalog.Cat) string { return string(c.Coat) }},
		{"size", func(c catalog.Cat) string { return string(c.Size) }},
		{"weight_kg", func(c catalog.Cat) string { return sayMeasure(c.WeightKg) }},
		{"girth_cm", func(c catalog.Cat) string { return sayMeasure(c.GirthCm) }},
		{"body_length_cm", func(c catalog.Cat) string { return sayMeasure(c.BodyLengthCm) }},
		{"good_with_children", func(c catalog.Cat) string { return formatBool(c.GoodWith.Children) }},
		{"good_with_dogs", func(c catalog.Cat) string { return formatBool(c.GoodWith.Dogs) }},
		{"good_with_cats", func(c catalog.Cat) string { return formatBool(c.GoodWith.Cats) }},
		{"house_trained", func(c catalog.Cat) string { return formatBool(c.HouseTrained) }},
		{"declawed", func(c catalog.Cat) string { return formatBool(c.Declawed) }},
		{"special_needs", func(c catalog.Cat) string { return formatBool(c.SpecialNeeds) }},
		{"special_needs_notes", func(c catalog.Cat) string { return c.SpecialNeedsNotes }},
		{"shots_current", func(c catalog.Cat) string { return formatBool(c.ShotsCurrent) }},
		{"microchipped", func(c catalog.Cat) string { return formatBool(c.Microchipped) }},
		{"fiv", func(c catalog.Cat) string { return formatBool(c.FIV) }},
		{"felv", func(c catalog.Cat) string { return formatBool(c.FeLV) }},
		{"indoor_only", func(c catalog.Cat) string { return formatBool(c.IndoorOnly) }},
		{"traits_energy", func(c catalog.Cat) string { return c.Traits.Energy }},
		{"traits_leash", func(c catalog.Cat) string { return c.Traits.Leash }},
		{"traits_travel", func(c catalog.Cat) string { return c.Traits.Travel }},
		{"traits_crate", func(c catalog.Cat) string { return c.Traits.Crate }},
		{"traits_tags", func(c catalog.Cat) string { return joinList(c.Traits.Tags, "|") }},
		{"bonded_with", func(c catalog.Cat) string { return joinList(c.BondedWith, "|") }},
		{"fee_amount_minor", func(c catalog.Cat) string { return sayAmount(c.Fee.Minor) }},
		{"fee_currency", func(c catalog.Cat) string { return c.Fee.Currency }},
		{"fee_waived", func(c catalog.Cat) string { return formatBool(c.Fee.Waived) }},
		{"photo_1", sayPhoto(0)},
		{"photo_2", sayPhoto(1)},
		{"photo_3", sayPhoto(2)},
		{"photo_4", sayPhoto(3)},
		{"photo_5", sayPhoto(4)},
		{"photo_6", sayPhoto(5)},
		{"photos", sayMorePhotos},
		{"videos", sayVideos},
		{"foster_postal_code", func(c catalog.Cat) string { return c.FosterPostalCode }},
	}
})

// WriteCSV writes cats as Trailcat's own table, which reads back to the same
// facts. What is derived from facts or kept for ourselves is not in it: words that
// were not understood, microchips, the sizes and captions of photos. No field of it
// begins a formula.
func WriteCSV(w io.Writer, cats iter.Seq[catalog.Cat]) error {
	out := csv.NewWriter(w)
	if err := out.Write(NativeHeader()); err != nil {
		return fmt.Errorf("write the header: %w", err)
	}
	for cat := range cats {
		if err := out.Write(NativeRecord(cat)); err != nil {
			return fmt.Errorf("write cat %s: %w", cat.ID, err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write the last cats: %w", err)
	}
	return nil
}

// NativeHeader names the columns of Trailcat's own table.
func NativeHeader() []string {
	names := make([]string, len(nativeColumns()))
	for i, c := range nativeColumns() {
		names[i] = c.name
	}
	return names
}

// NativeRecord are the fields of a cat in Trailcat's own table, a column each.
func NativeRecord(cat catalog.Cat) []string {
	fields := make([]string, len(nativeColumns()))
	for i, c := range nativeColumns() {
		fields[i] = EscapeFormula(c.say(cat))
	}
	return fields
}

// Template is Trailcat's own table with one cat as an example, to be filled in.
func Template() []byte {
	var b bytes.Buffer
	_ = WriteCSV(&b, func(yield func(catalog.Cat) bool) { yield(exampleCat()) }) // a buffer takes everything
	return b.Bytes()
}

func exampleCat() catalog.Cat {
	return catalog.Cat{ExternalID: "EXAMPLE-1", Facts: catalog.Facts{ //nolint:exhaustruct_v5 // an example leaves out what nobody knows of it
		Name: "Juniper", Status: catalog.Available,
		ListedAt: time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC), StatusChangedAt: time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC),
		URL:         "https://example.org/cats/juniper",
		Description: "Juniper walks on a leash in the yard and naps in the backpack.\n\nDelete this row.",
		Birth:       catalog.Birth{On: time.Date(2023, 4, 1, 0, 0, 0, 0, time.UTC), Precision: catalog.ToTheMonth},
		Sex:         vocab.SexFemale, Altered: new(true),
		Breed:  vocab.Breed{Primary: "Domestic Short Hair", Secondary: "", Mixed: new(true), Unknown: false},
		Colors: vocab.Colors{Primary: "Tabby (Brown / Chocolate)", Secondary: "White", Tertiary: "", Pattern: vocab.Tabby},
		Coat:   vocab.CoatShort, Size: vocab.SizeMedium, WeightKg: new(4.2),
		GoodWith:     catalog.GoodWith{Children: new(true), Dogs: nil, Cats: new(false)},
		HouseTrained: new(true), ShotsCurrent: new(true), Microchipped: new(true),
		Traits: catalog.Traits{Energy: "high", Leash: "yes", Travel: "", Crate: "yes", Tags: []string{"curious", "lap cat"}},
		Fee:    catalog.Fee{Minor: new(int64(12500)), Currency: "USD", Waived: nil},
		Photos: []catalog.Photo{{URL: "https://example.org/juniper-1.jpg"}, {URL: "https://example.org/juniper-2.jpg"}},
	}}
}
