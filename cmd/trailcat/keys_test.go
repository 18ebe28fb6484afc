package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"trailcat/api/wire"
	"trailcat/internal/store/storetest"
)

// do runs a command, which must end with the exit code want, and returns its output.
func do(t *testing.T, want int, args ...string) (stdout, stderr string) {
	t.Helper()
	out, errOut := &output{}, &output{}
	if code := run(t.Context(), args, out, errOut); code != want {
		t.Fatalf("%v: got exit code %d, want %d: %s", args, code, want, errOut)
	}
	return out.String(), errOut.String()
}

// TestKeys_CreateUseAndRevoke manages a key while a server is running.
func TestKeys_CreateUseAndRevoke(t *testing.T) {
	t.Parallel()

	eachDatabase(t, func(t *testing.T, flags ...string) {
		with := func(args ...string) []string { return append(args, flags...) }
		do(t, exitOK, with("partners", "create", "Frederick Cats", "--audience", "aggregator")...)
		if list, _ := do(t, exitOK, with("partners", "list")...); !strings.Contains(list, "audience aggregator") {
			t.Errorf("got partners %s, want audience aggregator", list)
		}
		text, _ := do(t, exitOK, with("keys", "create", "--name", "nightly", "--scope", "listings:read,listings:write", "--partner", "Frederick Cats", "--expires", "48h", "--json")...)
		var created wire.KeyWithSecret
		if err := json.Unmarshal([]byte(text), &created); err != nil || created.Key != "tc_live_"+created.ID+"_"+created.Secret {
			t.Fatalf("got %s (%v), want a key tc_live_ID_SECRET", text, err)
		}
		server := serve(t, flags...)
		if code, body := server.getWithKey(t, created.Key, "/v1/me"); code != http.StatusOK || !strings.Contains(body, "Frederick Cats") {
			t.Errorf("with the new key: got %d %s, want 200 and the partner", code, body)
		}
		list, _ := do(t, exitOK, with("keys", "list", "--partner", "Frederick Cats")...)
		if !strings.Contains(list, created.ID) || !strings.Contains(list, "last used") || strings.Contains(list, created.Secret) {
			t.Errorf("got keys %s, want the key, its last use and no secret", list)
		}
		do(t, exitOK, with("keys", "revoke", created.ID)...)
		if code, body := server.getWithKey(t, created.Key, "/v1/me"); code != http.StatusUnauthorized || !strings.Contains(body, "revoked") {
			t.Errorf("with the revoked key: got %d %s, want 401", code, body)
		}
		audit, _ := do(t, exitOK, with("audit")...)
		for _, action := range []string{"create_partner", "create_key", "revoke_key"} {
			if !strings.Contains(audit, `"what":"`+action+`"`) {
				t.Errorf("got audit %s, want an entry %s", audit, action)
			}
		}
		if strings.Contains(audit, created.Secret) || strings.Contains(server.stderr.String(), created.Secret) {
			t.Error("the audit or the server log contains the secret")
		}
	})
}

func TestKeys_ErrorsSayWhatToDo(t *testing.T) {
	t.Parallel()

	database := storetest.URL(t, "sqlite")
	do(t, exitOK, "partners", "create", "Twin", "--database", database)
	do(t, exitOK, "partners", "create", "Twin", "--database", database)
	tests := map[string]struct {
		args []string
		want string
	}{
		"unknown scope":                      {[]string{"create", "--name", "x", "--scope", "listings:wirte"}, "listings:read listings:write"},
		"unknown partner":                    {[]string{"create", "--name", "x", "--scope", "listings:write", "--partner", "Missing"}, `trailcat partners create Missing --database`},
		"ambiguous partner name":             {[]string{"create", "--name", "x", "--scope", "listings:write", "--partner", "Twin"}, "trailcat partners list"},
		"revoking an unknown key":            {[]string{"revoke", "aaaaaaaaaaaaaaaaaaaa"}, "trailcat keys list"},
		"listing keys of an unknown partner": {[]string{"list", "--partner", "Missing"}, "trailcat partners create"},
	}
	for name, tt := range tests {
		_, got := do(t, exitFailed, append(append([]string{"keys"}, tt.args...), "--database", database)...)
		if !strings.Contains(got, tt.want) {
			t.Errorf("%s: got %s, want it to contain %s", name, got, tt.want)
		}
	}
}

func TestKeys_OperatorKeyNeedsNoPartner(t *testing.T) {
	t.Parallel()

	database := storetest.URL(t, "sqlite")
	text, _ := do(t, exitOK, "keys", "create", "--name", "me", "--scope", "admin", "--test", "--database", database)
	if !strings.HasPrefix(text, "tc_test_") || !strings.Contains(text, "trailcat keys revoke ") {
		t.Errorf("got %s, want a test key and how to revoke it", text)
	}
	list, _ := do(t, exitOK, "keys", "list", "--database", database)
	if !strings.Contains(list, "(operator)") || !strings.Contains(list, "test, never used") {
		t.Errorf("got keys %s, want the key, its last use and no secret", list)
	}
}

// TestKeys_ExpireByTheClockOfTheDatabase lists a key with a clock that is ahead.
func TestKeys_ExpireByTheClockOfTheDatabase(t *testing.T) {
	t.Parallel()

	database := storetest.URL(t, "sqlite") // has the clock of the process
	do(t, exitOK, "keys", "create", "--name", "short", "--scope", "admin", "--expires", "1h", "--database", database)
	stdout, stderr := &output{}, &output{}
	p := &process{ctx: t.Context(), stdout: stdout, stderr: stderr, now: func() time.Time { return time.Now().Add(2 * time.Hour) }}
	if code := p.run([]string{"keys", "list", "--database", database}); code != exitOK || !strings.Contains(stdout.String(), "expired ") {
		t.Errorf("got exit code %d and %s %s, want an expired key", code, stdout, stderr)
	}
}
