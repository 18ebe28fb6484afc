package api

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"trailcat/internal/access"
	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// Twenty identical requests at once to two nodes run once.
func TestIdempotency_ConcurrentRequestsRunOnce(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		api := newServer(t, s)
		before, err := s.Partners(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		answers := make([]*httptest.ResponseRecorder, 20)
		var all sync.WaitGroup
		for i := range answers {
			all.Go(func() {
				answers[i] = send(t, api, http.MethodPost, "/v1/partners", `{"name":"Once"}`, "admin", "Idempotency-Key: the same")
			})
		}
		all.Wait()
		bodies, ran := map[string]bool{}, 0
		for _, got := range answers {
			switch {
			case got.Code == http.StatusCreated:
				bodies[got.Body.String()+got.Header().Get("Location")] = true
				if got.Header().Get("Idempotency-Replayed") == "" {
					ran++
				}
			case got.Code == http.StatusConflict && strings.Contains(got.Body.String(), "idempotency_key_running"):
			default:
				t.Errorf("%d %s", got.Code, got.Body)
			}
		}
		if ran != 1 || len(bodies) != 1 {
			t.Errorf("%d requests ran with %d different responses: %v", ran, len(bodies), bodies)
		}
		after, err := s.Partners(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(after) != len(before)+1 {
			t.Errorf("%d partners were created, want 1", len(after)-len(before))
		}
	})
}

// Temporary errors are not stored, so that a retry runs.
func TestIdempotency_TemporaryErrorsAreNotStored(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	tests := map[string]struct {
		status int
		err    error
		want   bool
	}{
		"made":                    {http.StatusCreated, nil, true},
		"malformed":               {0, &catalog.Error{Kind: catalog.Malformed, Detail: "No."}, true},
		"invalid":                 {0, &catalog.Error{Kind: catalog.Invalid, Detail: "No."}, true},
		"not found":               {0, catalog.NotFoundError("cat", "x"), true},
		"conflict":                {0, &catalog.Error{Kind: catalog.Conflict, Detail: "Later."}, false},
		"unavailable":             {0, &catalog.Error{Kind: catalog.Unavailable, Detail: "Later."}, false},
		"internal error":          {0, errors.New("oh"), false},
		"other response with 503": {http.StatusServiceUnavailable, nil, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			ran := 0
			a := &API{Config: Config{Idempotency: api.store, Now: func() time.Time { return *api.now }, Log: slog.New(slog.DiscardHandler)}, problems: httpkit.NewProblems(slog.New(slog.DiscardHandler), "")}
			e := echo.New()
			e.HTTPErrorHandler = a.problems.Handle
			e.POST("/", func(c echo.Context) error {
				ran++
				c.Set(principalKey, access.Principal{KeyID: name})
				return a.idempotency().Middleware(func(c echo.Context) error {
					if tt.err != nil {
						return tt.err
					}
					return c.NoContent(tt.status)
				})(c)
			})
			first := send(t, e, http.MethodPost, "/", "{}", "", "Idempotency-Key: x")
			again := send(t, e, http.MethodPost, "/", "{}", "", "Idempotency-Key: x")
			if kept := again.Header().Get("Idempotency-Replayed") == "true"; kept != tt.want || again.Code != first.Code || again.Body.String() != first.Body.String() {
				t.Errorf("first %d %s, then %d %s, stored %v; want stored %v", first.Code, first.Body, again.Code, again.Body, kept, tt.want)
			}
		})
	}
}

// A streamed response is sent as it is written, and stored whole.
func TestIdempotency_StreamedResponseIsStoredWhole(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	a := &API{Config: Config{Idempotency: api.store, Now: func() time.Time { return *api.now }, Log: slog.New(slog.DiscardHandler)}, problems: httpkit.NewProblems(slog.New(slog.DiscardHandler), "")}
	var early string
	e := echo.New()
	e.POST("/", func(c echo.Context) error {
		c.Set(principalKey, access.Principal{KeyID: "k"})
		out := c.Response().Writer
		return a.idempotency().Middleware(func(c echo.Context) error {
			c.Response().WriteHeader(http.StatusOK)
			_, _ = c.Response().Write([]byte("one\n"))
			c.Response().Flush()
			early = out.(*httptest.ResponseRecorder).Body.String()
			_, err := c.Response().Write([]byte("two\n"))
			return err
		})(c)
	})
	first := send(t, e, http.MethodPost, "/", "{}", "", "Idempotency-Key: x")
	again := send(t, e, http.MethodPost, "/", "{}", "", "Idempotency-Key: x")
	if early != "one\n" || first.Body.String() != "one\ntwo\n" || again.Body.String() != "one\ntwo\n" {
		t.Errorf("flushed %q, sent %q, replayed %q", early, first.Body, again.Body)
	}
}

func TestIdempotency_KeySyntax(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	for name, want := range map[string]int{
		strings.Repeat("k", 255): http.StatusCreated,
		strings.Repeat("k", 256): http.StatusBadRequest,
		"ключ":                   http.StatusBadRequest,
	} {
		got := send(t, api, http.MethodPost, "/v1/partners", `{"name":"Once"}`, "admin", "Idempotency-Key: "+name)
		if got.Code != want {
			t.Errorf("%s: %d %s, want %d", name, got.Code, got.Body, want)
		}
	}
}

// The repetition of a request whose response has a secret is answered with a complete problem.
func TestIdempotency_RepetitionWithoutTheSecretIsACompleteProblem(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	var got httpkit.Problem
	for range 2 {
		rec := send(t, api, http.MethodPost, "/v1/keys", `{"name":"once","scopes":["listings:read"]}`, "writer", "Idempotency-Key: once")
		got = httpkit.Problem{}
		unmarshal(t, rec, &got)
	}
	if got.Type != "/docs/errors#key_shown_once" || got.Status != http.StatusConflict || got.Title != "Conflict" || got.Instance != "/v1/keys" || got.RequestID == "" {
		t.Errorf("got %+v, want a problem with its type", got)
	}
	writer := keyOf(t, api, "writer").ID
	for range 2 {
		unmarshal(t, send(t, api, http.MethodPost, "/v1/keys/"+writer+"/rotate", "", "writer", "Idempotency-Key: twice"), &got)
	}
	if want := "rotate the key " + writer + " again with a new Idempotency-Key."; !strings.HasSuffix(got.Detail, want) {
		t.Errorf("after a rotation: got %q, want the advice to %s", got.Detail, want)
	}
}
