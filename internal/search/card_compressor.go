package search

import (
	"slices"
	"sync"
)

// cardCompressor shrinks cards. While cards come in it makes better books from some of
// them, a few times; a shrunk card begins with the number of its book.
type cardCompressor struct {
	mu     sync.RWMutex
	pieces []string
	books  []*dictionary
	sample [][]byte
	cards  int // shrunk so far
	next   int // how many cards it takes until there is another book
}

const (
	firstTrainingAt = 512   // cards
	lastTrainingAt  = 20000 // cards; later books would tell nothing new
	sampleSize      = 3000  // cards
)

func newLibrary(pieces []string) *cardCompressor {
	return &cardCompressor{pieces: pieces, books: []*dictionary{newBook(pieces)}, next: firstTrainingAt}
}

// shrink appends a shrunk card to dst. It may be called from many goroutines.
func (l *cardCompressor) shrink(dst, card []byte) []byte {
	l.mu.RLock()
	number := len(l.books) - 1
	book, done := l.books[number], l.next == 0
	l.mu.RUnlock()
	if !done {
		l.observe(card)
	}
	return book.compress(append(dst, byte(number)), card)
}

// observe keeps a card in mind, and makes a book when there are enough.
func (l *cardCompressor) observe(card []byte) {
	l.mu.Lock()
	l.cards++
	if len(l.sample) < sampleSize {
		l.sample = append(l.sample, slices.Clone(card))
	} else if mix64(uint64(l.cards))%4 == 0 {
		l.sample[l.cards%sampleSize] = slices.Clone(card)
	}
	if l.next == 0 || l.cards < l.next {
		l.mu.Unlock()
		return
	}
	sample := l.sample
	if l.next *= 6; l.next > lastTrainingAt {
		l.next = 0
	}
	if l.next == 0 {
		l.sample = nil
	} else {
		sample = slices.Clone(sample)
	}
	l.mu.Unlock()

	made := trainDictionary(l.pieces, sample, 4)
	l.mu.Lock()
	l.books = append(l.books, made)
	l.mu.Unlock()
}

// unfold appends the card to dst.
func (l *cardCompressor) unfold(dst, shrunk []byte) []byte {
	l.mu.RLock()
	book := l.books[shrunk[0]]
	l.mu.RUnlock()
	return book.decompress(dst, shrunk[1:])
}
