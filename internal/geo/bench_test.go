package geo

import (
	"bytes"
	"runtime"
	"testing"
)

// BenchmarkDecode also reports the heap that a decoded gazetteer retains.
func BenchmarkDecode(b *testing.B) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	g, err := Decode(bytes.NewReader(placesData))
	if err != nil {
		b.Fatal(err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	for b.Loop() {
		if g, err = Decode(bytes.NewReader(placesData)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric((float64(after.HeapAlloc)-float64(before.HeapAlloc))/1e6, "MB-retained")
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
