package store_test

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

func codeOf(err error) string {
	if ours, ok := errors.AsType[*catalog.Error](err); ok {
		return string(ours.Code)
	}
	return fmt.Sprint(err)
}

func TestBeginRequest_StartsOnce(t *testing.T) {
	t.Parallel()

	began := moment(1).Add(123456 * time.Nanosecond)
	first := catalog.IdempotentRequest{Holder: "k1", Name: "n", Fingerprint: "f", At: began}
	later := func(after time.Duration) catalog.IdempotentRequest { r := first; r.At = began.Add(after); return r }
	another := later(time.Second)
	another.Fingerprint = "g"
	elsewhere := another
	elsewhere.Holder = "k2"
	answer := catalog.StoredResponse{Status: http.StatusCreated, Header: map[string]string{"Location": "/x"}, Body: []byte(`{"id":"x"}`)}
	tests := map[string]struct {
		ends  bool // the first request gets a response
		again catalog.IdempotentRequest
		want  *catalog.StoredResponse
		code  string
	}{
		"while in progress":                       {false, later(time.Second), nil, "idempotency_key_running"},
		"another body while in progress":          {false, another, nil, "idempotency_key_reused"},
		"after the lease has expired":             {false, later(catalog.RequestLease), nil, "<nil>"},
		"after the response":                      {true, later(time.Second), &answer, "<nil>"},
		"another body after the response":         {true, another, nil, "idempotency_key_reused"},
		"another holder":                          {true, elsewhere, nil, "<nil>"},
		"just before the response expires":        {true, later(catalog.ResponseTTL - time.Second), &answer, "<nil>"},
		"after the response expired":              {true, later(catalog.ResponseTTL), nil, "<nil>"},
		"another body after the response expired": {true, catalog.IdempotentRequest{Holder: "k1", Name: "n", Fingerprint: "g", At: began.Add(catalog.ResponseTTL)}, nil, "<nil>"},
	}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		for name, tt := range tests {
			first, again := first, tt.again
			first.Holder, again.Holder = name+first.Holder, name+again.Holder
			if got, err := s.BeginRequest(ctx, first); got != nil || err != nil {
				t.Fatalf("first request: got %v, %v", got, err)
			}
			if tt.ends {
				if err := s.EndRequest(ctx, first, answer); err != nil {
					t.Fatal(err)
				}
			}
			got, err := s.BeginRequest(ctx, again)
			if diff := cmp.Diff(tt.want, got); diff != "" || codeOf(err) != tt.code {
				t.Errorf("%s: error %v, want %s; (-want +got):\n%s", name, err, tt.code, diff)
			}
		}
	})
}

func TestBeginRequest_ExpiredRequestStoresNoResponse(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		dead := catalog.IdempotentRequest{Holder: "k", Name: "n", Fingerprint: "f", At: moment(1)}
		next := catalog.IdempotentRequest{Holder: "k", Name: "n", Fingerprint: "f", At: moment(1).Add(catalog.RequestLease)}
		for _, run := range []catalog.IdempotentRequest{dead, next} {
			if got, err := s.BeginRequest(ctx, run); got != nil || err != nil {
				t.Fatal(got, err)
			}
		}
		if err := s.EndRequest(ctx, dead, catalog.StoredResponse{Status: http.StatusCreated, Body: []byte("late")}); err != nil {
			t.Fatal(err)
		}
		if err := s.DeleteRequest(ctx, dead); err != nil {
			t.Fatal(err)
		}
		if _, err := s.BeginRequest(ctx, next); codeOf(err) != "idempotency_key_running" {
			t.Errorf("the expired request ended or deleted the one that took it over: %v", err)
		}
		if err := s.DeleteRequest(ctx, next); err != nil {
			t.Fatal(err)
		}
		if got, err := s.BeginRequest(ctx, next); got != nil || err != nil {
			t.Errorf("repeating a deleted request: got %v, %v", got, err)
		}
	})
}

func TestBeginRequest_OneOfManyConcurrentStarts(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		run := catalog.IdempotentRequest{Holder: "k", Name: "n", Fingerprint: "f", At: moment(1)}
		codes := make([]string, 20)
		var all sync.WaitGroup
		for i := range codes {
			all.Go(func() {
				_, err := s.BeginRequest(t.Context(), run)
				codes[i] = codeOf(err)
			})
		}
		all.Wait()
		count := map[string]int{}
		for _, code := range codes {
			count[code]++
		}
		if diff := cmp.Diff(map[string]int{"<nil>": 1, "idempotency_key_running": 19}, count); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if n, err := s.DeleteRequestsBefore(t.Context(), moment(1).Add(time.Hour)); n != 1 || err != nil {
			t.Errorf("deleted %d, error %v; want 1", n, err)
		}
	})
}
