//go:build !linux

package main

import "testing"

func mountSmall(t *testing.T, _ string) {
	t.Helper()
	t.Skip("needs Linux")
}
