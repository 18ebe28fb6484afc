package ingest_test

import (
	"strings"
	"testing"

	"trailcat/internal/catalog"
	"trailcat/internal/ingest"
)

func auto(t *testing.T, text string) (*ingest.Dataset, error) {
	t.Helper()
	return ingest.Read(strings.NewReader(text), format(t, ingest.Auto), ingest.Options{Now: now})
}

func TestAuto_DetectsEveryRealFile(t *testing.T) {
	t.Parallel()

	for name, file := range files {
		d, err := auto(t, headOf(t, file.path))
		if err != nil || d.Format.Name != file.format {
			t.Errorf("%s: got error %v, want format %s", name, err, file.format)
		}
	}
}

func TestAuto_ReportsFormatAndReason(t *testing.T) {
	t.Parallel()

	d, err := auto(t, "external_id,name\n1,Zoë\n")
	if err != nil {
		t.Fatal(err)
	}
	const want = "trailcat (Trailcat's own CSV or NDJSON), detected by the columns external_id, name"
	if d.DetectedFormat != want {
		t.Errorf("got  %s\nwant %s", d.DetectedFormat, want)
	}
}

func TestAuto_UnknownFile(t *testing.T) {
	t.Parallel()

	tests := map[string]struct{ text, want string }{
		"one column missing": {
			"ID,AnimalName,PrimaryBreed,SecondaryBreed,Sex,Size,Age,Desc,Type,Status,Shots,Altered,NoDogs,NoCats,NoChildren,Housetrained,Declawed,specialNeeds,Mix,photo1\n1\n",
			`The closest format is "petfinder"; missing column "NoKids".`,
		},
		"unknown columns": {"a,b,c\n1,2,3\n", "Its columns are a, b, c."},
		"an empty list":   {`{"animals": []}`, "The file has no rows, so its format cannot be detected. Name the format:"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			_, err := auto(t, test.text)
			if err == nil || !strings.Contains(err.Error(), test.want) || catalog.KindOf(err) != catalog.Malformed {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}
