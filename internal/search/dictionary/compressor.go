// Package dictionary compresses many short texts that are alike, such as JSON
// objects of one shape, with dictionaries that it trains on the texts themselves.
// Decompression is a copy of a few long substrings. It depends on the packages hashing
// and hugepage of this module and does not know what the texts are.
package dictionary

import (
	"encoding/binary"
	"errors"
	"iter"
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

// AppendTo appends the state of the compressor to dst, for ReadFrom.
func (c *Compressor) AppendTo(dst []byte) []byte {
	c.mu.RLock()
	defer c.mu.RUnlock()
	dst = binary.AppendUvarint(binary.AppendUvarint(dst, uint64(c.texts)), uint64(c.nextTraining))
	dst = appendTexts(dst, c.sample)
	for _, d := range c.dictionaries {
		entries := make([][]byte, 0, d.size())
		for number := numBytes; number < d.size(); number++ {
			entries = append(entries, d.entry(uint16(number)))
		}
		dst = appendTexts(dst, entries)
	}
	return dst
}

// ReadFrom makes a new compressor decompress what the one that AppendTo was called on has
// compressed, and continue where it was.
func (c *Compressor) ReadFrom(state []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := textReader{rest: state}
	c.texts, c.nextTraining = int(r.uvarint()), int(r.uvarint())
	c.sample = nil
	for text := range r.texts() {
		c.sample = append(c.sample, slices.Clone(text))
	}
	c.dictionaries = nil
	for !r.failed && len(r.rest) > 0 {
		d := newDictionary(nil)
		for entry := range r.texts() {
			if _, ok := d.add(entry); !ok {
				r.failed = true
			}
		}
		c.dictionaries = append(c.dictionaries, d)
	}
	if r.failed || len(c.dictionaries) == 0 {
		return errors.New("malformed dictionaries of the compression")
	}
	return nil
}

// appendTexts appends the number of texts, and each text after its length.
func appendTexts(dst []byte, texts [][]byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(texts)))
	for _, text := range texts {
		dst = append(binary.AppendUvarint(dst, uint64(len(text))), text...)
	}
	return dst
}

// textReader reads what appendTexts appended.
type textReader struct {
	rest   []byte
	failed bool
}

func (r *textReader) uvarint() uint64 {
	n, size := binary.Uvarint(r.rest)
	if size <= 0 {
		r.failed = true
		return 0
	}
	r.rest = r.rest[size:]
	return n
}

// texts returns an iterator over the texts. They share the memory of the reader.
func (r *textReader) texts() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for n := r.uvarint(); n > 0 && !r.failed; n-- {
			length := r.uvarint()
			if length > uint64(len(r.rest)) {
				r.failed = true
				return
			}
			text := r.rest[:length]
			r.rest = r.rest[length:]
			if !yield(text) {
				return
			}
		}
	}
}
