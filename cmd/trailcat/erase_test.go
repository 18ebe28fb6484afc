package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"trailcat/api/wire"
	"trailcat/internal/store/storetest"
)

// TestErase_ServedCatIsGone erases a cat and a shelter while a server is running. The
// database and the server's responses then have nothing of them.
func TestErase_ServedCatIsGone(t *testing.T) {
	t.Parallel()

	eachDatabase(t, func(t *testing.T, flags ...string) {
		with := func(args ...string) []string { return append(args, flags...) }
		server := serve(t, append(flags, "--demo")...)
		cat := firstCat(t, server)
		if _, message := do(t, exitFailed, with("erase", "cat", cat.ID)...); !strings.Contains(message, cat.Name) || !strings.Contains(message, "--yes") {
			t.Errorf("without a terminal: got %q, want the name of the cat and --yes", message)
		}
		if text, _ := do(t, exitOK, with("erase", "cat", cat.ID, "--yes")...); !strings.Contains(text, "erased the cat "+cat.ID) {
			t.Errorf("got %q, want what was erased", text)
		}
		within(t, "the server answers 410", func() bool {
			code, body := server.get(t, "/v1/cats/"+cat.ID)
			return code == http.StatusGone && strings.Contains(body, `"erased"`)
		})
		if text, _ := do(t, exitOK, with("erase", "cat", cat.ID, "--yes")...); !strings.Contains(text, "nothing to erase") {
			t.Errorf("again: got %q, want nothing to erase", text)
		}
		do(t, exitOK, with("erase", "shelter", cat.ShelterID, "--yes")...)
		within(t, "the server has no page with the shelter", func() bool {
			code, _ := server.get(t, "/v1/shelters/"+cat.ShelterID)
			_, list := server.get(t, "/v1/shelters?limit=100")
			return code == http.StatusGone && !strings.Contains(list, cat.ShelterID)
		})
		if list, _ := do(t, exitOK, with("shelters", "list")...); strings.Contains(list, cat.Attribution.ShelterName) {
			t.Errorf("got %q in the list of shelters, want no erased shelter", list)
		}
		within(t, "the database has nothing of the shelter", func() bool {
			return len(storetest.Find(t, flags[1], cat.Attribution.ShelterName)) == 0
		})
	})
}

// TestErase_Addresses says which addresses to erase.
func TestErase_Addresses(t *testing.T) {
	t.Parallel()

	database := []string{"--database", storetest.URL(t, "sqlite")}
	for _, test := range []struct {
		args, want string
		code       int
	}{
		{"", "--all", exitFailed},
		{"--all --address 192.0.2.1", "--all", exitFailed},
		{"--address cat", "IP address", exitFailed},
		{"--address 192.0.2.1 --before 2026-05-01", "192.0.2.1 from before 2026-05-01", exitOK},
		{"--all", "all IP addresses", exitOK},
	} {
		stdout, stderr := do(t, test.code, append(append([]string{"erase", "addresses", "--yes"}, strings.Fields(test.args)...), database...)...)
		if !strings.Contains(stdout+stderr, test.want) {
			t.Errorf("%s: got %q, want %q", test.args, stdout+stderr, test.want)
		}
	}
}

// firstCat returns the first cat of a page, as GET /v1/cats/{id} returns it.
func firstCat(t *testing.T, server testServer) wire.Cat {
	t.Helper()
	_, text := server.get(t, "/v1/cats?limit=1&sort=oldest")
	var page struct{ Data []struct{ ID string } }
	if err := json.Unmarshal([]byte(text), &page); err != nil || len(page.Data) == 0 {
		t.Fatalf("got %s, want a page with a cat", text)
	}
	_, text = server.get(t, "/v1/cats/"+page.Data[0].ID)
	var cat wire.Cat
	if err := json.Unmarshal([]byte(text), &cat); err != nil {
		t.Fatal(err)
	}
	return cat
}
