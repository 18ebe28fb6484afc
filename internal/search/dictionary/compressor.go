// Package dictionary compresses many short texts that are alike, such as JSON
// objects of one shape, with dictionaries that it trains on the texts themselves.
// Decompression is a copy of a few long substrings. It depends on the packages hashing
// and hugepage of this module and does not know what the texts are.
package dictionary

import (
	"slices"
	"sync"

	"trailcat/internal/search/hashing"
	"trailcat/internal/search/hugepage"
)

// Compressor compresses texts. While texts arrive it trains better dictionaries on
// a sample of them, a few times; a compressed text starts with the number of its
// dictionary. It is safe for concurrent use.
type Compressor struct {
	mu           sync.RWMutex
	entries      []string
	dictionaries []*dictionary
	sample       [][]byte
	texts        int // compressed so far, while training
	nextTraining int // the number of texts that triggers it; 0 if training is finished
}

const (
	firstTrainingAt = 512   // texts
	lastTrainingAt  = 20000 // texts; later trainings would not improve the compression
	sampleSize      = 3000  // texts
	minPairCount    = 4     // in the sample
)

// NewCompressor returns a compressor whose first dictionary has the given entries:
// substrings that are known to be frequent.
func NewCompressor(entries []string) *Compressor {
	return &Compressor{entries: entries, dictionaries: []*dictionary{newDictionary(entries)}, nextTraining: firstTrainingAt}
}

// Compress appends the compressed text to dst.
func (c *Compressor) Compress(dst, text []byte) []byte {
	c.mu.RLock()
	number := len(c.dictionaries) - 1
	d, trained := c.dictionaries[number], c.nextTraining == 0
	c.mu.RUnlock()
	if !trained {
		c.observe(text)
	}
	return d.compress(append(dst, byte(number)), text)
}

// observe adds a text to the sample, and trains a dictionary when it is due.
func (c *Compressor) observe(text []byte) {
	c.mu.Lock()
	c.texts++
	if len(c.sample) < sampleSize {
		c.sample = append(c.sample, slices.Clone(text))
	} else if hashing.Mix64(uint64(c.texts))%4 == 0 {
		c.sample[c.texts%sampleSize] = slices.Clone(text)
	}
	if c.nextTraining == 0 || c.texts < c.nextTraining {
		c.mu.Unlock()
		return
	}
	sample := c.sample
	if c.nextTraining *= 6; c.nextTraining > lastTrainingAt {
		c.nextTraining = 0
	}
	if c.nextTraining == 0 {
		c.sample = nil
	} else {
		sample = slices.Clone(sample)
	}
	c.mu.Unlock()

	d := train(c.entries, sample, minPairCount)
	c.mu.Lock()
	c.dictionaries = append(c.dictionaries, d)
	c.mu.Unlock()
}

// Memory returns the memory that Append reads.
func (c *Compressor) Memory() [][]byte {
	c.mu.RLock()
	defer c.mu.RUnlock()
	var memory [][]byte
	for _, d := range c.dictionaries {
		memory = append(memory, d.text, hugepage.Bytes(d.refs))
	}
	return memory
}

// Text is a compressed text. The zero Text is empty.
type Text struct {
	dictionary *dictionary
	compressed []byte
}

// Open returns a compressed text for reading.
func (c *Compressor) Open(compressed []byte) Text {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return Text{dictionary: c.dictionaries[compressed[0]], compressed: compressed[1:]}
}

// Append appends the text to dst. It is safe for concurrent use.
func (t Text) Append(dst []byte) []byte {
	if t.dictionary == nil {
		return dst
	}
	return t.dictionary.decompress(dst, t.compressed)
}
