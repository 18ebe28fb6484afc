package files_test

import (
	"testing"

	"golang.org/x/sys/unix"
)

// mountSmall mounts a file system of 4 MiB at dir until the test ends. It skips the test
// if this process may not mount.
func mountSmall(t *testing.T, dir string) {
	t.Helper()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=4m"); err != nil {
		t.Skipf("a file system cannot be mounted: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
}
