//go:build unix

package photo

import (
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"syscall"
)

const (
	lowPriority = 15      // a few percent of the time of a busy machine, so that photos are processed even then
	maxData     = 1 << 30 // bytes of memory that the process can write to
)

// setProcessGroup makes a process start in a process group of its own, so that it does not receive
// signals of the terminal.
func setProcessGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// limitProcess gives all threads of this process, which must have a process group of its own,
// a low priority and limits its memory. If the machine runs out of memory, Linux ends this
// process first.
func limitProcess() error {
	if runtime.GOOS == "linux" {
		_ = os.WriteFile("/proc/self/oom_score_adj", []byte(strconv.Itoa(1000)), 0) // not allowed in some containers
		if err := syscall.Setrlimit(syscall.RLIMIT_DATA, &syscall.Rlimit{Cur: maxData, Max: maxData}); err != nil {
			return err
		}
	}
	return syscall.Setpriority(syscall.PRIO_PGRP, 0, lowPriority)
}
