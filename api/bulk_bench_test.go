package api

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"trailcat/internal/store/storetest"
)

// BenchmarkBulk writes cats over HTTP, 1,000 per request, as JSON, for two partners at once:
// new, changed and unchanged ones. The budget is 10,000 rows per second on Postgres and
// 5,000 on SQLite.
func BenchmarkBulk(b *testing.B) {
	for _, engine := range storetest.Engines() {
		b.Run(engine, func(b *testing.B) {
			api := newServer(b, storetest.NewOn(b, engine), useRealTime)
			server := httptest.NewServer(api)
			b.Cleanup(server.Close)
			both := func(body []byte, want string) {
				var work sync.WaitGroup
				for shelter, key := range map[string]string{"MD1": "writer", "WA1": "other"} {
					work.Go(func() { postBulk(b, server.URL+"/v1/shelters/"+shelter, api.keys[key], body, want) })
				}
				work.Wait()
			}
			for _, what := range []string{"created", "updated", "unchanged"} {
				b.Run(what, func(b *testing.B) {
					n := 0
					for b.Loop() {
						b.StopTimer()
						body := bulkBody(what, n)
						if n++; what == "unchanged" {
							both(body, "")
						}
						b.StartTimer()
						both(body, what)
					}
					b.ReportMetric(float64(2*1000*n)/b.Elapsed().Seconds(), "rows/s")
				})
			}
		})
	}
}

// bulkBody returns 1,000 cats: new ones each time, or the first ones changed.
func bulkBody(what string, n int) []byte {
	var body bytes.Buffer
	body.WriteString(`{"cats":[`)
	for i := range 1000 {
		if i > 0 {
			body.WriteByte(',')
		}
		cat := []byte(bulkCat(i + 1000*n))
		if what == "updated" {
			cat = bytes.Replace([]byte(bulkCat(i)), []byte("A gentle cat"), fmt.Appendf(nil, "%d gentle cats", n+2), 1)
		}
		body.Write(cat)
	}
	body.WriteString(`]}`)
	return body.Bytes()
}

func postBulk(b *testing.B, server, key string, body []byte, want string) {
	b.Helper()
	req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, server+"/cats/bulk-upsert", bytes.NewReader(body))
	if err != nil {
		b.Error(err)
		return
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+key)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		b.Error(err)
		return
	}
	defer func() { _ = res.Body.Close() }()
	said, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK || want != "" && !bytes.Contains(said, fmt.Appendf(nil, `"%s":1000`, want)) {
		b.Errorf("%d %v %s", res.StatusCode, err, said[:min(len(said), 500)])
	}
}
