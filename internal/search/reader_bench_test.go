package search

import (
	"testing"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
)

// BenchmarkWithheld tells what it costs that 20 of 1,100 shelters withhold their
// cats from who asks.
func BenchmarkWithheld(b *testing.B) {
	x := benchIndex()
	for _, s := range x.data.shelters.all[:20] {
		withholding := *s.Shelter
		withholding.WithheldFrom.Classes = []catalog.AudienceClass{catalog.AggregatorReader}
		x.data.shelters.upsert(withholding)
	}
	near := &geo.Point{Lat: 39.08, Lng: -77.15}
	for name, from := range map[string]catalog.Audience{"operator": {}, "public": {Class: catalog.PublicReader}, "aggregator": aggregator} {
		b.Run(name, func(b *testing.B) {
			benchQuery(b, Query{Where: where(FieldStatus, "available"), Near: near, Audience: from, Limit: 20})
		})
		b.Run(name+" facets", func(b *testing.B) {
			benchQuery(b, Query{Where: where(FieldStatus, "available"), Audience: from, Limit: 20, Facets: []Field{FieldBreed, FieldSex, FieldShelter}})
		})
	}
}
