package ingest

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"sync"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// nativePhotos is how many photos have a column of their own in the native table.
const nativePhotos = 6

// nativeColumn is a column of the native table.
type nativeColumn struct {
	name   string
	format func(*catalog.Cat) string
}

// nativeColumns returns the columns of the native table: the external ID and
// every fact that is not private, by its flat name. formats/trailcat.yaml reads
// them.
var nativeColumns = sync.OnceValue(func() []nativeColumn {
	columns := []nativeColumn{{"external_id", func(c *catalog.Cat) string { return c.ExternalID }}}
	for _, fact := range catalog.FactTable() {
		if fact.Kind == catalog.KindPhotos {
			for i := range nativePhotos {
				columns = append(columns, nativeColumn{"photo_" + strconv.Itoa(i+1), formatPhoto(i)})
			}
		}
		if !fact.Private {
			columns = append(columns, nativeColumn{fact.FlatName(), formatFact(fact)})
		}
	}
	return columns
})

// WriteCSV writes cats as the native table, which reads back to the same facts.
// It omits what is derived from facts or private: unparsed values, microchips,
// and the sizes and captions of photos. No field of it begins a formula.
func WriteCSV(w io.Writer, cats iter.Seq[catalog.Cat]) error {
	out := csv.NewWriter(w)
	if err := out.Write(NativeHeader()); err != nil {
		return fmt.Errorf("write the header: %w", err)
	}
	for cat := range cats {
		if err := out.Write(NativeRecord(&cat)); err != nil {
			return fmt.Errorf("write cat %s: %w", cat.ID, err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write the last cats: %w", err)
	}
	return nil
}

// NativeHeader returns the names of the columns of the native table.
func NativeHeader() []string {
	names := make([]string, len(nativeColumns()))
	for i, c := range nativeColumns() {
		names[i] = c.name
	}
	return names
}

// NativeRecord returns the fields of a cat in the native table, in the order of
// NativeHeader.
func NativeRecord(cat *catalog.Cat) []string {
	fields := make([]string, len(nativeColumns()))
	for i, c := range nativeColumns() {
		fields[i] = EscapeFormula(c.format(cat))
	}
	return fields
}

// Template returns the native table with one example cat, for shelters to fill
// in. It has columns for an assessment and for the gates that most cats need.
func Template() []byte {
	var b bytes.Buffer
	header, record := NativeHeader(), NativeRecord(new(exampleCat()))
	for _, c := range templateEvidence() {
		header, record = append(header, c[0]), append(record, c[1])
	}
	_ = csv.NewWriter(&b).WriteAll([][]string{header, record}) // a buffer returns no errors
	return b.Bytes()
}

// templateEvidence returns the columns of the template that are no facts, with the values of
// the example cat.
func templateEvidence() [][2]string {
	columns := [][2]string{
		{"assessed_on", "2026-04-28"},
		{"assessor_id", "s1"},
		{"assessor_role", "staff"},
		{"assessment_context", "shelter_room"},
		{"assessment_days_in_place", "10"},
		{"assessment_note", ""},
	}
	levels := map[string]string{"outdoor_interest": "5", "novelty_response": "4", "sound_recovery": "4", "baseline_calm": "4", "handling_comfort": "4", "carrier_comfort": "3"}
	for _, trait := range rubric().TraitCodes() {
		columns = append(columns, [2]string{trait, levels[trait]})
	}
	return append(columns, [][2]string{
		{"health_id_chip", "ok"},
		{"health_id_tag", ""},
		{"health_med_exam", "ok"},
		{"health_med_exam_on", "2026-04-20"},
		{"health_med_core", "ok"},
		{"health_med_rabies", "ok"},
		{"health_med_rabies_on", "2026-04-20"},
		{"health_med_rabies_until", "2027-04-20"},
		{"health_med_parasite", ""},
		{"health_verified_by", "vet"},
		{"health_verified_on", "2026-04-20"},
	}...)
}

func exampleCat() catalog.Cat {
	return catalog.Cat{ExternalID: "EXAMPLE-1", Facts: catalog.Facts{ //nolint:exhaustruct_v5 // the example has unknown facts
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

// formatFact returns the function that formats a fact for the native table. An
// unknown fact is empty.
func formatFact(fact catalog.Fact) func(*catalog.Cat) string {
	switch at := fact.At.(type) {
	case func(*catalog.Facts) *string:
		return func(c *catalog.Cat) string { return *at(&c.Facts) }
	case func(*catalog.Facts) *time.Time:
		if fact.Kind == catalog.KindDate {
			return formatBy(at, formatDate)
		}
		return formatBy(at, formatTime)
	case func(*catalog.Facts) **bool:
		return formatBy(at, formatBool)
	case func(*catalog.Facts) *bool:
		return formatBy(at, formatFlag)
	case func(*catalog.Facts) **float64:
		return formatBy(at, formatMeasure)
	case func(*catalog.Facts) **int64:
		return formatBy(at, formatAmount)
	case func(*catalog.Facts) *[]string:
		return formatBy(at, func(list []string) string { return joinList(list, "|") })
	case func(*catalog.Facts) *[]catalog.Photo:
		return formatBy(at, formatMorePhotos)
	case func(*catalog.Facts) *[]catalog.Video:
		return formatBy(at, formatVideos)
	default:
		panic("ingest: facts of the type of " + fact.Name + " have no column") //nolint:forbidigo // a kind of fact without code; every test finds it
	}
}

func formatBy[T any](at func(*catalog.Facts) *T, format func(T) string) func(*catalog.Cat) string {
	return func(c *catalog.Cat) string { return format(*at(&c.Facts)) }
}

func formatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

func formatDate(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

func formatBool(answer *bool) string {
	switch {
	case answer == nil:
		return ""
	case *answer:
		return "yes"
	default:
		return "no"
	}
}

func formatFlag(is bool) string {
	if is {
		return "yes"
	}
	return ""
}

func formatMeasure(n *float64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatFloat(*n, 'f', -1, 64)
}

func formatAmount(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

func formatPhoto(i int) func(*catalog.Cat) string {
	return func(c *catalog.Cat) string {
		if i >= len(c.Photos) {
			return ""
		}
		return c.Photos[i].URL
	}
}

// formatMorePhotos formats the photos that have no column of their own.
func formatMorePhotos(photos []catalog.Photo) string {
	var urls []string
	for i := nativePhotos; i < len(photos); i++ {
		urls = append(urls, photos[i].URL)
	}
	return strings.Join(urls, "\n")
}

// formatVideos formats a video as the URL of its page, or of its player if it has none.
func formatVideos(videos []catalog.Video) string {
	var urls []string
	for _, v := range videos {
		urls = append(urls, cmp.Or(v.URL, v.EmbedURL))
	}
	return strings.Join(urls, "\n")
}
