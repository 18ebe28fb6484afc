package export

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"time"

	quick "github.com/goccy/go-json"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/ingest"
)

// Names of formats.
const (
	NDJSON  = "ndjson"
	CSV     = "csv"
	GeoJSON = "geojson"
)

// Media types of formats.
const (
	MimeNDJSON  = "application/x-ndjson"
	MimeCSV     = "text/csv; charset=utf-8"
	mimeGeoJSON = "application/geo+json"
)

// Formats returns the formats in which a resource can be written, the default first.
func Formats(resource string) []string {
	if resource == Shelters {
		return []string{NDJSON, CSV, GeoJSON}
	}
	return []string{NDJSON, CSV}
}

// format writes the parts of an export: the beginning, the cats or shelters, the end.
type format struct {
	mediaType string
	begin     func(*snapshot) ([]byte, error)
	cats      func(*snapshot, []catalog.Cat) (chunk, error)
	shelters  func(*snapshot) (chunk, error)
	end       func(count int) []byte
}

func formatFor(resource, name string) format {
	switch {
	case name == CSV && resource == Shelters:
		return format{mediaType: MimeCSV, begin: shelterTableHeader, cats: nil, shelters: shelterTable, end: noEnd}
	case name == CSV:
		return format{mediaType: MimeCSV, begin: catTableHeader, cats: catTable, shelters: nil, end: noEnd}
	case name == GeoJSON:
		return format{mediaType: mimeGeoJSON, begin: mapBegin, cats: nil, shelters: mapFeatures, end: mapEnd}
	default:
		return format{mediaType: MimeNDJSON, begin: headerLine, cats: catLines, shelters: shelterLines, end: footerLine}
	}
}

func noEnd(int) []byte { return nil }

// Header is the first line of an export as NDJSON.
type Header struct {
	Type          string    `json:"type" enums:"export"`             // Always `export`.
	Resource      string    `json:"resource" enums:"cats,shelters"`  // What the following lines are.
	SchemaVersion int       `json:"schema_version" example:"1"`      // Increases when the meaning of a line changes.
	Seq           int64     `json:"seq" example:"4711"`              // Log position: the export contains every change up to it and none after it.
	Cursor        string    `json:"cursor"`                          // Send it to `/v1/changes` to continue after this export.
	GeneratedAt   time.Time `json:"generated_at" format:"date-time"` // When the export was created; ages of cats are those of this day.
} //	@name	ExportHeader

// Footer is the last line of an export as NDJSON. A file without it is incomplete.
type Footer struct {
	Type  string `json:"type" enums:"end"`       // Always `end`.
	Count int    `json:"count" example:"400000"` // Number of lines between the first and the last.
} //	@name	ExportFooter

func (s *snapshot) header() Header {
	return Header{Type: "export", Resource: s.Resource, SchemaVersion: schemaVersion, Seq: s.head.Seq, Cursor: s.cursor, GeneratedAt: s.At}
}

func headerLine(s *snapshot) ([]byte, error) { return encodeLines(s.header()) }

func footerLine(count int) []byte {
	return fmt.Appendf(nil, "{\"type\":\"end\",\"count\":%d}\n", count)
}

// encodeLines encodes each value as one line of JSON.
func encodeLines[T any](values ...T) ([]byte, error) {
	var out bytes.Buffer
	e := quick.NewEncoder(&out)
	e.SetEscapeHTML(false)
	for _, value := range values {
		if err := e.Encode(value); err != nil {
			return nil, fmt.Errorf("encode a line: %w", err)
		}
	}
	return out.Bytes(), nil
}

// bytesPerCat is the typical length of a cat's line.
const bytesPerCat = 2500

// catLines encodes cats as GET /v1/cats/{id} does. It uses an encoder that is faster
// than the standard library's; a test ensures that the results are equal.
func catLines(s *snapshot, cats []catalog.Cat) (chunk, error) {
	out := bytes.NewBuffer(make([]byte, 0, bytesPerCat*len(cats)))
	e := quick.NewEncoder(out)
	e.SetEscapeHTML(false)
	for _, cat := range cats {
		shown := s.cat(cat)
		if err := e.Encode(&shown); err != nil {
			return chunk{}, fmt.Errorf("encode cat %s: %w", cat.ID, err)
		}
	}
	return chunk{body: out.Bytes(), count: len(cats)}, nil
}

func shelterLines(s *snapshot) (chunk, error) {
	shown := make([]wire.Shelter, len(s.shelters))
	for i, shelter := range s.shelters {
		shown[i] = s.shelter(shelter)
	}
	body, err := encodeLines(shown...)
	return chunk{body: body, count: len(shown)}, err
}

// idColumns returns the columns that identify a cat on this server. They precede the
// columns of the native import format, and the import ignores them.
func idColumns() []string { return []string{"id", "number", "version", "shelter_id"} }

func catTableHeader(*snapshot) ([]byte, error) {
	return encodeCSV([][]string{slices.Concat(idColumns(), ingest.NativeHeader())})
}

func catTable(s *snapshot, cats []catalog.Cat) (chunk, error) {
	rows := make([][]string, len(cats))
	for i := range cats {
		cat := &cats[i]
		cat.Photos = s.PhotoBase.WithURLs(cat.Photos)
		rows[i] = append([]string{cat.ID, strconv.FormatInt(cat.Number, 10), strconv.FormatInt(cat.Version, 10), cat.ShelterID}, ingest.NativeRecord(cat)...)
	}
	body, err := encodeCSV(rows)
	return chunk{body: body, count: len(cats)}, err
}

func encodeCSV(rows [][]string) ([]byte, error) {
	var out bytes.Buffer
	if err := csv.NewWriter(&out).WriteAll(rows); err != nil {
		return nil, fmt.Errorf("encode CSV: %w", err)
	}
	return out.Bytes(), nil
}
