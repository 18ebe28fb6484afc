package store_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

var keyA, keyB = strings.Repeat("A", 43) + "=", strings.Repeat("B", 42) + "A="

// keyring returns the keyring of keys.
func keyring(t *testing.T, keys ...string) store.Keyring {
	t.Helper()
	k, err := store.ParseKeyring(keys)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// storedSecrets returns the secrets of all webhooks as the database contains them.
func storedSecrets(t *testing.T, s *store.Store) string {
	t.Helper()
	rows, err := s.SQL().QueryContext(t.Context(), "SELECT secret || ' ' || previous_secret FROM webhooks ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for rows.Next() {
		var secrets string
		if err := rows.Scan(&secrets); err != nil {
			t.Fatal(err)
		}
		all = append(all, secrets)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, "\n")
}

// TestKeyring_ReplacesKeysOfStoredSecrets goes from plain secrets to encrypted ones, to
// another key and back.
func TestKeyring_ReplacesKeysOfStoredSecrets(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		first, second := full[catalog.Webhook](t), full[catalog.Webhook](t)
		first.ID, first.Secret, first.PreviousSecret = "whk_1", catalog.NewWebhookSecret([32]byte{1}), catalog.NewWebhookSecret([32]byte{2})
		second.ID, second.Secret, second.PreviousSecret = "whk_2", first.Secret, ""
		saveWebhooks(t, s, first, second)
		plain := storedSecrets(t, s)
		for i, step := range []struct {
			keys    []string
			isPlain bool
		}{
			{nil, true},
			{[]string{keyA}, false},
			{[]string{keyB, keyA}, false},
			{[]string{keyB}, false},
			{[]string{store.NoKey, keyB}, true},
			{nil, true},
		} {
			before := storedSecrets(t, s)
			for range 2 { // the second call finds everything encrypted
				if err := s.SetKeyring(t.Context(), keyring(t, step.keys...)); err != nil {
					t.Fatal(err)
				}
			}
			stored := storedSecrets(t, s)
			if (stored == plain) != step.isPlain || strings.Contains(stored, "whsec_") != step.isPlain {
				t.Errorf("step %d: the database contains %s; want plain secrets: %t", i, stored, step.isPlain)
			}
			if kept := len(step.keys) == 1 && step.keys[0] == keyB; kept && stored != before {
				t.Errorf("step %d: secrets of the first key were encrypted again", i)
			}
			list, err := s.AllWebhooks(t.Context())
			if diff := cmp.Diff([]catalog.Webhook{first, second}, list); err != nil || diff != "" {
				t.Errorf("step %d: error %v (-saved +read):\n%s", i, err, diff)
			}
			saveWebhooks(t, s, second) // also writes with these keys
			got, err := s.Webhook(t.Context(), second.ID)
			if diff := cmp.Diff(second, got); err != nil || diff != "" || strings.Contains(storedSecrets(t, s), "whsec_") != step.isPlain {
				t.Errorf("step %d, saved again: error %v, the database contains %s (-saved +read):\n%s", i, err, storedSecrets(t, s), diff)
			}
		}
	})
}

func TestKeyring_OtherKeyIsAnError(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		if err := s.SetKeyring(t.Context(), keyring(t, keyA)); err != nil {
			t.Fatal(err)
		}
		first, second := full[catalog.Webhook](t), full[catalog.Webhook](t)
		first.ID, second.ID, second.Secret = "whk_1", "whk_2", "whsec_another"
		saveWebhooks(t, s, first, second)
		readable := full[catalog.Webhook](t)
		readable.ID, readable.Secret, readable.PreviousSecret = "whk_3", "", ""
		saveWebhooks(t, s, readable)
		before := storedSecrets(t, s)
		for _, wrong := range []store.Keyring{{}, keyring(t, keyB), keyring(t, store.NoKey)} {
			if err := s.SetKeyring(t.Context(), wrong); err == nil || !strings.Contains(err.Error(), "whk_1 is encrypted with a key that was not given") {
				t.Errorf("SetKeyring = %v, want an error that names the webhook", err)
			}
		}
		if after := storedSecrets(t, s); after != before {
			t.Errorf("got secrets %s after refused keys, want %s", after, before)
		}
		// A secret is bound to its webhook.
		if _, err := s.SQL().ExecContext(t.Context(), "UPDATE webhooks SET secret = (SELECT secret FROM webhooks WHERE id = 'whk_2') WHERE id = 'whk_1'"); err != nil {
			t.Fatal(err)
		}
		w, err := s.Webhook(t.Context(), "whk_1")
		checkKeyMissing(t, err)
		if w.Secret != "" {
			t.Errorf("got secret %q of another webhook, want none", w.Secret)
		}
		list, err := s.AllWebhooks(t.Context())
		checkKeyMissing(t, err)
		if len(list) != 2 || list[0].ID != "whk_2" || list[1].ID != "whk_3" {
			t.Errorf("got webhooks %+v, want the two with secrets of their own", list)
		}
	})
}

func checkKeyMissing(t *testing.T, err error) {
	t.Helper()
	e, ok := errors.AsType[*catalog.Error](err)
	if !ok || e.Kind != catalog.Misconfigured || e.Code != errcode.SecretKeyMissing || !strings.Contains(e.Detail, "whk_1") {
		t.Errorf("got error %v, want %s with the webhook", err, errcode.SecretKeyMissing)
	}
}

func TestParseKeyring_Errors(t *testing.T) {
	t.Parallel()

	for _, text := range []string{"", "secret", keyA[:43], base64.StdEncoding.EncodeToString(make([]byte, 16)), base64.StdEncoding.EncodeToString(make([]byte, 33))} {
		_, err := store.ParseKeyring([]string{keyA, text})
		if err == nil || !strings.Contains(err.Error(), "key 2 of 2: expected the base64 of 32 random bytes") || text != "" && strings.Contains(err.Error(), text) {
			t.Errorf("ParseKeyring(%q) = %v, want an error that names the position and not the key", text, err)
		}
	}
}
