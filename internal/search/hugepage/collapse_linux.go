package hugepage

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

const pageSize = 2 << 20 // bytes

// Collapse asks the system to move the contents of memory to huge pages now. It does so for
// those pages of which at least half is in the given ranges, so that the process grows little.
// Memory that the system cannot move stays as it is.
func Collapse(ranges [][]byte) {
	used := map[uintptr]uintptr{} // bytes in the ranges, by page
	for _, r := range ranges {
		from := uintptr(unsafe.Pointer(unsafe.SliceData(r)))
		for to := from + uintptr(len(r)); from < to; {
			next := min(to, (from/pageSize+1)*pageSize)
			used[from/pageSize] += next - from
			from = next
		}
	}
	for page, bytes := range used {
		if bytes >= pageSize/2 {
			_, _, _ = unix.Syscall(unix.SYS_MADVISE, page*pageSize, pageSize, unix.MADV_COLLAPSE) // advice that may be refused
		}
	}
}
