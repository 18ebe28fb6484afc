package geo

import (
	"bytes"
	"runtime"
	"testing"

	"trailcat/internal/resourcetest"
)

// BenchmarkDecode also reports the heap that a decoded gazetteer retains.
func BenchmarkDecode(b *testing.B) {
	before, _ := resourcetest.LiveHeap()
	g, err := Decode(bytes.NewReader(placesData))
	if err != nil {
		b.Fatal(err)
	}
	after, _ := resourcetest.LiveHeap()
	for b.Loop() {
		if g, err = Decode(bytes.NewReader(placesData)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric((after-before)/1e6, "MB-retained")
	runtime.KeepAlive(g)
}

func BenchmarkFind(b *testing.B) {
	g := Default()
	for name, text := range map[string]string{
		"city": "Rockville, MD", "postal": "20850", "point": "39.08,-77.15", "unknown": "Rockvilleish",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_, err := g.Find(text)
				if (err != nil) != (name == "unknown") {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkComplete(b *testing.B) {
	g := Default()
	for b.Loop() {
		if len(g.Complete("s", 10)) != 10 {
			b.Fatal("too few")
		}
	}
}
