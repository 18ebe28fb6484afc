package demo_test

import (
	"bytes"
	"context"
	"flag"
	"image/png"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/demo"
	"trailcat/internal/geo"
	"trailcat/internal/photo/imaging"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
	"trailcat/internal/vocab"
)

var drawInto = flag.String("draw", "", "the folder for the pictures, to be looked at")

// No two pictures look alike, as photos of different cats do not.
func TestPictures_LookDifferent(t *testing.T) {
	t.Parallel()
	seen := map[string]catalog.Photo{}
	for _, p := range demo.Pictures() {
		draw := demo.Thumbnail
		if *drawInto != "" {
			draw = demo.Picture.PNG
		}
		file, err := draw(p)
		if err != nil {
			t.Fatal(err)
		}
		kept, err := imaging.Read(file)
		if err != nil {
			t.Fatalf("%s: %v", p.Name, err)
		}
		for name, other := range seen {
			if kept.Photo().LooksLike(other) {
				t.Errorf("%s looks like %s", p.Name, name)
			}
		}
		if kept.PerceptualHash == 0 || seen[p.Name].PerceptualHash != 0 {
			t.Errorf("%s: got no perceptual hash, or two pictures of this name", p.Name)
		}
		seen[p.Name] = kept.Photo()
		if *drawInto != "" {
			if err := os.WriteFile(filepath.Join(*drawInto, p.Name+".png"), file, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(seen) < 24 {
		t.Errorf("got %d pictures, want at least 24", len(seen))
	}
}

func TestPicture_HasItsSizeAndIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	for _, p := range demo.Pictures()[:2] {
		first, err := p.PNG()
		if err != nil {
			t.Fatal(err)
		}
		config, err := png.DecodeConfig(bytes.NewReader(first))
		if err != nil || config.Width != p.Width || config.Height != p.Height {
			t.Errorf("%s: got %d × %d pixels (%v), want %d × %d", p.Name, config.Width, config.Height, err, p.Width, p.Height)
		}
		if again, err := p.PNG(); err != nil || !bytes.Equal(again, first) {
			t.Errorf("%s: the second drawing differs from the first (%v)", p.Name, err)
		}
	}
}

func TestPhotos_ShowTheColorsOfTheCat(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"black": "black", "white": "white", "orange tabby": "orange-tabby", "buff": "orange-tabby", "brown tabby": "brown-tabby", "tabby": "brown-tabby",
		"grey": "gray", "blue cream": "gray", "tuxedo": "tuxedo", "black and white": "tuxedo", "calico": "calico", "dilute calico": "calico",
		"tortie": "tortoiseshell", "torbie": "brown-tabby", "seal point": "siamese", "lynx point": "siamese",
	} {
		colors, _ := vocab.ParseColors(text)
		for seed := range uint64(4) {
			photos := demo.PhotosOf(colors, "", 4, seed)
			urls := map[string]bool{}
			for i, p := range photos {
				urls[p.URL] = true
				if i < 3 && !strings.HasPrefix(p.URL, "https://photos.example.org/"+want+"-") {
					t.Errorf("%s: got photo %s, want %s", text, p.URL, want)
				}
			}
			if len(urls) != 4 {
				t.Errorf("%s: got %v, want 4 different photos", text, photos)
			}
		}
	}
	if got := demo.PhotosOf(vocab.Colors{}, "Siamese", 1, 7)[0].URL; !strings.Contains(got, "/siamese-") {
		t.Errorf("a Siamese of unknown color: got %s", got)
	}
	if got := demo.PhotosOf(vocab.Colors{}, "", 0, 1); len(got) != 0 {
		t.Errorf("no photos: got %v", got)
	}
}

// Cats show the pictures that are kept before they are written, and begin to show those that are
// kept afterwards. They are not fetched.
func TestKeepPictures_CatsShowThem(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.Store) {
		m := newMemory() // numbers the IDs
		c := catalog.New(db, func() time.Time { return today }, func() (id [16]byte) {
			m.numbers["id"]++
			id[15] = byte(m.numbers["id"])
			return id
		})
		pictures := demo.Pictures()
		keep := func(ctx context.Context, file []byte) (catalog.KeptPhoto, error) {
			kept := catalog.KeptPhoto{
				Hash: imaging.Hash(file), MediaType: "image/png", Bytes: 1, Width: 1200, Height: 900,
				BlurHash: "LEHV6nWB2yk8pyo0adR*.7kCMdnj", Color: "#a08060", PerceptualHash: 5, CreatedAt: today,
			}
			return kept, c.SaveKeptPhoto(ctx, kept)
		}
		set := syntheticSet(t, 100, 2, 1)
		if err := demo.KeepPictures(t.Context(), c, pictures[:2], keep, today); err != nil {
			t.Fatal(err)
		}
		if err := set.Write(t.Context(), c, 1, nil); err != nil {
			t.Fatal(err)
		}
		if shown := keptURLs(t, db); len(shown) != 2 {
			t.Errorf("got the kept photos %v, want %s and %s", shown, pictures[0].URL(), pictures[1].URL())
		}
		if err := demo.KeepPictures(t.Context(), c, pictures[:4], keep, today); err != nil {
			t.Fatal(err)
		}
		if shown := keptURLs(t, db); len(shown) != 4 {
			t.Errorf("got the kept photos %v after two more, want 4", shown)
		}
		for {
			due, err := db.LeasePhotoSources(t.Context(), today.AddDate(100, 0, 0), time.Hour, 100, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range due {
				if slices.ContainsFunc(pictures[:4], func(p demo.Picture) bool { return p.URL() == s.URL }) {
					t.Errorf("%s is due, want it never fetched", s.URL)
				}
			}
			if len(due) == 0 {
				break
			}
		}
	})
}

// keptURLs returns the URLs of photos that cats show a copy of.
func keptURLs(t *testing.T, db *store.Store) map[string]bool {
	t.Helper()
	urls := map[string]bool{}
	err := db.ScanCats(t.Context(), func(cats []catalog.Cat, _ catalog.LogPosition) error {
		for _, cat := range cats {
			for _, p := range cat.Photos {
				if p.Hash != "" {
					urls[p.URL] = true
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return urls
}

// With pictures, the cats of the first list have as many of them as they had photos.
func TestLoadListings_PicturesReplacePhotos(t *testing.T) {
	t.Parallel()
	linked, drawn := newMemory(), newMemory()
	load(t, linked, today)
	if _, err := demo.LoadListings(t.Context(), newCatalog(drawn, today), geo.Default(), today, true); err != nil {
		t.Fatal(err)
	}
	listed, err := demo.ListedPictures(t.Context(), today)
	if err != nil {
		t.Fatal(err)
	}
	replaced, used := 0, map[string]bool{}
	for id, want := range linked.facts() {
		got := drawn.facts()[id]
		if len(got.Photos) != len(want.Photos) {
			t.Errorf("%s: got %d photos, want %d", id, len(got.Photos), len(want.Photos))
		}
		if len(got.Photos) > 0 && strings.HasPrefix(got.Photos[0].URL, "https://photos.example.org/") {
			replaced++
			used[got.Photos[0].URL] = true
		}
		got.Photos, want.Photos = nil, nil
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, want %+v", id, got, want)
		}
	}
	for _, p := range listed {
		if !used[p.URL()] {
			t.Errorf("got the picture %s, which no cat has", p.Name)
		}
	}
	if len(listed) != len(used) {
		t.Errorf("got %d pictures to keep, want %d", len(listed), len(used))
	}
	if replaced != montgomeryCats {
		t.Errorf("got %d cats with pictures, want the %d of the first list", replaced, montgomeryCats)
	}
}
