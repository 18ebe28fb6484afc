//go:build !linux

package resourcetest

import "testing"

// MountSmall skips the test: small file systems can be mounted on Linux only.
func MountSmall(tb testing.TB, _ string) {
	tb.Helper()
	tb.Skip("needs Linux")
}
