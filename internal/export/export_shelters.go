package export

import (
	"cmp"
	"fmt"
	"strconv"
	"time"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/ingest"
)

// ShelterMap is all shelters as GeoJSON, for maps: RFC 7946, and beside it what
// the export is of.
type ShelterMap struct {
	Type     string           `json:"type" enums:"FeatureCollection"`
	Export   Header           `json:"export"`
	Features []ShelterFeature `json:"features"`
	End      Footer           `json:"end"`
} //	@name	ShelterMap

// ShelterFeature is a shelter on a map.
type ShelterFeature struct {
	Type       string       `json:"type" enums:"Feature"`
	ID         string       `json:"id" example:"shl_01kabq4z8vf3ht2v0xw9r6m5ec"`
	Geometry   GeometryDot  `json:"geometry"`
	Properties wire.Shelter `json:"properties"`
} //	@name	ShelterFeature

// GeometryDot is a point on a map.
type GeometryDot struct {
	Type        string     `json:"type" enums:"Point"`
	Coordinates [2]float64 `json:"coordinates" example:"-77.15,39.13"` // longitude and latitude, in this order
} //	@name	GeometryDot

func mapHead(s *Start) ([]byte, error) {
	header, err := binding.EncodeJSON(s.header())
	return fmt.Appendf(nil, `{"type":"FeatureCollection","export":%s,"features":[`+"\n", header), err
}

func mapFeatures(s *Start) (chunk, error) {
	var out []byte
	for i, of := range s.Shelters {
		feature, err := binding.EncodeJSON(ShelterFeature{
			Type: "Feature", ID: of.ID, Geometry: GeometryDot{Type: "Point", Coordinates: [2]float64{of.Point.Lng, of.Point.Lat}}, Properties: s.shelter(of),
		})
		if err != nil {
			return chunk{}, err
		}
		if i > 0 {
			out = append(out, ",\n"...)
		}
		out = append(out, feature...)
	}
	return chunk{body: out, count: len(s.Shelters)}, nil
}

func mapFoot(_ *Start, count int) []byte {
	return fmt.Appendf(nil, "\n],\"end\":{\"type\":\"end\",\"count\":%d}}\n", count)
}

// shelterColumn is a column of the table of shelters.
type shelterColumn struct {
	name string
	say  func(wire.Shelter) string
}

func shelterColumns() []shelterColumn {
	said := func(s *string) string { return *cmp.Or(s, new("")) }
	degrees := func(d float64) string { return strconv.FormatFloat(d, 'f', -1, 64) }
	return []shelterColumn{
		{"id", func(s wire.Shelter) string { return s.ID }},
		{"code", func(s wire.Shelter) string { return s.Code }},
		{"version", func(s wire.Shelter) string { return strconv.FormatInt(s.Version, 10) }},
		{"name", func(s wire.Shelter) string { return s.Name }},
		{"kind", func(s wire.Shelter) string { return s.Kind }},
		{"street", func(s wire.Shelter) string { return said(s.Address.Street) }},
		{"city", func(s wire.Shelter) string { return s.Address.City }},
		{"region", func(s wire.Shelter) string { return s.Address.Region }},
		{"postal_code", func(s wire.Shelter) string { return s.Address.PostalCode }},
		{"country", func(s wire.Shelter) string { return s.Address.Country }},
		{"lat", func(s wire.Shelter) string { return degrees(s.Location.Lat) }},
		{"lng", func(s wire.Shelter) string { return degrees(s.Location.Lng) }},
		{"location_precision", func(s wire.Shelter) string { return s.Location.Precision }},
		{"phone", func(s wire.Shelter) string { return said(s.Phone) }},
		{"email", func(s wire.Shelter) string { return said(s.Email) }},
		{"website", func(s wire.Shelter) string { return said(s.Website) }},
		{"adoption_url", func(s wire.Shelter) string { return said(s.AdoptionURL) }},
		{"available_cats", func(s wire.Shelter) string { return strconv.Itoa(s.AvailableCats) }},
		{"demo", func(s wire.Shelter) string { return strconv.FormatBool(s.Demo) }},
		{"created_at", func(s wire.Shelter) string { return s.CreatedAt.Format(time.RFC3339Nano) }},
		{"updated_at", func(s wire.Shelter) string { return s.UpdatedAt.Format(time.RFC3339Nano) }},
	}
}

func shelterTableHead(*Start) ([]byte, error) {
	var names []string
	for _, c := range shelterColumns() {
		names = append(names, c.name)
	}
	return table([][]string{names})
}

func shelterTable(s *Start) (chunk, error) {
	columns := shelterColumns()
	rows := make([][]string, len(s.Shelters))
	for i, of := range s.Shelters {
		shown := s.shelter(of)
		for _, c := range columns {
			field := c.say(shown)
			if _, err := strconv.ParseFloat(field, 64); err != nil { // a negative number begins no formula
				field = ingest.EscapeFormula(field)
			}
			rows[i] = append(rows[i], field)
		}
	}
	body, err := table(rows)
	return chunk{body: body, count: len(rows)}, err
}
