package api

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"os"
	"strings"
	"testing"

	"trailcat/internal/apitest"
	"trailcat/internal/catalog"
	"trailcat/internal/drawing"
	"trailcat/internal/rating"
)

// ratedCats returns cats of every kind of rating: unrated, on hold, mixed and fully rated.
func ratedCats(t *testing.T) map[string]ratedCat {
	t.Helper()
	rubric := rubricForTest(t)
	impression := catalog.Impression{Overall: "confident", Activities: [4]string{"confident", "mixed", "", "shy"}, Phrases: 3}
	name := "Sir Reginald Fluffington the Third of Derwood and Wimbledon"
	held := []rating.HealthItem{{Code: "ID.CHIP", Status: rating.HealthFail}, {Code: "MED.RABIES", Status: rating.HealthFail}}
	cats := map[string]ratedCat{"on hold": {cat: catalog.Cat{Facts: catalog.Facts{Name: name}}, rating: rubric.Rate(rating.Cat{}, nil, held, rating.DayOf(goldenDay)), impression: impression}}
	for _, golden := range []string{"GC01", "GC03", "GC04", "GC05", "GC07", "GC08", "GC11", "GC12"} {
		cats[golden] = ratedCat{cat: catalog.Cat{Facts: catalog.Facts{Name: name}}, rating: rateGolden(t, rubric, golden), impression: impression}
	}
	return cats
}

// No text of a picture is cut off or runs into another, with the fonts of PNG images.
func TestAdventureImage_TextsHaveSpace(t *testing.T) {
	t.Parallel()

	for name, rated := range ratedCats(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for style, picture := range picturesOf(rated) {
				var boxes []image.Rectangle
				for _, p := range picture.Photos {
					boxes = append(boxes, image.Rect(int(p.X), int(p.Y), int(p.X+p.Width), int(p.Y+p.Height)))
				}
				for i, text := range picture.Texts {
					box := inkOf(t, picture, text)
					if box.Empty() || box.Min.X < 4 || box.Max.X > picture.Width-4 || box.Min.Y < 1 || box.Max.Y > picture.Height-1 {
						t.Errorf("%s: %q covers %v of %d × %d", style, text.Text, box, picture.Width, picture.Height)
					}
					for j, other := range boxes {
						if box.Overlaps(other) {
							t.Errorf("%s: %q runs into %v", style, picture.Texts[i].Text, boxes[j])
						}
					}
					boxes = append(boxes, box)
				}
			}
		})
	}
}

// inkOf returns the part of a picture that a text covers.
func inkOf(t *testing.T, picture drawing.Drawing, text drawing.Text) image.Rectangle {
	t.Helper()
	picture.Shapes, picture.Photos, picture.Texts, picture.Background = nil, nil, []drawing.Text{text}, drawing.Color{}
	img := decodePNG(t, picture, drawing.Canvas{Width: picture.Width, Height: picture.Height})
	var ink image.Rectangle
	for y := range picture.Height {
		for x := range picture.Width {
			if _, _, _, alpha := img.At(x, y).RGBA(); alpha > 0x4000 {
				ink = ink.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return ink
}

func decodePNG(t *testing.T, picture drawing.Drawing, canvas drawing.Canvas) image.Image {
	t.Helper()
	body, err := picture.PNG(canvas)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// The PNG image says what the SVG picture says, in longer lines.
func TestAdventureImage_HasTheWordsOfThePicture(t *testing.T) {
	t.Parallel()

	words := func(d drawing.Drawing) string { return strings.Join(texts(d), " ") }
	for name, rated := range ratedCats(t) {
		rated.cat.Name = "Juniper"
		narrow, wide := newCardPicture(rated, narrowCard, nil).Drawing, newCardPicture(rated, wideCard, nil).Drawing
		if got, want := words(wide), words(narrow); got != want && !strings.Contains(want, "…") {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
}

// Cats that differ in what holds them have different pictures.
func TestAdventureImage_ShowsWhatHoldsTheCat(t *testing.T) {
	t.Parallel()

	rubric := rubricForTest(t)
	seen := map[string]string{}
	for _, code := range []string{"", "ID.CHIP", "MED.RABIES"} {
		var held []rating.HealthItem
		if code != "" {
			held = []rating.HealthItem{{Code: code, Status: rating.HealthFail}}
		}
		rated := ratedCat{cat: catalog.Cat{Facts: catalog.Facts{Name: "Mochi"}}, rating: rubric.Rate(rating.Cat{}, nil, held, rating.DayOf(goldenDay))}
		for _, style := range []string{"card", "badge"} {
			picture := newPicture(rated, style, wideCard, nil)
			body, err := picture.PNG(pictureCanvas(picture, style, false))
			if err != nil {
				t.Fatal(err)
			}
			if other, same := seen[string(body)]; same {
				t.Errorf("held by %q: got the %s of %q", code, style, other)
			}
			seen[string(body)] = code
		}
	}
}

// A name in letters that the fonts lack is replaced, never drawn as empty boxes.
func TestAdventureImage_NamesInOtherScripts(t *testing.T) {
	t.Parallel()

	for name, want := range map[string]string{"Mochi": "Mochi", "Мурка": "Мурка", "ミミ": "Cat 1042", "ミミ (Mimi)": "(Mimi)", "😺": "Cat 1042"} {
		got, err := imageName(catalog.Cat{Number: 1042, Facts: catalog.Facts{Name: name}})
		if err != nil || got != want {
			t.Errorf("%s: got %q, want %q (%v)", name, got, want, err)
		}
	}
}

// Images are PNG of the documented size, in two color schemes, with an ETag that holds as long as the
// image, and the same headers for HEAD.
func TestAdventureImage_IsServed(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	etags := map[string]string{}
	for query, height := range map[string]int{"": 630, "?color_scheme=dark": 630, "?style=badge": 60, "?style=badge&color_scheme=dark": 60, "?as_of=2026-04-30": 630} {
		path := "/v1/cats/1/adventure.png" + query
		rec := get(t, api, path)
		h := rec.Header()
		if rec.Code != http.StatusOK || h.Get("Content-Type") != "image/png" || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Cache-Control") != "public, max-age=300" {
			t.Errorf("%s: got %d with %v", path, rec.Code, h)
		}
		img, err := png.DecodeConfig(rec.Body)
		if err != nil || img.Height != height || height == 630 && img.Width != 1200 {
			t.Errorf("%s: got %d × %d (%v), want %d high", path, img.Width, img.Height, err, height)
		}
		etag := h.Get("ETag")
		if other, same := etags[etag]; same {
			t.Errorf("%q has the ETag of %q", query, other)
		}
		etags[etag] = query
		if again := send(t, api, http.MethodGet, path, "", "", "If-None-Match: "+etag); again.Code != http.StatusNotModified || again.Body.Len() > 0 {
			t.Errorf("%s with its ETag: got %d", path, again.Code)
		}
		if head := send(t, api, http.MethodHead, path, "", ""); head.Code != http.StatusOK || head.Header().Get("ETag") != etag || head.Body.Len() > 0 {
			t.Errorf("HEAD %s: got %d with %v", path, head.Code, head.Header())
		}
	}
	for _, query := range []string{"?color_scheme=blue", "?style=poster", "?width=100000"} {
		if rec := get(t, api, "/v1/cats/1/adventure.png"+query); rec.Code != http.StatusBadRequest {
			t.Errorf("%s: got %d, want 400", query, rec.Code)
		}
	}
}

// The images of the guide are those that the server draws; -update writes them.
func TestAdventureImage_GuideIsCurrent(t *testing.T) {
	t.Parallel()

	rubric := rubricForTest(t)
	for file, image := range map[string]struct {
		golden, cat, style string
		dark               bool
	}{
		"mochi-light":    {"GC11", "Mochi", "card", false},
		"mochi-dark":     {"GC11", "Mochi", "card", true},
		"juniper":        {"GC04", "Juniper", "card", false},
		"juniper-later":  {"GC05", "Juniper, ten weeks later", "card", false},
		"badge-unknown":  {"GC01", "Nobody", "badge", false},
		"badge-ready":    {"GC03", "Biscuit", "badge", false},
		"badge-training": {"GC11", "Mochi", "badge", false},
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			picture := newPicture(ratedCat{cat: catalog.Cat{Facts: catalog.Facts{Name: image.cat}}, rating: rateGolden(t, rubric, image.golden)}, image.style, wideCard, nil)
			got, err := picture.PNG(pictureCanvas(picture, image.style, image.dark))
			if err != nil {
				t.Fatal(err)
			}
			path := "../docs/images/adventure-" + file + ".png"
			if apitest.Update() {
				if err := os.WriteFile(path, got, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !looksEqual(t, got, want) {
				t.Errorf("%s is outdated; write it with -update", path)
			}
		})
	}
}

// looksEqual reports whether two PNG images differ by no more than processors do when they round.
func looksEqual(t *testing.T, x, y []byte) bool {
	t.Helper()
	first, err := png.Decode(bytes.NewReader(x))
	if err != nil {
		t.Fatal(err)
	}
	second, err := png.Decode(bytes.NewReader(y))
	if err != nil {
		t.Fatal(err)
	}
	if first.Bounds() != second.Bounds() {
		return false
	}
	for at := range first.Bounds().Dx() * first.Bounds().Dy() {
		column, row := at%first.Bounds().Dx(), at/first.Bounds().Dx()
		a, b := color.RGBAModel.Convert(first.At(column, row)).(color.RGBA), color.RGBAModel.Convert(second.At(column, row)).(color.RGBA)
		for _, channels := range [][2]uint8{{a.R, b.R}, {a.G, b.G}, {a.B, b.B}, {a.A, b.A}} {
			if max(channels[0], channels[1])-min(channels[0], channels[1]) > 16 {
				return false
			}
		}
	}
	return true
}

func BenchmarkAdventureImage(b *testing.B) {
	rated := ratedCat{cat: catalog.Cat{Facts: catalog.Facts{Name: "Mochi"}}, rating: published(b).Latest().Rate(rating.Cat{}, nil, nil, rating.DayOf(goldenDay))}
	for _, style := range []string{"card", "badge"} {
		b.Run(style, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				picture := newPicture(rated, style, wideCard, nil)
				body, err := picture.PNG(pictureCanvas(picture, style, false))
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(len(body)), "bytes/image")
			}
		})
	}
}
