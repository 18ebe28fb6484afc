package analysis

import (
	"encoding/binary"
	"errors"
)

// AppendTo appends all stems and terms to dst, for ReadFrom.
func (d *TermDictionary) AppendTo(dst []byte) []byte {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.terms.appendTo(d.stems.appendTo(dst))
}

func (in *interner) appendTo(dst []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(in.len()))
	for number := range uint32(in.len()) {
		term := in.term(number)
		dst = append(binary.AppendUvarint(dst, uint64(len(term))), term...)
		dst = binary.AppendUvarint(dst, uint64(in.payload(number)))
	}
	return dst
}

var errMalformed = errors.New("malformed terms")

// ReadFrom adds the stems and terms of a dictionary that AppendTo appended to a new one, so
// that their numbers are the same.
func (d *TermDictionary) ReadFrom(saved []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	rest, err := readTerms(saved, &d.stems, func(stem []byte, _ uint32) { d.stems.add(stem, 0) })
	if err != nil {
		return err
	}
	rest, err = readTerms(rest, &d.terms, d.addTerm)
	if err == nil && len(rest) > 0 {
		err = errMalformed
	}
	return err
}

// readTerms reads what interner.appendTo appended, and calls add for each term that the
// interner does not have yet; those that it has must be the same.
func readTerms(saved []byte, in *interner, add func(term []byte, payload uint32)) (rest []byte, err error) {
	failed := false
	uvarint := func() uint64 {
		n, size := binary.Uvarint(saved)
		if failed = failed || size <= 0; failed {
			return 0
		}
		saved = saved[size:]
		return n
	}
	known := uint64(in.len())
	count := uvarint()
	for number := uint64(0); number < count && !failed; number++ {
		length := uvarint()
		if length > uint64(len(saved)) {
			return nil, errMalformed
		}
		term := saved[:length]
		saved = saved[length:]
		payload := uint32(uvarint())
		switch {
		case failed:
		case number >= known:
			add(term, payload)
		case string(in.term(uint32(number))) != string(term) || in.payload(uint32(number)) != payload:
			return nil, errMalformed
		}
	}
	if failed || count < known {
		return nil, errMalformed
	}
	return saved, nil
}
