package store

import (
	"bytes"
	"cmp"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
)

// Keyring encrypts secrets and files that the database contains, with AES-256-GCM. Its
// first key encrypts and all keys decrypt, so that keys can be replaced. The zero Keyring
// encrypts nothing.
type Keyring struct {
	ciphers []cipher.AEAD // nil for NoKey
}

// NoKey takes the place of a key in a Keyring to store secrets as they are.
const NoKey = "none"

// encryptedPrefix begins an encrypted secret. Secrets of Standard Webhooks begin
// otherwise.
const encryptedPrefix = "aes256gcm:"

// ParseKeyring returns a keyring of keys, each the base64 of 32 bytes or NoKey. Its
// errors do not contain the keys.
func ParseKeyring(keys []string) (Keyring, error) {
	var k Keyring
	for i, text := range keys {
		if text == NoKey {
			k.ciphers = append(k.ciphers, nil)
			continue
		}
		key, err := base64.StdEncoding.DecodeString(text)
		if err != nil || len(key) != 32 {
			return Keyring{}, fmt.Errorf("key %d of %d: expected the base64 of 32 random bytes, or %s", i+1, len(keys), NoKey)
		}
		block, err := aes.NewCipher(key)
		if err != nil {
			return Keyring{}, fmt.Errorf("key %d: %w", i+1, err)
		}
		aead, err := cipher.NewGCMWithRandomNonce(block)
		if err != nil {
			return Keyring{}, fmt.Errorf("key %d: %w", i+1, err)
		}
		k.ciphers = append(k.ciphers, aead)
	}
	return k, nil
}

// encrypts reports whether the keyring encrypts what is stored.
func (k Keyring) encrypts() bool { return len(k.ciphers) > 0 && k.ciphers[0] != nil }

// encrypt returns a secret as it is stored in the row with an id. Empty secrets stay
// empty.
func (k Keyring) encrypt(secret, id string) string {
	if !k.encrypts() || secret == "" {
		return secret
	}
	return encryptedPrefix + base64.StdEncoding.EncodeToString(k.ciphers[0].Seal(nil, nil, []byte(secret), []byte(id)))
}

// decrypt returns the secret of a row from what is stored. It accepts secrets that are
// not encrypted. Without the key of one that is, the error has the code
// errcode.SecretKeyMissing.
func (k Keyring) decrypt(stored, id string) (string, error) {
	encoded, encrypted := strings.CutPrefix(stored, encryptedPrefix)
	if !encrypted {
		return stored, nil
	}
	data, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return "", fmt.Errorf("decode the secret of %s: %w", id, err)
	}
	secret, err := k.open(data, id)
	return string(secret), err
}

// encryptPart returns a part of a file as it is stored for the import with an id.
func (k Keyring) encryptPart(part []byte, id string) []byte {
	if !k.encrypts() {
		return part
	}
	return k.ciphers[0].Seal([]byte(encryptedPrefix), nil, part, []byte(id))
}

// decryptPart returns a part of the file of the import with an id from what is stored. Its
// errors are those of decrypt.
func (k Keyring) decryptPart(stored []byte, id string) ([]byte, error) {
	data, encrypted := bytes.CutPrefix(stored, []byte(encryptedPrefix))
	if !encrypted {
		return stored, nil
	}
	return k.open(data, id)
}

// open decrypts data of the row with an id.
func (k Keyring) open(data []byte, id string) ([]byte, error) {
	for _, aead := range k.ciphers {
		if aead == nil {
			continue
		}
		if text, err := aead.Open(nil, nil, data, []byte(id)); err == nil {
			return text, nil
		}
	}
	return nil, catalog.Errorf(catalog.Misconfigured, errcode.SecretKeyMissing,
		"The content of %s is encrypted with a key that was not given to this server. Its operator must add that key to TRAILCAT_SECRET_KEY and restart it.", id)
}

// isCurrent reports whether encrypt would store a secret in this way.
func (k Keyring) isCurrent(stored, id string) bool {
	if !k.encrypts() || stored == "" {
		return !strings.HasPrefix(stored, encryptedPrefix)
	}
	_, err := Keyring{ciphers: k.ciphers[:1]}.decrypt(stored, id)
	return err == nil && strings.HasPrefix(stored, encryptedPrefix)
}

// decryptRow decrypts the secrets of a row.
func (k Keyring) decryptRow(row *webhookRow) error {
	secret, err := k.decrypt(row.Secret, row.ID)
	previous, previousErr := k.decrypt(row.PreviousSecret, row.ID)
	row.Secret, row.PreviousSecret = secret, previous
	return cmp.Or(err, previousErr)
}

// encryptRow encrypts the secrets of a row.
func (k Keyring) encryptRow(row *webhookRow) {
	row.Secret, row.PreviousSecret = k.encrypt(row.Secret, row.ID), k.encrypt(row.PreviousSecret, row.ID)
}

// SetKeyring sets the keys for the secrets of webhooks and the files of imports. It encrypts
// secrets that are stored otherwise, and returns an error if one is encrypted with another
// key; files stay as they are until they are deleted. It must not be called concurrently
// with other methods; other processes may use the database.
func (s *Store) SetKeyring(ctx context.Context, k Keyring) error {
	var rows []webhookRow
	err := s.read(ctx, func(db *gorm.DB) error { return db.Select("id", "secret", "previous_secret").Find(&rows).Error })
	if err != nil {
		return fmt.Errorf("read the secrets of webhooks: %w", err)
	}
	for _, stored := range rows {
		row := stored
		if err := k.decryptRow(&row); err != nil {
			return err
		}
		if k.isCurrent(stored.Secret, stored.ID) && k.isCurrent(stored.PreviousSecret, stored.ID) {
			continue
		}
		k.encryptRow(&row)
		_, err := s.execOnce(ctx, func(db *gorm.DB) *gorm.DB { // changes nothing if another process was faster
			return db.Model(&webhookRow{}).Where("id = ? AND secret = ? AND previous_secret = ?", row.ID, stored.Secret, stored.PreviousSecret).
				UpdateColumns(map[string]any{"secret": row.Secret, "previous_secret": row.PreviousSecret})
		})
		if err != nil {
			return fmt.Errorf("encrypt the secret of %s: %w", row.ID, err)
		}
	}
	s.keyring = k
	return nil
}
