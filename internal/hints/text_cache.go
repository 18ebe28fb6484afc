package hints

import (
	"slices"
	"strings"
	"sync"

	lru "github.com/hashicorp/golang-lru/v2"
)

// textKey is everything on which the findings in a text depend, besides the rules.
type textKey struct{ source, text, name string }

// textCache has the findings in the texts that were read last, so that a text that has not
// changed is not read again. It is safe for concurrent use.
type textCache struct {
	entries *lru.Cache[textKey, findings]
}

// The limits of a cache. Texts of 1,000 characters with many hints take 28 MB.
const (
	maxTexts      = 10_000
	maxCachedText = 4 << 10 // bytes; longer texts are read each time
)

var recentTexts = sync.OnceValue(newTextCache)

// Forget drops what was found in texts, so that nothing remains in memory of a listing that
// was erased.
func Forget() { recentTexts().entries.Purge() }

func newTextCache() *textCache {
	entries, _ := lru.New[textKey, findings](maxTexts) // fails only if the size is not positive
	return &textCache{entries}
}

// find appends the findings in a text. It uses buffer for the tokens.
func (c *textCache) find(found findings, rules *ruleSet, buffer []token, key textKey) findings {
	if known, ok := c.entries.Get(key); ok {
		return findings{append(found.hints, known.hints...), append(found.statements, known.statements...)}
	}
	// What is found quotes the text, and must not keep a longer one that contains it.
	key.text, key.name = strings.Clone(key.text), strings.Clone(key.name)
	hints, statements := len(found.hints), len(found.statements)
	found = rules.findInText(found, buffer, key.source, key.text, key.name)
	if len(key.text) <= maxCachedText {
		c.entries.Add(key, findings{slices.Clone(found.hints[hints:]), slices.Clone(found.statements[statements:])})
	}
	return found
}
