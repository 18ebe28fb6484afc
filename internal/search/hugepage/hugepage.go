// Package hugepage asks the system to back memory by huge pages, so that random access misses
// the processor's address translation less often. It depends on no other package of this module
// and does not know what the memory holds.
package hugepage

import "unsafe"

// Bytes returns the memory of a slice up to its capacity. The elements must not contain
// pointers.
func Bytes[T any](s []T) []byte {
	s = s[:cap(s)]
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), len(s)*int(unsafe.Sizeof(*new(T))))
}
