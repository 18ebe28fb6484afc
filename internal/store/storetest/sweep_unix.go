//go:build unix

package storetest

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// folderPrefix begins the names of our folders; the id of the process follows.
const folderPrefix = "trailcat-postgres-"

// sweep removes what earlier test processes left behind because their guard was
// killed too.
func sweep(temp string) {
	folders, err := filepath.Glob(filepath.Join(temp, folderPrefix+"*"))
	if err != nil {
		return
	}
	for _, dir := range folders {
		maker, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), folderPrefix), "-")
		if pid, err := strconv.Atoi(maker); err == nil && !lives(pid) && !lives(postmaster(dir)) {
			_ = os.RemoveAll(dir) // another user's folder stays
		}
	}
}

// postmaster is the process of the server in a folder, 0 if it has none.
func postmaster(dir string) int {
	text, err := os.ReadFile(filepath.Join(dir, "data", "postmaster.pid"))
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		return 0
	}
	return pid
}

func lives(pid int) bool {
	return pid > 0 && !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH)
}
