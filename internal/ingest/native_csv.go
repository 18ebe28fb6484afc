package ingest

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"strconv"
	"sync"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// ownPhotos is how many photos have a column of their own in our own table.
const ownPhotos = 6

// nativeColumn is a column of Trailcat's own table.
type nativeColumn struct {
	name   string
	format func(*catalog.Cat) string
}

// nativeColumns are the columns of Trailcat's own table: the external id and every
// fact that is not private, by its flat name. formats/trailcat.yaml reads them.
var nativeColumns = sync.OnceValue(func() []nativeColumn {
	columns := []nativeColumn{{"external_id", func(c *catalog.Cat) string { return c.ExternalID }}}
	for _, fact := range catalog.FactTable() {
		if fact.Kind == catalog.KindPhotos {
			for i := range ownPhotos {
				columns = append(columns, nativeColumn{"photo_" + strconv.Itoa(i+1), formatPhoto(i)})
			}
		}
		if !fact.Private {
			columns = append(columns, nativeColumn{fact.FlatName(), formatFact(fact)})
		}
	}
	return columns
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
		fields[i] = EscapeFormula(c.format(&cat))
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
