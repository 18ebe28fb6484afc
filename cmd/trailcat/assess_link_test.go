package main

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"trailcat/internal/store/storetest"
)

// TestAssessLink_OpensTheForm creates a link on the command line, opens it, and revokes the key
// that issued it.
func TestAssessLink_OpensTheForm(t *testing.T) {
	t.Parallel()

	eachDatabase(t, func(t *testing.T, flags ...string) {
		with := func(args ...string) []string { return append(args, flags...) }
		do(t, exitOK, with("partners", "create", "Derwood Cats")...)
		do(t, exitOK, with("shelters", "create", "--name", "Derwood Cats", "--country", "US", "--postal-code", "20855", "--partner", "Derwood Cats")...)
		if _, got := do(t, exitFailed, with("assess-link", "--shelter", "MD1")...); !strings.Contains(got, "trailcat keys create --name assessments --scope assessments:write --partner prt_") {
			t.Errorf("without a key: got %s, want how to create one", got)
		}
		do(t, exitOK, with("keys", "create", "--name", "reader", "--scope", "listings:read", "--partner", "Derwood Cats")...)
		do(t, exitOK, with("keys", "create", "--name", "visits", "--scope", "assessments:write", "--partner", "Derwood Cats")...)
		server, code := serve(t, flags...), filepath.Join(t.TempDir(), "code.svg")
		out, _ := do(t, exitOK, with("assess-link", "--shelter", "MD1", "--role", "volunteer", "--expires", "2h", "--public-url", server.base+"/", "--qr", code)...)
		address := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(server.base) + `(/assess\?token=tc_form_\w+)$`).FindStringSubmatch(out)
		if address == nil {
			t.Fatalf("got %s, want the address of the form", out)
		}
		if svg, err := os.ReadFile(code); err != nil || !strings.HasPrefix(string(svg), "<svg") {
			t.Errorf("the QR code: got %.40s, %v", svg, err)
		}
		if status, body := server.get(t, address[1]); status != http.StatusOK || !strings.Contains(body, "You answer as: Volunteer.") {
			t.Errorf("got %d %.400s, want the form", status, body)
		}
		revoke := regexp.MustCompile(`keys revoke (\w+)`).FindStringSubmatch(out)
		do(t, exitOK, with("keys", "revoke", revoke[1])...)
		if status, body := server.get(t, address[1]); status != http.StatusUnauthorized || !strings.Contains(body, "This link was ended") {
			t.Errorf("with the revoked key: got %d %.400s, want 401", status, body)
		}
		if strings.Contains(server.stderr.String(), "tc_form_") {
			t.Error("the log of the server contains the link")
		}
	})
}

func TestAssessLink_ErrorsSayWhatToDo(t *testing.T) {
	t.Parallel()

	database := storetest.URL(t, "sqlite")
	do(t, exitOK, "shelters", "create", "--name", "Derwood Cats", "--country", "US", "--postal-code", "20855", "--database", database)
	do(t, exitOK, "keys", "create", "--name", "reader", "--scope", "listings:read", "--database", database)
	list, _ := do(t, exitOK, "keys", "list", "--database", database)
	reader := strings.Fields(list)[0]
	for name, tt := range map[string]struct {
		args []string
		want string
	}{
		"unknown shelter":       {[]string{"--shelter", "XX9"}, "XX9"},
		"unknown cat":           {[]string{"--shelter", "MD1", "--cat", "A1"}, "A1"},
		"unknown role":          {[]string{"--shelter", "MD1", "--role", "boss"}, "staff, volunteer, foster"},
		"too long":              {[]string{"--shelter", "MD1", "--expires", "169h"}, "at most 168h"},
		"unknown key":           {[]string{"--shelter", "MD1", "--key", "nothing"}, "trailcat keys list"},
		"key without the scope": {[]string{"--shelter", "MD1", "--key", reader}, "assessments:write"},
	} {
		if _, got := do(t, exitFailed, append([]string{"assess-link", "--database", database}, tt.args...)...); !strings.Contains(got, tt.want) {
			t.Errorf("%s: got %s, want it to contain %s", name, got, tt.want)
		}
	}
}
