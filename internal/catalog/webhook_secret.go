package catalog

import (
	"encoding/base64"
	"errors"
	"strings"
)

const webhookSecretPrefix = "whsec_"

// NewWebhookSecret is random bytes as Standard Webhooks writes a secret.
func NewWebhookSecret(random [32]byte) string {
	return webhookSecretPrefix + base64.StdEncoding.EncodeToString(random[:])
}

// CheckWebhookSecret says what is wrong with a secret that somebody brought along.
func CheckWebhookSecret(text string) error {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(text, webhookSecretPrefix))
	if err != nil || !strings.HasPrefix(text, webhookSecretPrefix) || len(key) < 24 || len(key) > 64 {
		return errors.New("is not whsec_ and the base64 of 24 to 64 random bytes")
	}
	return nil
}
