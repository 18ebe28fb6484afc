package main

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trailcat/internal/catalog"
	"trailcat/internal/store/storetest"
)

// TestServe_EncryptsTheSecretsOfWebhooks starts servers with and without the key of the
// database, and a wrong one.
func TestServe_EncryptsTheSecretsOfWebhooks(t *testing.T) {
	file := filepath.Join(t.TempDir(), "trailcat.db")
	flags := []string{"--database", "sqlite:" + file}
	do(t, exitOK, append([]string{"migrate", "up"}, flags...)...)
	secret := catalog.NewWebhookSecret([32]byte{7})
	db := storetest.Open(t, "sqlite:"+file)
	if _, err := catalog.New(db, now, newUUID).CreateWebhook(t.Context(), catalog.Webhook{URL: "https://hooks.example.org/", Secret: secret}, 0); err != nil {
		t.Fatal(err)
	}
	right, wrong := strings.Repeat("A", 43)+"=", strings.Repeat("B", 42)+"A="
	inDatabase := func() (stored string) {
		db, err := sql.Open("sqlite", file)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = db.Close() }()
		if err := db.QueryRowContext(t.Context(), "SELECT secret FROM webhooks").Scan(&stored); err != nil {
			t.Fatal(err)
		}
		return stored
	}

	t.Setenv("TRAILCAT_SECRET_KEY", right)
	serve(t, flags...).stop()
	if stored := inDatabase(); stored == secret || !strings.HasPrefix(stored, "aes256gcm:") {
		t.Errorf("the database contains the secret %s, want it encrypted", stored)
	}
	for _, key := range []string{wrong, ""} {
		t.Setenv("TRAILCAT_SECRET_KEY", key)
		if key == "" {
			_ = os.Unsetenv("TRAILCAT_SECRET_KEY") // the rest of the loop would fail
		}
		_, stderr := do(t, exitFailed, append([]string{"serve", "--listen", "127.0.0.1:0"}, flags...)...)
		if !strings.Contains(stderr, "trailcat: --secret-key: The content of whk_") || !strings.Contains(stderr, "add that key to TRAILCAT_SECRET_KEY") {
			t.Errorf("start with the key %q: got %s, want an error that says what to do", key, stderr)
		}
	}
	t.Setenv("TRAILCAT_SECRET_KEY", wrong+","+right)
	serve(t, flags...).stop()
	t.Setenv("TRAILCAT_SECRET_KEY", "none,"+wrong)
	serve(t, flags...).stop()
	if stored := inDatabase(); stored != secret {
		t.Errorf("the database contains the secret %s after --secret-key none, want %s", stored, secret)
	}

	t.Setenv("TRAILCAT_SECRET_KEY", "none,tooshort")
	if _, stderr := do(t, exitUsage, append([]string{"serve"}, flags...)...); !strings.Contains(stderr, "--secret-key: key 2 of 2: expected the base64 of 32 random bytes") || strings.Contains(stderr, "tooshort") {
		t.Errorf("malformed key: got %s, want an error that names the position and not the key", stderr)
	}
}
