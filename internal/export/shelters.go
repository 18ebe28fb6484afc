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

// ShelterMap is all shelters as a GeoJSON FeatureCollection (RFC 7946), with the header
// and the footer of the export as additional members.
type ShelterMap struct {
	Type     string           `json:"type" enums:"FeatureCollection"` // Always `FeatureCollection`.
	Export   Header           `json:"export"`                         // Describes the export.
	Features []ShelterFeature `json:"features"`                       // One feature per shelter.
	End      Footer           `json:"end"`                            // Number of features.
} //	@name	ShelterMap

// ShelterFeature is a shelter as a GeoJSON feature.
type ShelterFeature struct {
	Type       string        `json:"type" enums:"Feature"`                        // Always `Feature`.
	ID         string        `json:"id" example:"shl_01kabq4z8vf3ht2v0xw9r6m5ec"` // ID of the shelter.
	Geometry   PointGeometry `json:"geometry"`                                    // Location of the shelter.
	Properties wire.Shelter  `json:"properties"`                                  // The shelter as `GET /v1/shelters/{id}` returns it.
} //	@name	ShelterFeature

// PointGeometry is a GeoJSON point.
type PointGeometry struct {
	Type        string     `json:"type" enums:"Point"`                 // Always `Point`.
	Coordinates [2]float64 `json:"coordinates" example:"-77.15,39.13"` // Longitude and latitude in degrees, in this order.
} //	@name	PointGeometry

func mapBegin(s *snapshot) ([]byte, error) {
	header, err := binding.EncodeJSON(s.header())
	return fmt.Appendf(nil, `{"type":"FeatureCollection","export":%s,"features":[`+"\n", header), err
}

func mapFeatures(s *snapshot) (chunk, error) {
	var out []byte
	for i, shelter := range s.shelters {
		feature, err := binding.EncodeJSON(ShelterFeature{
			Type: "Feature", ID: shelter.ID, Geometry: PointGeometry{Type: "Point", Coordinates: [2]float64{shelter.Point.Lng, shelter.Point.Lat}}, Properties: s.shelter(shelter),
		})
		if err != nil {
			return chunk{}, err
		}
		if i > 0 {
			out = append(out, ",\n"...)
		}
		out = append(out, feature...)
	}
	return chunk{body: out, count: len(s.shelters)}, nil
}

func mapEnd(count int) []byte {
	return fmt.Appendf(nil, "\n],\"end\":{\"type\":\"end\",\"count\":%d}}\n", count)
}

// shelterColumn is a column of the table of shelters.
type shelterColumn struct {
	name  string
	value func(wire.Shelter) string
}

func shelterColumns() []shelterColumn {
	optional := func(s *string) string { return *cmp.Or(s, new("")) }
	degrees := func(d float64) string { return strconv.FormatFloat(d, 'f', -1, 64) }
	return []shelterColumn{
		{"id", func(s wire.Shelter) string { return s.ID }},
		{"code", func(s wire.Shelter) string { return s.Code }},
		{"version", func(s wire.Shelter) string { return strconv.FormatInt(s.Version, 10) }},
		{"name", func(s wire.Shelter) string { return s.Name }},
		{"kind", func(s wire.Shelter) string { return s.Kind }},
		{"street", func(s wire.Shelter) string { return optional(s.Address.Street) }},
		{"city", func(s wire.Shelter) string { return s.Address.City }},
		{"region", func(s wire.Shelter) string { return wire.StringOrEmpty(s.Address.Region) }},
		{"postal_code", func(s wire.Shelter) string { return s.Address.PostalCode }},
		{"country", func(s wire.Shelter) string { return s.Address.Country }},
		{"lat", func(s wire.Shelter) string { return degrees(s.Location.Lat) }},
		{"lng", func(s wire.Shelter) string { return degrees(s.Location.Lng) }},
		{"location_precision", func(s wire.Shelter) string { return s.Location.Precision }},
		{"phone", func(s wire.Shelter) string { return optional(s.Phone) }},
		{"email", func(s wire.Shelter) string { return optional(s.Email) }},
		{"website", func(s wire.Shelter) string { return optional(s.Website) }},
		{"adoption_url", func(s wire.Shelter) string { return optional(s.AdoptionURL) }},
		{"available_cats", func(s wire.Shelter) string { return strconv.Itoa(s.AvailableCats) }},
		{"demo", func(s wire.Shelter) string { return strconv.FormatBool(s.Demo) }},
		{"created_at", func(s wire.Shelter) string { return s.CreatedAt.Format(time.RFC3339Nano) }},
		{"updated_at", func(s wire.Shelter) string { return s.UpdatedAt.Format(time.RFC3339Nano) }},
		{"terms_license", func(s wire.Shelter) string { return optional(s.Terms.License) }},
		{"terms_credit", func(s wire.Shelter) string { return optional(s.Terms.Credit) }},
		{"terms_url", func(s wire.Shelter) string { return optional(s.Terms.URL) }},
	}
}

func shelterTableHeader(*snapshot) ([]byte, error) {
	var names []string
	for _, c := range shelterColumns() {
		names = append(names, c.name)
	}
	return encodeCSV([][]string{names})
}

func shelterTable(s *snapshot) (chunk, error) {
	columns := shelterColumns()
	rows := make([][]string, len(s.shelters))
	for i, shelter := range s.shelters {
		shown := s.shelter(shelter)
		for _, c := range columns {
			field := c.value(shown)
			if _, err := strconv.ParseFloat(field, 64); err != nil { // a negative number is not a formula
				field = ingest.EscapeFormula(field)
			}
			rows[i] = append(rows[i], field)
		}
	}
	body, err := encodeCSV(rows)
	return chunk{body: body, count: len(rows)}, err
}
