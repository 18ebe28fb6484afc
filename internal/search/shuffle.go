package search

import "math/bits"

// permutation is an order of all numbers from base to base+2^bits-1, made from a
// seed: each number has a place and each place a number. Where a cat stands
// depends on nothing but its number, so the order holds while listings change.
type permutation struct {
	base int64
	bits uint8
	seed int64
}

// rounds is how often a number is stirred.
const rounds = 3

func (s permutation) mask() uint64 { return 1<<s.bits - 1 }

// odd is the odd factor of a round.
func (s permutation) odd(round int) uint64 {
	return mix64(uint64(s.seed)+fibonacciMultiplier*uint64(round+1)) | 1
}

// shift is about half the bits, so that to shift twice leaves nothing.
func (s permutation) shift() uint8 { return (s.bits + 1) / 2 }

// at is which number stands at a place.
func (s permutation) at(place uint64) int64 {
	x := place
	for round := range rounds {
		x = (x*s.odd(round) + uint64(s.seed)>>(8*round)) & s.mask()
		x ^= x >> s.shift()
	}
	return s.base + int64(x)
}

// indexOf is where a number stands, ok if it is one of them.
func (s permutation) indexOf(number int64) (place uint64, ok bool) {
	x := uint64(number - s.base)
	if number < s.base || x > s.mask() {
		return 0, false
	}
	for round := rounds - 1; round >= 0; round-- {
		x ^= x >> s.shift()
		x = (x - uint64(s.seed)>>(8*round)) * inverse(s.odd(round)) & s.mask()
	}
	return x, true
}

// inverse is what undoes multiplication with an odd number, modulo 2^64; each
// step of Newton's doubles the bits that are right.
func inverse(odd uint64) uint64 {
	x := odd
	for range 5 {
		x *= 2 - odd*x
	}
	return x
}

// shuffleOf covers all numbers that cats have now.
func (st *indexData) shuffleOf(seed int64) permutation {
	return permutation{base: st.leastNumber, bits: uint8(max(1, bits.Len64(uint64(st.greatestNumber-st.leastNumber)))), seed: seed}
}
