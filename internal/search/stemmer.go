package search

import "sync"

// stemCache remembers the stems of words, since nearly all words of a text come in
// many texts.
type stemCache struct {
	mu    sync.RWMutex
	known map[string]wordStem
}

// wordStem is a word with its stem.
type wordStem struct{ word, stem string }

// maxKnownWords bounds what a stemmer remembers; it begins anew then.
const maxKnownWords = 1 << 17

// append appends the words of a field, and a gap.
func (s *stemCache) append(dst []wordStem, field string) []wordStem {
	var buf [maxTokenLen]byte
	for word := range words(field, &buf) {
		dst = append(dst, s.of(word))
	}
	return append(dst, wordStem{})
}

func (s *stemCache) of(word []byte) wordStem {
	s.mu.RLock()
	known, ok := s.known[string(word)]
	s.mu.RUnlock()
	if ok {
		return known
	}
	known = wordStem{word: string(word), stem: stemOf(string(word))}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.known) >= maxKnownWords {
		clear(s.known)
	}
	s.known[known.word] = known
	return known
}
