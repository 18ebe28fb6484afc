package analysis

import (
	"strings"
	"sync"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
)

// stemOf returns the stem of an English word by the Snowball algorithm, with one
// addition: a final double consonant becomes single. Snowball alone stems "purring"
// to pur and leaves purr as it is.
func stemOf(word string) string {
	env := snowballstem.NewEnv(word)
	english.Stem(env)
	stem := env.Current()
	if last := len(stem) - 1; last > 1 && stem[last] == stem[last-1] && strings.IndexByte("bdfgmnprt", stem[last]) >= 0 {
		return stem[:last]
	}
	return stem
}

// StemCache caches the stems of words: nearly all words of a text occur in many
// texts. It is safe for concurrent use.
type StemCache struct {
	mu     sync.RWMutex
	tokens map[string]token
}

// token is a token of a text with its stem. The zero token separates two fields.
type token struct{ text, stem string }

// maxCachedTokens is the number of tokens at which the cache is emptied.
const maxCachedTokens = 1 << 17

// NewStemCache returns an empty cache.
func NewStemCache() *StemCache { return &StemCache{tokens: map[string]token{}} }

// Analyze returns the tokens of a document's fields. After each field it has those that
// the field spells in another way; see Encoder.AppendField.
func (c *StemCache) Analyze(fields []string) *TokenStream {
	var all []token
	var buf [MaxTokenLen]byte
	for _, field := range fields {
		var respelled []token
		for text := range tokens(field, &buf) {
			t := c.token(text)
			words, ok := spellings()[t.stem]
			if !ok {
				all = append(all, t)
				continue
			}
			respelled = append(respelled, t, token{})
			for _, word := range words {
				all = append(all, c.token([]byte(word)))
			}
		}
		all = append(append(all, token{}), respelled...)
	}
	s := &TokenStream{tokens: all, stems: make(map[string]struct{}, len(all))}
	for _, t := range all {
		s.stems[t.stem] = struct{}{}
	}
	return s
}

func (c *StemCache) token(text []byte) token {
	c.mu.RLock()
	known, ok := c.tokens[string(text)]
	c.mu.RUnlock()
	if ok {
		return known
	}
	t := token{text: string(text), stem: stemOf(string(text))}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.tokens) >= maxCachedTokens {
		clear(c.tokens)
	}
	c.tokens[t.text] = t
	return t
}
