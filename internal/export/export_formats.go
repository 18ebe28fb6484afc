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

// format is a way to write an export: what comes first, the things, what
// comes last.
type format struct {
	Media    string // type
	head     func(*Start) ([]byte, error)
	cats     func(*Start, []catalog.Cat) (chunk, error)
	shelters func(*Start) (chunk, error)
	foot     func(s *Start, count int) []byte
}

const (
	MimeNDJSON  = "application/x-ndjson"
	MimeCSV     = "text/csv; charset=utf-8"
	mimeGeoJSON = "application/geo+json"
)

// FormatOf is the format of a name for a resource.
func FormatOf(resource, name string) format {
	switch {
	case name == CSV && resource == Shelters:
		return format{Media: MimeCSV, head: shelterTableHead, cats: nil, shelters: shelterTable, foot: nothingMore}
	case name == CSV:
		return format{Media: MimeCSV, head: catTableHead, cats: catTable, shelters: nil, foot: nothingMore}
	case name == GeoJSON:
		return format{Media: mimeGeoJSON, head: mapHead, cats: nil, shelters: mapFeatures, foot: mapFoot}
	default:
		return format{Media: MimeNDJSON, head: firstLine, cats: catLines, shelters: shelterLines, foot: lastLine}
	}
}

func nothingMore(*Start, int) []byte { return nil }

// Header is the first line of an export as NDJSON.
type Header struct {
	Type          string    `json:"type" enums:"export"`
	Resource      string    `json:"resource" enums:"cats,shelters"`
	SchemaVersion int       `json:"schema_version" example:"1"` // another one when what a line says changes its meaning
	Seq           int64     `json:"seq" example:"4711"`         // everything up to this number of the log is in the export, and nothing after it
	Cursor        string    `json:"cursor"`                     // send it to /v1/changes to go on from exactly here
	GeneratedAt   time.Time `json:"generated_at" format:"date-time"`
} //	@name	Header

// Footer is the last line of an export as NDJSON. Without it, the export is not whole.
type Footer struct {
	Type  string `json:"type" enums:"end"`
	Count int    `json:"count" example:"400000"` // of the lines between the first and the last
} //	@name	Footer

func (s *Start) header() Header {
	return Header{Type: "export", Resource: s.Resource, SchemaVersion: exportSchema, Seq: s.Head.Seq, Cursor: s.Cursor, GeneratedAt: s.At}
}

func firstLine(s *Start) ([]byte, error) { return lines(s.header()) }

func lastLine(_ *Start, count int) []byte {
	return fmt.Appendf(nil, "{\"type\":\"end\",\"count\":%d}\n", count)
}

// lines writes things as JSON, one to a line.
func lines[T any](things ...T) ([]byte, error) {
	var out bytes.Buffer
	e := quick.NewEncoder(&out)
	e.SetEscapeHTML(false)
	for _, thing := range things {
		if err := e.Encode(thing); err != nil {
			return nil, fmt.Errorf("encode a line: %w", err)
		}
	}
	return out.Bytes(), nil
}

// aLine is about as long as the line of a cat.
const aLine = 2500

// catLines writes cats as GET /v1/cats/{id} shows them, by the encoder that is
// quicker than the standard library's; a test holds the two equal.
func catLines(s *Start, cats []catalog.Cat) (chunk, error) {
	out := bytes.NewBuffer(make([]byte, 0, aLine*len(cats)))
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

func shelterLines(s *Start) (chunk, error) {
	shown := make([]wire.Shelter, len(s.Shelters))
	for i, of := range s.Shelters {
		shown[i] = s.shelter(of)
	}
	body, err := lines(shown...)
	return chunk{body: body, count: len(shown)}, err
}

// idColumns are those of a table of cats that say which cat of which shelter it
// is here. The others are those of our own import format, which passes over these.
func idColumns() []string { return []string{"id", "number", "version", "shelter_id"} }

func catTableHead(*Start) ([]byte, error) {
	return table([][]string{slices.Concat(idColumns(), ingest.NativeHeader())})
}

func catTable(_ *Start, cats []catalog.Cat) (chunk, error) {
	rows := make([][]string, len(cats))
	for i := range cats {
		cat := &cats[i]
		rows[i] = append([]string{cat.ID, strconv.FormatInt(cat.Number, 10), strconv.FormatInt(cat.Version, 10), cat.ShelterID}, ingest.NativeRecord(cat)...)
	}
	body, err := table(rows)
	return chunk{body: body, count: len(cats)}, err
}

func table(rows [][]string) ([]byte, error) {
	var out bytes.Buffer
	if err := csv.NewWriter(&out).WriteAll(rows); err != nil {
		return nil, fmt.Errorf("write a table: %w", err)
	}
	return out.Bytes(), nil
}
