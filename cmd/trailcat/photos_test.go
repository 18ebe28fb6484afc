package main

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// photoHost returns a server whose photos are /1.jpg, /2.jpg and so on, all different.
func photoHost(t *testing.T) (base string, requests *atomic.Int64) {
	t.Helper()
	requests = &atomic.Int64{}
	host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		n, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/"), ".jpg"))
		if n == 0 {
			http.NotFound(w, r)
			return
		}
		_ = jpeg.Encode(w, image.NewGray(image.Rect(0, 0, 700+n, 500)), nil)
	}))
	t.Cleanup(host.Close)
	return host.URL, requests
}

// putPhotos puts cats with one photo each.
func (f importFixture) putPhotos(t *testing.T, server testServer, host string, cats int) {
	t.Helper()
	for i := range cats {
		body := fmt.Sprintf(`{"name":"Cat %d","photos":[{"url":"%s/%d.jpg"}]}`, i, host, i+1)
		status, answer, err := request(t.Context(), http.MethodPut, fmt.Sprintf("%s/v1/shelters/MD1/cats/P%d", server.base, i), f.key, body)
		if err != nil || status >= 300 {
			t.Fatalf("got %d %s (%v)", status, answer, err)
		}
	}
}

// keptPhotos returns the kept photos of cats that the fixture put.
func keptPhotos(t *testing.T, db *store.Store) (kept []catalog.Photo) {
	t.Helper()
	err := db.ScanCats(t.Context(), func(batch []catalog.Cat, _ catalog.LogPosition) error {
		for _, cat := range batch {
			kept = append(kept, slices.DeleteFunc(cat.Photos, func(p catalog.Photo) bool { return p.Hash == "" })...)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

// A server is killed while it fetches photos. Every copy that a cat shows has its files, and the
// next server fetches the rest.
func TestPhotos_KilledServer(t *testing.T) {
	t.Parallel()

	storetest.EachURL(t, func(t *testing.T, url string) {
		const cats = 12
		f := newImportFixtureOn(t, url)
		host, requests := photoHost(t)
		photos := t.TempDir()
		n := newNode(t, f.database, nil)
		n.flags = []string{"--fetch-photos", "--photo-allow", "127.0.0.0/8", "--photo-dir", photos}
		n.start(t)
		n.ready(t)
		f.putPhotos(t, testServer{base: n.base()}, host, cats)
		within(t, "some photos are fetched", func() bool { return requests.Load() > cats/3 })
		n.kill(t)

		db := storetest.Open(t, url)
		check := func() int {
			t.Helper()
			kept := keptPhotos(t, db)
			for _, p := range kept {
				for _, r := range catalog.Renditions(p.Width, p.Height) {
					content, err := os.ReadFile(filepath.Join(photos, p.Hash, fmt.Sprintf("%d.jpg", r.Size)))
					if err != nil {
						t.Errorf("a cat shows a photo without its file: %v", err)
						continue
					}
					if config, err := jpeg.DecodeConfig(bytes.NewReader(content)); err != nil || config.Width != r.Width || config.Height != r.Height {
						t.Errorf("photo %s in size %d: got %d × %d, %v", p.Hash, r.Size, config.Width, config.Height, err)
					}
				}
			}
			return len(kept)
		}
		before := check()
		n.start(t)
		n.ready(t)
		if _, err := db.RefetchPhotos(t.Context(), now(), "", false); err != nil { // as after the leases of the killed server
			t.Fatal(err)
		}
		within(t, "all photos are kept", func() bool { return len(keptPhotos(t, db)) == cats })
		check()
		t.Logf("%d of %d photos were kept when the server was killed", before, cats)
	})
}

// trailcat photos verify finds files that are missing or damaged, and with --repair has them
// fetched again. trailcat photos collect deletes what no cat shows.
func TestPhotos_Commands(t *testing.T) {
	t.Parallel()

	f, photos := newImportFixture(t), t.TempDir()
	host, _ := photoHost(t)
	flags := []string{"--database", f.database, "--photo-dir", photos}
	serving := append([]string{"--fetch-photos", "--photo-allow", "127.0.0.0/8", "--rate-limit", "0"}, flags...)
	server := serve(t, serving...)
	f.putPhotos(t, server, host, 3)
	db := storetest.Open(t, f.database)
	kept := func(n int) []catalog.Photo {
		t.Helper()
		within(t, "photos are kept", func() bool { return len(keptPhotos(t, db)) == n })
		return keptPhotos(t, db)
	}
	first := kept(3)
	do(t, exitOK, append([]string{"photos", "verify"}, flags...)...)

	if err := os.RemoveAll(filepath.Join(photos, first[0].Hash)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(photos, first[1].Hash, "300.jpg"), []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"photos", "verify"}, {"photos", "verify", "--repair"}} {
		out, _ := do(t, exitRejected, append(args, flags...)...)
		for _, want := range []string{first[0].Hash, "is missing", first[1].Hash, "is damaged"} {
			if !strings.Contains(out, want) {
				t.Errorf("%v: got %s, want %q", args, out, want)
			}
		}
		if got, want := strings.Count(out, `"is_refetched":true`), 2*(len(args)-2); got != want || strings.Count(out, "\n") != 2 {
			t.Errorf("%v: got %s, want 2 photos, %d of them fetched again", args, out, want)
		}
	}
	within(t, "the photos are fetched again", func() bool {
		return run(t.Context(), append([]string{"photos", "verify"}, flags...), &output{}, &output{}) == exitOK
	})

	server.stop()
	do(t, exitOK, append([]string{"photos", "collect", "--grace", "0s"}, flags...)...)
	do(t, exitOK, append([]string{"photos", "verify"}, flags...)...)
	out, _ := do(t, exitOK, "photos", "refetch", "--all", "--database", f.database)
	if !strings.HasPrefix(out, "3 photos wait") {
		t.Errorf("refetch --all: got %s", out)
	}
	do(t, exitUsage, "photos", "refetch", "--database", f.database)
}
