package api

import (
	"compress/gzip"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
)

func sequentialID(n int) string { return fmt.Sprintf("M%d", n) }

// montgomeryCSV returns a file of n cats.
func montgomeryCSV(n int, id func(n int) string) string {
	var b strings.Builder
	b.WriteString("Animal ID,In Date,Pet name,Animal Type,Pet Age,Pet Size,Color,Breed,Sex\n")
	for i := range n {
		fmt.Fprintf(&b, "%s,04/01/2026,*%s,CAT,%d YEARS,MED,BLACK,DOMESTIC SH,S\n", id(i), id(i), 1+i%9)
	}
	return b.String()
}

func readGzip(t *testing.T, path string) string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	r, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// newFileRequest returns a request that uploads a file with a key.
func (s *testServer) newFileRequest(t *testing.T, key, url, file string) *http.Request {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(file))
	req.Header.Set("Authorization", "Bearer "+s.keys[key])
	req.Header.Set("Content-Type", "text/csv")
	return req
}

func (s *testServer) postFile(t *testing.T, key, url, file string) *httptest.ResponseRecorder {
	t.Helper()
	rec := httptest.NewRecorder()
	s.ServeHTTP(rec, s.newFileRequest(t, key, url, file))
	return rec
}

// decodeBody decodes a JSON response.
func decodeBody[T any](t *testing.T, rec *httptest.ResponseRecorder) T {
	t.Helper()
	var out T
	if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil {
		t.Fatalf("%d %s: %v", rec.Code, rec.Body, err)
	}
	return out
}

// listedIDs returns the external ids of a source's listed cats at a shelter.
func (s *testServer) listedIDs(t *testing.T, shelterID, source string) map[string]bool {
	t.Helper()
	ids := map[string]bool{}
	err := s.store.ListedCats(t.Context(), shelterID, func(batch []catalog.Cat) error {
		for _, cat := range batch {
			if cat.Source == source {
				ids[cat.ExternalID] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

func (s *testServer) changes(t *testing.T) []catalog.Change {
	t.Helper()
	changes, err := s.store.Changes(t.Context(), 0, 100_000)
	if err != nil {
		t.Fatal(err)
	}
	return changes
}

// hookedStore calls functions after some of its writes.
type hookedStore struct {
	catalog.Store

	done  atomic.Int64
	after map[int64]func()
}

func (s *hookedStore) Write(ctx context.Context, fn func(catalog.Tx) error) error {
	err := s.Store.Write(ctx, fn)
	if then := s.after[s.done.Add(1)]; then != nil {
		then()
	}
	return err
}

// afterWrites calls functions after some writes, counted from 1.
func afterWrites(s *store.Store, after map[int64]func()) func(*Config) {
	return func(c *Config) {
		var ids atomic.Uint64
		c.Catalog = catalog.New(&hookedStore{Store: s, after: after}, c.Now, func() (id [16]byte) {
			id[0] = 2
			binary.BigEndian.PutUint64(id[8:], ids.Add(1))
			return id
		})
	}
}
