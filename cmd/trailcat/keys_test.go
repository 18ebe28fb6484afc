package main

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"trailcat/api/wire"
)

// do runs a command to its end and returns what it said.
func do(t *testing.T, want int, args ...string) (stdout, stderr string) {
	t.Helper()
	out, complaints := &output{}, &output{}
	if code := run(t.Context(), args, out, complaints); code != want {
		t.Fatalf("%v ends with %d, want %d: %s", args, code, want, complaints)
	}
	return out.String(), complaints.String()
}

// getWith asks with a key and returns the status.
func (r running) getWith(t *testing.T, key, path string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.base+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+key)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// TestAKeyFromItsMakingToItsEnd makes a key beside a running server, uses it, and revokes it.
func TestAKeyFromItsMakingToItsEnd(t *testing.T) {
	t.Parallel()

	eachDatabase(t, func(t *testing.T, flags ...string) {
		with := func(args ...string) []string { return append(args, flags...) }
		do(t, exitOK, with("partners", "create", "Frederick Cats", "--audience", "aggregator")...)
		if list, _ := do(t, exitOK, with("partners", "list")...); !strings.Contains(list, "audience aggregator") {
			t.Errorf("the partner is listed as %s", list)
		}
		text, _ := do(t, exitOK, with("keys", "create", "--name", "nightly", "--scope", "listings:read,listings:write", "--partner", "Frederick Cats", "--expires", "48h", "--json")...)
		var made wire.KeyWithSecret
		if err := json.Unmarshal([]byte(text), &made); err != nil || made.Key != "tc_live_"+made.ID+"_"+made.Secret {
			t.Fatalf("%v: %s", err, text)
		}
		server := serve(t, flags...)
		if code, body := server.getWith(t, made.Key, "/v1/me"); code != http.StatusOK || !strings.Contains(body, "Frederick Cats") {
			t.Errorf("with the new key: %d %s", code, body)
		}
		list, _ := do(t, exitOK, with("keys", "list", "--partner", "Frederick Cats")...)
		if !strings.Contains(list, made.ID) || !strings.Contains(list, "last used") || strings.Contains(list, made.Secret) {
			t.Errorf("the list is %s", list)
		}
		do(t, exitOK, with("keys", "revoke", made.ID)...)
		if code, body := server.getWith(t, made.Key, "/v1/me"); code != http.StatusUnauthorized || !strings.Contains(body, "revoked") {
			t.Errorf("with the revoked key: %d %s", code, body)
		}
		audit, _ := do(t, exitOK, with("audit")...)
		for _, what := range []string{"create_partner", "create_key", "revoke_key"} {
			if !strings.Contains(audit, `"what":"`+what+`"`) {
				t.Errorf("the audit lacks %s: %s", what, audit)
			}
		}
		if strings.Contains(audit, made.Secret) || strings.Contains(server.stderr.String(), made.Secret) {
			t.Error("the secret is told")
		}
	})
}

func TestWrongKeysAreExplained(t *testing.T) {
	t.Parallel()

	database := "sqlite:" + t.TempDir() + "/trailcat.db"
	do(t, exitOK, "partners", "create", "Twin", "--database", database)
	do(t, exitOK, "partners", "create", "Twin", "--database", database)
	tests := map[string]struct {
		args []string
		want string
	}{
		"a scope that is none":           {[]string{"create", "--name", "x", "--scope", "listings:wirte"}, "listings:read listings:write"},
		"a partner that is not there":    {[]string{"create", "--name", "x", "--scope", "listings:write", "--partner", "Nobody"}, `trailcat partners create "Nobody"`},
		"a name that two partners bear":  {[]string{"create", "--name", "x", "--scope", "listings:write", "--partner", "Twin"}, "trailcat partners list"},
		"an end before the beginning":    {[]string{"create", "--name", "x", "--scope", "admin", "--expires=-1h"}, "in the past"},
		"an end to what never began":     {[]string{"revoke", "aaaaaaaaaaaaaaaaaaaa"}, "trailcat keys list"},
		"a list of nobody in particular": {[]string{"list", "--partner", "Nobody"}, "trailcat partners create"},
	}
	for name, tt := range tests {
		_, said := do(t, exitFailed, append(append([]string{"keys"}, tt.args...), "--database", database)...)
		if !strings.Contains(said, tt.want) {
			t.Errorf("%s: %s, want it to say %s", name, said, tt.want)
		}
	}
}

func TestAnOperatorsKeyNeedsNoPartner(t *testing.T) {
	t.Parallel()

	database := "sqlite:" + t.TempDir() + "/trailcat.db"
	text, _ := do(t, exitOK, "keys", "create", "--name", "me", "--scope", "admin", "--test", "--database", database)
	if !strings.HasPrefix(text, "tc_test_") || !strings.Contains(text, "trailcat keys revoke ") {
		t.Errorf("it says %s", text)
	}
	list, _ := do(t, exitOK, "keys", "list", "--database", database)
	if !strings.Contains(list, "(operator)") || !strings.Contains(list, "test, never used") {
		t.Errorf("the list is %s", list)
	}
}
