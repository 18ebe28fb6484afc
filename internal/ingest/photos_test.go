package ingest_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/ingest"
)

func hashOf(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:16])
}

// keepText keeps every file but one that says "no photo".
func keepText(m *memory) ingest.KeepPhoto {
	return func(_ context.Context, file []byte) (catalog.KeptPhoto, error) {
		switch string(file) {
		case "no photo":
			return catalog.KeptPhoto{}, catalog.Errorf(catalog.Invalid, errcode.UnsupportedImage, "The file is no photo.")
		case "storage is full":
			return catalog.KeptPhoto{}, catalog.Errorf(catalog.StorageFull, errcode.None, "No space is left.")
		}
		kept := catalog.KeptPhoto{Hash: hashOf(string(file)), BlurHash: "b"}
		m.kept[kept.Hash] = kept
		return kept, nil
	}
}

// Photos beside the table belong to the cats whose rows name them, or whose ID they are named by.
func TestLoad_PhotosOfAZipFile(t *testing.T) {
	t.Parallel()

	const one, two, three = "first", "second", "third"
	files := []string{"photos/One.JPG", one, "two.png", two, "A1-1.jpg", one, "A1-2.jpg", two, "A2.heic", three, "A1-4.jpg", three, "readme.pdf", "…"}
	tests := map[string]struct {
		table  string
		want   map[string]string // photos by cat
		photos int
	}{
		"named": {
			"external_id,name,photo_1,photo_2,photos\nA1,Zoë,one.jpg,https://example.org/x.jpg,two.png|A1-4.jpg\nA2,Mo,C:\\pics\\TWO.PNG,,\nA3,Max,missing.jpg,,\n",
			map[string]string{"A1": one + " https://example.org/x.jpg " + two + " " + three, "A2": two, "A3": ""},
			3,
		},
		"by ID, with empty columns": {"external_id,name,photo_1\nA1,Zoë,\nA2,Mo,\nA3,Max,\n", map[string]string{"A1": one + " " + two, "A2": three, "A3": ""}, 3},
		"by ID, without columns":    {"external_id,name\nA1,Zoë\nA2,Mo\nA3,Max\n", map[string]string{"A1": one + " " + two, "A2": three, "A3": ""}, 3},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			cats, memory := newCatalog()
			file := zipped(t, append([]string{"pets.csv", test.table}, files...)...)
			for _, result := range []string{"created", "unchanged"} {
				d, err := ingest.Read(strings.NewReader(file), format(t, "trailcat"), ingest.Options{Now: now})
				if err != nil {
					t.Fatal(err)
				}
				report := load(t, cats, d.WithPhotos(keepText(memory)))
				if got := map[string]int{"created": report.Created, "unchanged": report.Unchanged}[result]; got != 3 || report.Photos != test.photos || report.IgnoredFiles != 7-test.photos {
					t.Errorf("got %+v, want 3 %s, %d photos and %d ignored files", report, result, test.photos, 7-test.photos)
				}
			}
			for id, want := range test.want {
				var got []string
				for _, p := range memory.cat(t, id).Photos {
					text := p.URL
					for _, content := range []string{one, two, three} {
						if p.Hash == hashOf(content) {
							text = content
						}
					}
					got = append(got, text)
				}
				if strings.Join(got, " ") != want {
					t.Errorf("%s has the photos %v, want %s", id, got, want)
				}
			}
		})
	}
}

// A photo that cannot be read is a warning at its row. Without a place for photos the import
// fails, and nothing of the batch is written.
func TestLoad_PhotosThatAreNotKept(t *testing.T) {
	t.Parallel()

	const table = "external_id,name,photo_1,photo_2\nA1,Zoë,good.jpg,Bad.JPG\nA2,Mo,good.jpg,missing.jpg\nA3,Max,,\n"
	cats, memory := newCatalog()
	d, err := ingest.Read(strings.NewReader(zipped(t, "pets.csv", table, "bad.jpg", "no photo", "good.jpg", "good", "A3.jpg", "no photo")), format(t, "trailcat"), ingest.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	report := load(t, cats, d.WithPhotos(keepText(memory)))
	want := []ingest.ValueWarning{
		{Column: "photo_2", Value: "bad.jpg", Code: errcode.UnsupportedImage, Message: "The file is no photo.", Line: 2, Rows: 1},
		{Column: "photo_2", Value: "missing.jpg", Code: errcode.NotUnderstood, Message: report.Warnings[1].Message, Line: 3, Rows: 1},
		{Column: "", Value: "a3.jpg", Code: errcode.UnsupportedImage, Message: "The file is no photo.", Line: 4, Rows: 1},
	}
	if report.Created != 3 || !slices.Equal(report.Warnings, want) {
		t.Errorf("got %+v, want the warnings %v", report, want)
	}
	if photos := memory.cat(t, "A1").Photos; len(photos) != 1 || photos[0].Hash != hashOf("good") {
		t.Errorf("the cat has %v, want the photo that could be read", photos)
	}

	cats, memory = newCatalog()
	d, err = ingest.Read(strings.NewReader(zipped(t, "pets.csv", table, "bad.jpg", "storage is full")), format(t, "trailcat"), ingest.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	_, err = ingest.Load(t.Context(), cats, shelterID, d.WithPhotos(keepText(memory)), nil)
	if e, ok := errors.AsType[*catalog.Error](err); !ok || e.Kind != catalog.StorageFull || len(memory.cats) > 0 {
		t.Errorf("got %v and %d cats, want an error that the storage is full and none", err, len(memory.cats))
	}
}

// A photo that several rows name is read and kept once.
func TestLoad_PhotoOfSeveralRows(t *testing.T) {
	t.Parallel()

	const table = "external_id,name,photo_1\nA1,Zoë,shared.jpg\nA2,Mo,shared.jpg\nA3,Max,SHARED.jpg\n"
	cats, memory := newCatalog()
	d, err := ingest.Read(strings.NewReader(zipped(t, "pets.csv", table, "shared.jpg", "shared")), format(t, "trailcat"), ingest.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	calls := 0
	keep := func(ctx context.Context, file []byte) (catalog.KeptPhoto, error) {
		calls++
		return keepText(memory)(ctx, file)
	}
	report := load(t, cats, d.WithPhotos(keep))
	if calls != 1 || report.Created != 3 || report.Photos != 1 {
		t.Errorf("got %d calls and %+v, want 1 for 3 cats", calls, report)
	}
	for _, id := range []string{"A1", "A2", "A3"} {
		if photos := memory.cat(t, id).Photos; len(photos) != 1 || photos[0].Hash != hashOf("shared") {
			t.Errorf("%s has %v", id, photos)
		}
	}
}
