//go:build !linux

package files_test

import "testing"

func mountSmall(t *testing.T, _ string) {
	t.Helper()
	t.Skip("needs Linux")
}
