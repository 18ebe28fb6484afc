// Package resourcetest is for tests of what happens when resources are scarce: it mounts file
// systems that are soon full, and measures memory. It depends on no other package.
package resourcetest

import "runtime"

// Allocated returns how many bytes are allocated while a function runs, also by other goroutines.
func Allocated(run func()) int {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	run()
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc - before.TotalAlloc)
}

// LiveHeap returns the number of bytes and objects on the heap that are in use. It collects the
// garbage first.
func LiveHeap() (bytes, objects float64) {
	runtime.GC()
	runtime.GC() // frees what finalizers released
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return float64(stats.HeapAlloc), float64(stats.HeapObjects)
}
