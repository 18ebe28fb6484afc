// Package bench measures the speed and memory use of the whole system against
// its budgets, at the size of a national site. Run it with:
//
//	make bench
//
// The measurements are tests with the build tag bench, so that ordinary test
// runs skip them. The package depends on all others. Each result is printed with
// a baseline that was measured alternately on the same machine: only their ratio
// is comparable with other machines. docs/PERFORMANCE.md has the results of a
// run.
package bench
