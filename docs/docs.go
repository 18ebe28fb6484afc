// Package docs contains the guides, which the server shows at /docs. It depends on no other
// package.
package docs

import "embed"

// Files contains the guides in Markdown, and what they show and link to.
//
//go:embed adventure-rating.md aggregators.md assessing.md clients.md errors.md import.md matching-and-outcomes.md operations.md
//go:embed partners.md petfinder.md photos.md privacy.md temperament.md webhooks.md images mirror/main.go
var Files embed.FS
