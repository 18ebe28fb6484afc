package webhook

import (
	"fmt"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// sign is the value of webhook-signature: one signature for each secret, the
// current one first.
func sign(secrets []string, id string, at time.Time, body []byte) (string, error) {
	signatures := make([]string, len(secrets))
	for i, secret := range secrets {
		hook, err := standardwebhooks.NewWebhook(secret)
		if err != nil {
			return "", fmt.Errorf("read secret: %w", err)
		}
		if signatures[i], err = hook.Sign(id, at, body); err != nil {
			return "", fmt.Errorf("sign %s: %w", id, err)
		}
	}
	return strings.Join(signatures, " "), nil
}
