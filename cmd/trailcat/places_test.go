package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// An operator loads the postal codes of a country that is not embedded. Then shelters
// and searches there work as elsewhere.
func TestPlaces_LoadedCountryIsKnown(t *testing.T) {
	t.Parallel()

	const file = "testdata/places_is.txt"
	database := "sqlite:" + filepath.Join(t.TempDir(), "trailcat.db")
	create := []string{"shelters", "create", "--database", database, "--name", "Akureyri Cats", "--country", "Iceland", "--postal-code", "600"}
	if _, stderr := do(t, exitFailed, create...); !strings.Contains(stderr, `Unknown postal code "600" in IS.`) {
		t.Errorf("without the file: got %s, want an unknown postal code", stderr)
	}
	if text, _ := do(t, exitOK, append(create, "--places", file)...); !strings.HasPrefix(text, "IS1  Akureyri Cats  Akureyri, 40 600\n") {
		t.Errorf("got %s, want a shelter in Akureyri", text)
	}
	server := serve(t, "--database", database, "--places", file)
	for path, want := range map[string]string{
		"/v1/shelters?near=101,+Iceland":                   `"label":"Reykjavík, Höfuðborgarsvæðið 101, IS"`,
		"/v1/shelters?near=Akureyri&radius_km=1":           `"code":"IS1"`,
		"/v1/shelters?region=nordurland+eystra&country=IS": `"code":"IS1"`,
		"/v1/places?q=reykjav":                             `"precision":"city"`,
		"/v1/places?q=20850":                               `"label":"Rockville, MD, US"`,
		"/v1/places?q=london":                              `"label":"London, England, GB"`,
	} {
		var code, body string
		within(t, path, func() bool {
			status, got := server.get(t, path)
			code, body = http.StatusText(status), got
			return status == http.StatusOK
		})
		if !strings.Contains(body, want) {
			t.Errorf("%s: got %s %s, want %s", path, code, body, want)
		}
	}
}

func TestPlaces_ErrorsNameLineAndColumn(t *testing.T) {
	t.Parallel()

	good, err := os.ReadFile("testdata/places_is.txt")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, test := range map[string]struct{ text, want string }{
		"latitude": {strings.Replace(string(good), "65.6855", "north", 1), `--places: read ` + filepath.Join(dir, "latitude") + `: line 2: column "latitude": expected degrees from -90 to 90, got "north"`},
		"columns":  {"country,code\n", "line 1: expected 12 columns separated by tabs"},
		"empty":    {"", "no postal codes or populated places found"},
	} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, stderr := do(t, exitFailed, "shelters", "create", "--database", "sqlite:"+filepath.Join(dir, "trailcat.db"), "--name", "A", "--country", "IS", "--postal-code", "101", "--places", file)
		if !strings.Contains(stderr, test.want) {
			t.Errorf("%s: got %s, want %s", name, stderr, test.want)
		}
	}
}
