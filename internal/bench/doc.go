// Package bench holds the speed and size of the whole house against its
// budgets, at the size of a national site. Run it with:
//
//	make bench
//
// It is made of tests under the build tag bench, so that no other build or test
// waits for it. It knows every room, and each number it prints stands beside a
// baseline that was measured in the same minutes on the same machine, in turns:
// only their ratio says something elsewhere. docs/PERFORMANCE.md keeps a run.
package bench
