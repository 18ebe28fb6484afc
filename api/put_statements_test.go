package api

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// TestPutCat_TakesAtMostEightStatements counts the SQL statements of whole requests:
// the key, the transaction, and the index, which applies the write from memory.
func TestPutCat_TakesAtMostEightStatements(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		api := newServer(t, s)
		steps := []struct {
			name, body string
			status     int
		}{
			{"create", `{"name":"Ada","description":"Walks on a leash."}`, http.StatusCreated},
			{"update of a fact that ratings depend on", `{"name":"Ada","description":"Hides from dogs."}`, http.StatusOK},
			{"update of another fact", `{"name":"Ada","description":"Hides from dogs.","url":"https://example.org/ada"}`, http.StatusOK},
			{"no change", `{"name":"Ada","description":"Hides from dogs.","url":"https://example.org/ada"}`, http.StatusOK},
		}
		api.do(t.Context(), "writer", http.MethodGet, "/v1/cats", "", nil) // records the use of the key, once a minute
		for i, step := range steps {
			var mu sync.Mutex
			var statements []string
			ctx := store.WithStatementHook(t.Context(), func(sql string) {
				mu.Lock()
				defer mu.Unlock()
				statements = append(statements, sql)
			})
			rec := api.do(ctx, "writer", http.MethodPut, "/v1/shelters/MD1/cats/P1", "application/json", strings.NewReader(step.body))
			if rec.Code != step.status {
				t.Fatalf("%s: got %d %s, want %d", step.name, rec.Code, rec.Body, step.status)
			}
			if len(statements) > 8 {
				t.Errorf("%s: got %d statements, want at most 8:\n%s", step.name, len(statements), strings.Join(statements, "\n"))
			}
			t.Logf("%s: %d statements", step.name, len(statements))
			head, err := s.Head(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if got := api.index.Head().Seq; got != head.Seq {
				t.Errorf("%s: the index is at log number %d, want %d", step.name, got, head.Seq)
			}
			if found := get(t, api, "/v1/cats?shelter=MD1&limit=100").Body.String(); !strings.Contains(found, `"Ada"`) || i > 1 && !strings.Contains(found, "example.org/ada") {
				t.Errorf("%s: the list does not contain the cat as written", step.name)
			}
		}
	})
}
