package api

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"image"
	"image/color"
	imagedraw "image/draw"
	"image/jpeg"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/drawing"
	"trailcat/internal/hints"
	"trailcat/internal/rating"
)

// For any name of a cat, its pictures are valid XML with a title and a description, and
// contain no markup from the name.
func TestAdventurePicture_IsWellFormed(t *testing.T) {
	t.Parallel()

	rubric := rubricForTest(t)
	names := map[string]string{
		"plain":               "Kenny Chatney",
		"markup":              `</text><script>alert("1")</script>`,
		"quotes":              `"Bo" & 'Ada' <3`,
		"letters of anywhere": "Zoë 猫 😺 قطة",
		"control characters":  "a\x00b\x1bc\ufffed",
		"very long":           strings.Repeat("Maximilian ", 40),
	}
	for name, called := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			for _, golden := range []string{"GC01", "GC03", "GC04", "GC07"} {
				cat, rated := catalog.Cat{Facts: catalog.Facts{Name: called}}, rateGolden(t, rubric, golden)
				for style, picture := range picturesOf(ratedCat{cat: cat, rating: rated}) {
					body, err := picture.SVG()
					if err != nil {
						t.Fatal(err)
					}
					elements := parseXML(t, body)
					if elements["title"] != 1 || elements["desc"] != 1 || elements["script"] != 0 {
						t.Errorf("%s of %s has the elements %v", style, golden, elements)
					}
				}
			}
		})
	}
}

// picturesOf returns the pictures of a cat by style.
func picturesOf(rated ratedCat) map[string]drawing.Drawing {
	return map[string]drawing.Drawing{
		"card": newCardPicture(rated, narrowCard, nil).Drawing, "wide-card": newCardPicture(rated, wideCard, nil).Drawing, "badge": newBadgePicture(rated),
		"photo-card": newCardPicture(rated, narrowCard, samplePhoto()).Drawing, "wide-photo-card": newCardPicture(rated, wideCard, samplePhoto()).Drawing,
	}
}

// samplePhoto returns the JPEG file of a landscape, or that of -photo.
func samplePhoto() []byte {
	if *photoFile != "" {
		if body, err := os.ReadFile(*photoFile); err == nil {
			return body
		}
	}
	landscape := image.NewRGBA(image.Rect(0, 0, 300, 200))
	imagedraw.Draw(landscape, landscape.Rect, image.NewUniform(color.RGBA{200, 90, 60, 255}), image.Point{}, imagedraw.Src)
	var body bytes.Buffer
	_ = jpeg.Encode(&body, landscape, nil) // it can be encoded
	return body.Bytes()
}

// texts returns the texts of a picture but its title.
func texts(d drawing.Drawing) []string {
	return append(wire.MapSlice(d.Texts, func(t drawing.Text) string { return t.Text }), d.Description)
}

// rateGolden returns the rating of a golden case.
func rateGolden(t *testing.T, rubric *rating.Rubric, golden string) rating.Rating {
	t.Helper()
	in := goldenPreview(t, golden)
	var d wire.DateParser
	observations := wire.MapSlice(in.Observations, func(o wire.ObservationDraft) rating.Observation { return o.Observation(&d, 0) })
	wire.AssignObservationIDs(observations)
	health := wire.MapSlice(in.Health, func(h wire.HealthDraft) rating.HealthItem { return h.Item(&d, "") })
	return rubric.Rate(in.Cat.Cat(&d), observations, health, rating.DayOf(goldenDay))
}

func parseXML(t *testing.T, body []byte) map[string]int {
	t.Helper()
	elements := map[string]int{}
	for decoder := xml.NewDecoder(bytes.NewReader(body)); ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return elements
		}
		if err != nil {
			t.Fatalf("%v in:\n%s", err, body)
		}
		if start, ok := token.(xml.StartElement); ok {
			elements[start.Name.Local]++
		}
	}
}

// Pictures have an ETag, and If-None-Match with it gives 304.
func TestAdventurePicture_IsCached(t *testing.T) {
	t.Parallel()

	api, spec := newSQLiteServer(t), loadSpec(t)
	for _, style := range []string{"card", "badge"} {
		path := "/v1/cats/1/adventure.svg?style=" + style
		res, body := fetch(t, api, spec, path)
		if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "image/svg+xml" || !bytes.Contains(body, []byte("Kenny Chatney")) {
			t.Errorf("%s answers %s %v: %s", path, res.Status, res.Header, body)
		}
		parseXML(t, body)
		req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody)
		req.Header.Set("If-None-Match", res.Header.Get("ETag"))
		again := httptest.NewRecorder()
		if api.ServeHTTP(again, req); again.Code != http.StatusNotModified {
			t.Errorf("%s answers %d to who holds it", path, again.Code)
		}
	}
}

var drawInto = flag.String("draw", "", "the folder for pictures of the golden cases, to be looked at")

var photoFile = flag.String("photo", "", "the JPEG file that pictures of -draw show")

// draw writes the card and the badge of a cat, into a temporary folder unless -draw names one.
func draw(t *testing.T, name string, rated ratedCat) {
	t.Helper()
	folder := *drawInto
	if folder == "" {
		folder = t.TempDir()
	}
	for style, picture := range picturesOf(rated) {
		body, err := picture.SVG()
		if err != nil {
			t.Fatal(err)
		}
		files := map[string][]byte{style + ".svg": body}
		for scheme, canvas := range map[string]drawing.Canvas{"light": pictureCanvas(picture, style, false), "dark": pictureCanvas(picture, style, true)} {
			if files[style+"-"+scheme+".png"], err = picture.PNG(canvas); err != nil {
				t.Fatal(err)
			}
		}
		for file, body := range files {
			if err := os.WriteFile(filepath.Join(folder, name+"-"+file), body, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestAdventurePicture_Samples writes pictures of some golden cases; -draw sets the directory.
func TestAdventurePicture_Samples(t *testing.T) {
	t.Parallel()

	rubric := rubricForTest(t)
	for golden, called := range map[string]string{"GC01": "Nobody", "GC03": "Biscuit", "GC04": "Juniper", "GC05": "Juniper, ten weeks later", "GC07": "Pip", "GC11": "Mochi", "GC12": "Sir Reginald Fluffington the Third of Derwood"} {
		draw(t, golden, ratedCat{cat: catalog.Cat{Facts: catalog.Facts{Name: called}}, rating: rateGolden(t, rubric, golden)})
	}
}

// Beside a likely range of many points, a tenth of a point says nothing.
func TestAdventurePicture_HasWholeNumbers(t *testing.T) {
	t.Parallel()

	decimal := regexp.MustCompile(`\d\.\d`)
	rubric := rubricForTest(t)
	for _, golden := range []string{"GC03", "GC04", "GC08", "GC11", "GC12"} {
		cat, rated := catalog.Cat{Facts: catalog.Facts{Name: "Mochi"}}, rateGolden(t, rubric, golden)
		for style, picture := range picturesOf(ratedCat{cat: cat, rating: rated}) {
			for _, text := range texts(picture) {
				if text = strings.ReplaceAll(text, rated.Rubric.Version, ""); decimal.MatchString(text) {
					t.Errorf("%s of %s: got %q, want whole numbers", style, golden, text)
				}
			}
		}
	}
}

// Pictures are for adopters, who cannot observe the cat but can ask.
func TestAdventurePicture_AsksTheShelter(t *testing.T) {
	t.Parallel()

	cat := catalog.Cat{Facts: catalog.Facts{Name: "Nobody"}}
	card := newCardPicture(ratedCat{cat: cat, rating: rateGolden(t, rubricForTest(t), "GC01")}, narrowCard, nil)
	if !strings.Contains(card.Description, "Ask the shelter how the cat takes") || strings.Contains(card.Description, "Look") {
		t.Errorf("got description %q", card.Description)
	}
	for _, row := range card.Rows {
		if !strings.HasPrefix(row.Range, "Ask the shelter ") || len(row.Range) > 48 {
			t.Errorf("got row %q, want a question that fits into the row", row.Range)
		}
	}
}

// Pictures of a cat that nobody assessed say how its listing sounds, and what holds it.
func TestAdventurePicture_HasTheImpression(t *testing.T) {
	t.Parallel()

	rubric := rubricForTest(t)
	day := rating.DayOf(goldenDay)
	impression := catalog.Impression{Overall: "confident", Activities: [4]string{"confident", "mixed", "", "shy"}, Phrases: 3}
	answered := hints.Hint{Trait: "harness_comfort", Level: 4, Source: "traits.leash", Words: "yes", Rule: "field-leash", Answer: "leash trained", Recorded: true}
	said := hints.Hint{Trait: "play_drive", Level: 4, Source: hints.Description, Words: "playful", Rule: "playful"}
	for name, tt := range map[string]struct {
		health         []rating.HealthItem
		impression     catalog.Impression
		hints          []hints.Hint
		badge, row     string
		rowDescription string
	}{
		"nothing is said": {nil, catalog.Impression{}, nil, "not yet assessed", "", "Leash walk: Not yet assessed."},
		"an impression":   {nil, impression, []hints.Hint{said}, "not yet assessed, listing sounds confident", "confident", "Leash walk: Not yet assessed, the listing sounds confident."},
		"a record": {
			nil, impression,
			[]hints.Hint{answered},
			"not yet assessed, shelter's record sounds confident", "confident", "Leash walk: Not yet assessed, the shelter's record sounds confident.",
		},
		"on hold": {
			[]rating.HealthItem{{Code: "ID.CHIP", Status: rating.HealthFail}},
			impression,
			[]hints.Hint{answered, said},
			"on hold: Microchip, listing sounds confident", "confident", "Leash walk: On hold for Microchip, the listing sounds confident.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rated := ratedCat{cat: catalog.Cat{Facts: catalog.Facts{Name: "Juniper"}}, rating: rubric.Rate(rating.Cat{}, nil, tt.health, day), impression: tt.impression, hints: tt.hints}
			card, badge := newCardPicture(rated, narrowCard, nil), newBadgePicture(rated)
			if got := badge.Texts[1].Text; got != tt.badge {
				t.Errorf("badge: got %q, want %q", got, tt.badge)
			}
			if got := card.Rows[0]; got.Impression != tt.row || got.description != tt.rowDescription {
				t.Errorf("card: got impression %q and description %q, want %q and %q", got.Impression, got.description, tt.row, tt.rowDescription)
			}
			if got, want := strings.Contains(card.Description, "The shelter recorded: leash trained."), slices.Contains(tt.hints, answered); got != want {
				t.Errorf("card: got description %q, want the answer: %v", card.Description, want)
			}
			draw(t, strings.ReplaceAll(name, " ", "-"), rated)
		})
	}
}
