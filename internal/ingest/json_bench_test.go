package ingest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"testing"

	"trailcat/internal/ingest"
)

// BenchmarkReadJSON reads what a large shelter's ASM3 sends: 2,000 animals of 300 columns.
func BenchmarkReadJSON(b *testing.B) {
	text, err := os.ReadFile("testdata/systems/asm3.json")
	if err != nil {
		b.Fatal(err)
	}
	var animals []map[string]any
	if err := json.Unmarshal(text, &animals); err != nil {
		b.Fatal(err)
	}
	const rows = 2000
	var file []map[string]any
	for i := range rows {
		animal := maps.Clone(animals[0])
		for n := range 250 {
			animal[fmt.Sprintf("ADDITIONAL%d", n)] = ""
		}
		animal["SHELTERCODE"] = fmt.Sprintf("C%d", i)
		file = append(file, animal)
	}
	text, err = json.Marshal(file)
	if err != nil {
		b.Fatal(err)
	}
	f, err := ingest.Find(ingest.Auto)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		l, err := ingest.Read(bytes.NewReader(text), f, ingest.Options{Now: now})
		if err != nil || l.Len() != rows {
			b.Fatal(l, err)
		}
	}
	b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
	b.SetBytes(int64(len(text)))
}
