package store_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

const perBatch = 500

// BenchmarkSaveCats writes batches of 500 cats as the catalog does: read them, save
// them or mark them as seen, append to the log.
func BenchmarkSaveCats(b *testing.B) {
	for _, engine := range storetest.Engines() {
		for _, writers := range []int{1, 4} {
			b.Run(fmt.Sprintf("%s/created/writers=%d", engine, writers), func(b *testing.B) {
				benchWrites(b, engine, writers, func(tx catalog.Tx, cats []catalog.Cat) error {
					first, err := tx.Log.NextNumbers(b.Context(), "cat", len(cats))
					for i := range cats {
						cats[i].Number = first + int64(i)
					}
					if err != nil {
						return err
					}
					return saved(b, tx, cats, nil)
				})
			})
		}
		b.Run(engine+"/changed", func(b *testing.B) {
			benchKnown(b, engine, func(tx catalog.Tx, cats []catalog.Cat) error { return saved(b, tx, nil, cats) })
		})
		b.Run(engine+"/unchanged", func(b *testing.B) {
			benchKnown(b, engine, func(tx catalog.Tx, cats []catalog.Cat) error {
				ids := make([]string, len(cats))
				for i, c := range cats {
					ids[i] = c.ID
				}
				return tx.Cats.MarkSeen(b.Context(), ids, moment(5))
			})
		})
	}
}

func benchWrites(b *testing.B, engine string, writers int, save func(catalog.Tx, []catalog.Cat) error) {
	b.Helper()
	s := storetest.NewOn(b, engine)
	for w := range writers {
		shelterNamed(b, s, fmt.Sprint("shl_", w))
	}
	var batch atomic.Int64
	b.ResetTimer()
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for n := batch.Add(1); n <= int64(b.N); n = batch.Add(1) {
				cats := realisticCats(int(n)*perBatch, perBatch, fmt.Sprint("shl_", w))
				put(b, s, cats, save)
			}
		})
	}
	wg.Wait()
	report(b)
}

// benchKnown repeatedly writes cats that exist already.
func benchKnown(b *testing.B, engine string, save func(catalog.Tx, []catalog.Cat) error) {
	b.Helper()
	s := storetest.NewOn(b, engine)
	shelterNamed(b, s, "shl_0")
	cats := realisticCats(1, 20*perBatch, "shl_0")
	write(b, s, func(tx catalog.Tx) error { return tx.Cats.SaveCats(b.Context(), cats, nil) })
	n := 0
	for b.Loop() {
		put(b, s, cats[n%20*perBatch:][:perBatch], save)
		n++
	}
	report(b)
}

func put(b *testing.B, s *store.Store, cats []catalog.Cat, save func(catalog.Tx, []catalog.Cat) error) {
	b.Helper()
	ids := make([]string, len(cats))
	for i, c := range cats {
		ids[i] = c.ExternalID
	}
	err := s.Write(b.Context(), func(tx catalog.Tx) error {
		if _, err := tx.Shelters.Shelter(b.Context(), cats[0].ShelterID); err != nil {
			return err
		}
		if _, err := tx.Cats.CatsByExternalID(b.Context(), cats[0].ShelterID, ids); err != nil {
			return err
		}
		return save(tx, cats)
	})
	if err != nil {
		b.Error(err)
	}
}

func saved(b *testing.B, tx catalog.Tx, created, changed []catalog.Cat) error {
	b.Helper()
	if err := tx.Cats.SaveCats(b.Context(), created, changed); err != nil {
		return err
	}
	changes := make([]catalog.Change, len(created)+len(changed))
	for i := range changes {
		changes[i] = catalog.Change{At: moment(1), Op: catalog.Updated, Resource: catalog.CatResource, ResourceID: "cat_01jd3m8q4rfxv9s5t7w2y6z8ab", ShelterID: "shl_0", Version: 2, Fields: []string{"name", "description"}}
	}
	return appendLog(tx, b.Context(), changes)
}

func report(b *testing.B) {
	b.Helper()
	b.ReportMetric(float64(b.N*perBatch)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkScanCats scans 40,000 cats.
func BenchmarkScanCats(b *testing.B) {
	const cats = 40_000
	for _, engine := range storetest.Engines() {
		b.Run(engine, func(b *testing.B) {
			s := storetest.NewOn(b, engine)
			shelterNamed(b, s, "shl_0")
			for n := 0; n < cats; n += perBatch {
				write(b, s, func(tx catalog.Tx) error {
					return tx.Cats.SaveCats(b.Context(), realisticCats(1+n, perBatch, "shl_0"), nil)
				})
			}
			b.ReportAllocs()
			for b.Loop() {
				var seen atomic.Int64
				err := s.ScanCats(b.Context(), func(batch []catalog.Cat, _ catalog.LogPosition) error {
					seen.Add(int64(len(batch)))
					return nil
				})
				if err != nil || seen.Load() != cats {
					b.Fatalf("scanned %d of %d cats: %v", seen.Load(), cats, err)
				}
			}
			b.ReportMetric(b.Elapsed().Seconds()*1e6/float64(b.N*cats), "µs/cat")
		})
	}
}

// BenchmarkCat reads single cats.
func BenchmarkCat(b *testing.B) {
	for _, engine := range storetest.Engines() {
		b.Run(engine, func(b *testing.B) {
			s := storetest.NewOn(b, engine)
			shelterNamed(b, s, "shl_0")
			cats := realisticCats(1, 1000, "shl_0")
			write(b, s, func(tx catalog.Tx) error { return tx.Cats.SaveCats(b.Context(), cats, nil) })
			n := 0
			for b.Loop() {
				if _, err := s.Cat(b.Context(), cats[n%len(cats)].ID); err != nil {
					b.Fatal(err)
				}
				n++
			}
		})
	}
}
