package ingest_test

import (
	"testing"

	"trailcat/internal/ingest"
)

func BenchmarkLoad(b *testing.B) {
	f, err := ingest.Find("sonoma")
	if err != nil {
		b.Fatal(err)
	}
	l, err := ingest.ReadFile("testdata/sonoma_intakes.csv.gz", f, ingest.Options{Now: now})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		cats, _ := newCatalog()
		if _, err := ingest.Load(b.Context(), cats, shelterID, l, nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(l.Len()*b.N)/b.Elapsed().Seconds(), "cats/s")
}
