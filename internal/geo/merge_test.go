package geo

import (
	"strings"
	"testing"
)

// Countries that are added leave all others as they are, and replace what is known of
// theirs.
func TestWith(t *testing.T) {
	t.Parallel()
	var s Source
	for _, file := range []string{
		"FR\t75001\tParis 01\tÎle-de-France\t11\tParis\t75\tParis\t751\t48.8592\t2.3417\t5\n" +
			"BE\t1000\tBrussel\tBrussels\tBRU\t\t\t\t\t50.85\t4.35\t5\n",
		"2988507\tParis\tParis\t\t48.85341\t2.3488\tP\tPPLC\tFR\t\t11\t75\t751\t75056\t2138551\t\t42\tEurope/Paris\t2024-01-01\n" +
			"6618607\tMont Blanc\tMont Blanc\t\t45.83\t6.86\tT\tMT\tFR\t\t84\t\t\t\t0\t4807\t4702\tEurope/Paris\t2024-01-01\n",
	} {
		if err := s.read(strings.NewReader(file)); err != nil {
			t.Fatal(err)
		}
	}
	base := Default()
	g, err := base.With(s)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"Paris":         "Paris, Île-de-France, FR",
		"Paris, France": "Paris, Île-de-France, FR",
		"Paris, TX":     "Paris, TX, US",
		"75001 Paris":   "Paris 01, Île-de-France 75001, FR",
		"1000, Belgium": "Brussel, Brussels 1000, BE",
	} {
		if got, err := g.Find(text); err != nil || got.String() != want {
			t.Errorf("Find(%s) = %v, %v, want %s", text, got, err, want)
		}
	}
	if got, err := g.Find("Gent, Belgium"); err == nil {
		t.Errorf("Find(Gent, Belgium) = %v, want an error: the file replaces Belgium", got)
	}
	for i := 0; i < len(base.rows); i += 101 {
		want := base.postalPlace(i)
		if want.Country == "BE" {
			continue
		}
		a, _ := base.PostalCode(want.Country, want.PostalCode)
		if b, ok := g.PostalCode(want.Country, want.PostalCode); !ok || a != b {
			t.Fatalf("PostalCode(%s, %s) = %v, want %v", want.Country, want.PostalCode, b, a)
		}
		x, errX := base.Find(want.Label(), want.Country)
		if y, errY := g.Find(want.Label(), want.Country); x != y || (errX == nil) != (errY == nil) {
			t.Fatalf("Find(%s) = %v, %v, want %v, %v", want.Label(), y, errY, x, errX)
		}
	}
}
