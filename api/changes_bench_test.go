package api

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"trailcat/internal/catalog"
	"trailcat/internal/changefeed"
	"trailcat/internal/store/storetest"
)

// BenchmarkChanges measures a page of 1,000 changes on both engines.
func BenchmarkChanges(b *testing.B) {
	for _, engine := range storetest.Engines() {
		b.Run(engine, func(b *testing.B) {
			api := newServer(b, storetest.NewOn(b, engine))
			home, _ := api.index.ShelterInfo("MD1")
			for round := range 2 {
				for from := 0; from < 2000; from += 500 {
					var edits []catalog.CatUpdate
					for i := range 500 {
						edits = append(edits, cat(fmt.Sprint("B", from+i), fmt.Sprint("Bench ", from+i), 1+i%100, func(f *catalog.Facts) {
							f.Description = fmt.Sprint(round, " A cat like many others, who likes to sit at the window and to be left alone until it is time to eat.")
						}))
					}
					putCats(b, api.catalog, home.ID, edits...)
				}
			}
			head, err := api.store.Head(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			cursor := changefeed.Cursor{Epoch: head.Epoch, Seq: head.Seq - 1500, Start: 0}.Encode()
			for name, query := range map[string]string{"all": "", "filtered": "&age_group=kitten,young,adult", "near": "&near=20850&radius_km=50", "expanded": "&expand=resource"} {
				b.Run(name, func(b *testing.B) {
					for b.Loop() {
						rec := httptest.NewRecorder()
						api.ServeHTTP(rec, httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/v1/changes?limit=1000&cursor="+cursor+query, http.NoBody))
						if rec.Code != http.StatusOK {
							b.Fatal(rec.Code, rec.Body)
						}
					}
				})
			}
		})
	}
}
