package resourcetest

import (
	"testing"

	"golang.org/x/sys/unix"
)

// MountSmall mounts a file system of 4 MiB at dir until the test ends. It skips the test
// if this process may not mount.
func MountSmall(tb testing.TB, dir string) {
	tb.Helper()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=4m"); err != nil {
		tb.Skipf("a file system cannot be mounted: %v", err)
	}
	tb.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			tb.Error(err)
		}
	})
}
