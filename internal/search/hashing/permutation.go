package hashing

// Permutation is a pseudo-random order of all integers from Base to
// Base + 2^Bits - 1, determined by a seed. It is computed, not stored: an integer
// has an index and an index has an integer. The index of an integer depends on
// nothing else, so the order is stable while other integers come and go.
type Permutation struct {
	Base int64
	Bits uint8 // from 1 to 63
	Seed int64
}

// rounds is the number of multiply-and-shift rounds.
const rounds = 3

// MaxIndex returns the highest index, 2^Bits - 1.
func (p Permutation) MaxIndex() uint64 { return 1<<p.Bits - 1 }

// multiplier returns the odd factor of a round.
func (p Permutation) multiplier(round int) uint64 {
	return Mix64(uint64(p.Seed)+FibonacciMultiplier*uint64(round+1)) | 1
}

// shift returns about half the bits: x ^= x >> shift is then its own inverse.
func (p Permutation) shift() uint8 { return (p.Bits + 1) / 2 }

// At returns the integer at an index, which is at most MaxIndex.
func (p Permutation) At(index uint64) int64 {
	x := index
	for round := range rounds {
		x = (x*p.multiplier(round) + uint64(p.Seed)>>(8*round)) & p.MaxIndex()
		x ^= x >> p.shift()
	}
	return p.Base + int64(x)
}

// IndexOf returns the index of an integer; ok is false if the integer is outside
// the range.
func (p Permutation) IndexOf(n int64) (index uint64, ok bool) {
	x := uint64(n - p.Base)
	if n < p.Base || x > p.MaxIndex() {
		return 0, false
	}
	for round := rounds - 1; round >= 0; round-- {
		x ^= x >> p.shift()
		x = (x - uint64(p.Seed)>>(8*round)) * inverse(p.multiplier(round)) & p.MaxIndex()
	}
	return x, true
}

// inverse returns the multiplicative inverse of an odd number modulo 2^64 by
// Newton's method; each step doubles the number of correct bits.
func inverse(odd uint64) uint64 {
	x := odd
	for range 5 {
		x *= 2 - odd*x
	}
	return x
}
