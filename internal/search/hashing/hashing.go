// Package hashing provides integer hashing: a mixing function, a hash index from
// keys to document ordinals, and a seeded permutation of a range of integers. It
// depends on no other package of this module and does not know what the keys
// stand for.
package hashing

import "encoding/binary"

// FibonacciMultiplier spreads keys over a table: 2^64 divided by the golden ratio.
const FibonacciMultiplier = 0x9E3779B97F4A7C15

// Mix64 returns a hash of x. Close values of x have hashes that differ in the
// low bits, too.
func Mix64(x uint64) uint64 {
	x *= FibonacciMultiplier
	return x ^ x>>32
}

// Head returns the first n bytes of text as a little-endian integer, n at most 8.
// Bytes beyond the end of text count as zero.
func Head(text []byte, n int) uint64 {
	if len(text) >= 8 {
		return binary.LittleEndian.Uint64(text) << (64 - 8*n) >> (64 - 8*n)
	}
	var x uint64
	for i := range min(n, len(text)) {
		x |= uint64(text[i]) << (8 * i)
	}
	return x
}
