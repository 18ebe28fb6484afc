package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trailcat/api/wire"
)

// TestShelters_CreatedOnesAreServed creates shelters while a server is running.
func TestShelters_CreatedOnesAreServed(t *testing.T) {
	t.Parallel()

	eachDatabase(t, func(t *testing.T, flags ...string) {
		with := func(args ...string) []string { return append(args, flags...) }
		server := serve(t, flags...)
		do(t, exitOK, with("partners", "create", "Frederick Cats")...)
		text, _ := do(t, exitOK, with("shelters", "create", "--name", "Derwood Cats", "--country", "us", "--postal-code", "20855", "--partner", "Frederick Cats", "--json")...)
		var shelter wire.Shelter
		if err := json.Unmarshal([]byte(text), &shelter); err != nil {
			t.Fatal(err)
		}
		if shelter.Code != "MD1" || shelter.Address.City != "Derwood" || shelter.PartnerID == nil {
			t.Errorf("got %s, want MD1 in Derwood of a partner", text)
		}
		within(t, "the server has the shelter", func() bool {
			code, _ := server.get(t, "/v1/shelters/"+shelter.ID)
			return code == http.StatusOK
		})

		file := filepath.Join(t.TempDir(), "shelter.json")
		if err := os.WriteFile(file, []byte(`{"name":"Replaced","address":{"postal_code":"98101","country":"US"},"hours":{"monday":"12-5"}}`), 0o600); err != nil {
			t.Fatal(err)
		}
		if text, _ := do(t, exitOK, with("shelters", "create", "--file", file, "--name", "Seattle Cats", "--street", "1 Pike St")...); !strings.HasPrefix(text, "WA1  Seattle Cats  Seattle, WA 98101\n") || !strings.Contains(text, "import FILE --shelter WA1") {
			t.Errorf("got %s, want WA1 and how to import", text)
		}
		if text, _ := do(t, exitOK, with("shelters", "list")...); strings.Count(text, "\n") != 2 || !strings.Contains(text, "Seattle Cats") {
			t.Errorf("got %s, want 2 shelters", text)
		}
	})
}

// TestShelters_InvalidFieldsAreRefused names each invalid field, as the API does.
func TestShelters_InvalidFieldsAreRefused(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"nothing":              {nil, "/name: Must not be empty."},
		"unknown postal code":  {[]string{"--name", "A", "--country", "US", "--postal-code", "00000"}, "/address/postal_code: Unknown postal code"},
		"unknown kind":         {[]string{"--name", "A", "--country", "US", "--postal-code", "20855", "--kind", "shop"}, "/kind: "},
		"long name":            {[]string{"--name", strings.Repeat("a", 201), "--country", "US", "--postal-code", "20855"}, "/name: "},
		"unknown partner":      {[]string{"--name", "A", "--country", "US", "--postal-code", "20855", "--partner", "B"}, `trailcat partners create`},
		"unknown field":        {[]string{"--file", write("unknown.json", `{"nam":"A"}`)}, "/nam: "},
		"address of no object": {[]string{"--file", write("address.json", `{"address":"A"}`), "--city", "B"}, "/address: Expected an object"},
		"no object":            {[]string{"--file", write("null.json", `null`)}, "does not contain a JSON object"},
	} {
		_, stderr := do(t, exitFailed, append([]string{"shelters", "create", "--database", "sqlite:" + filepath.Join(dir, "trailcat.db")}, test.args...)...)
		if !strings.Contains(stderr, test.want) {
			t.Errorf("%s: got %s, want %q", name, stderr, test.want)
		}
	}
}
