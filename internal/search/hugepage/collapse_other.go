//go:build !linux

package hugepage

// Collapse does nothing on this system.
func Collapse([][]byte) {}
