//go:build bench

package bench

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// watchPeak measures something at an interval until peak is called, which returns the highest
// value.
func watchPeak(interval time.Duration, measure func() float64) (peak func() float64) {
	highest := measure()
	done := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(interval):
				highest = max(highest, measure())
			}
		}
	})
	return func() float64 {
		close(done)
		watching.Wait()
		return max(highest, measure())
	}
}

// memoryOf returns the resident memory of a process in bytes, or 0 if it has ended.
func memoryOf(pid int) float64 {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range strings.Lines(string(status)) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == "VmRSS:" {
			kb, _ := strconv.ParseFloat(fields[1], 64)
			return kb * 1024
		}
	}
	return 0
}

// residentMemoryOf returns the resident memory of a running process in bytes.
func residentMemoryOf(t *testing.T, pid int) float64 {
	t.Helper()
	memory := memoryOf(pid)
	if memory == 0 {
		t.Fatal("the system does not report the memory of a process")
	}
	return memory
}
