//go:build bench

package bench

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"trailcat/internal/store/storetest"
)

// measureProcess starts the real binary, on an empty database and on the full
// one, and takes from it the time until it is ready and the memory it holds.
func measureProcess(t *testing.T, s size, url string, table *table) {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "trailcat")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "trailcat/cmd/trailcat").CombinedOutput(); err != nil {
		t.Fatalf("build the server: %v\n%s", err, out)
	}
	empty := start(t, binary, storetest.PostgresURL(t))
	var ready, busy, resident, settled spread
	for range 3 {
		full := start(t, binary, url)
		ready = append(ready, full.ready.Seconds())
		busy = append(busy, full.busy.Seconds())
		resident = append(resident, (full.resident-empty.resident)/float64(s.cats))
		settled = append(settled, (full.settled-empty.settled)/float64(s.cats))
	}
	table.row("start on Postgres until ready", ready.show("s")+fmt.Sprintf(", %s s CPU of its own", short(busy.median())), fmt.Sprintf("empty database %s s", short(empty.ready.Seconds())), "", "≤ 5 s", ready.median() <= 5)
	table.row("memory a cat: resident, settled", settled.show("bytes"), fmt.Sprintf("empty server %s MB", short(empty.settled/1e6)), "", "≤ 1000 bytes", settled.median() <= 1000)
	table.row("memory a cat: resident, as soon as ready", resident.show("bytes"), fmt.Sprintf("empty server %s MB", short(empty.resident/1e6)), "", "", true)
}

// life is what was seen of one process, in bytes.
type life struct {
	ready    time.Duration
	busy     time.Duration // the processor time it took until then
	resident float64       // when ready
	settled  float64       // after it was asked some and then left alone
}

var address = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// start runs the server until it was measured.
func start(t *testing.T, binary, url string) life {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	command := exec.CommandContext(ctx, binary, "serve", "--database", url, "--listen", "127.0.0.1:0", "--rate-limit", "0", "--log-level", "error")
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 20 * time.Second
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { stop(); _ = command.Wait() }() // it ends by a signal, which is an error to Wait
	lines := bufio.NewReader(out)
	base := ""
	for base == "" {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("the server never was ready: %v", err)
		}
		base = address.FindString(line)
	}
	l := life{ready: time.Since(began), busy: busyOf(t, command.Process.Pid), resident: residentOf(t, command.Process.Pid), settled: 0}
	get(t, base+"/readyz")
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	for i := range 300 { // its garbage is collected as it works
		get(t, base+"/v1/cats?limit=100&order=random&seed="+strconv.Itoa(i+1))
	}
	time.Sleep(5 * time.Second) // what is free goes back to the system little by little
	l.settled = residentOf(t, command.Process.Pid)
	return l
}

// busyOf is the processor time that a process has used, which Linux counts in hundredths.
func busyOf(t *testing.T, pid int) time.Duration {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(stat), ") ")
	ticks := 0
	for _, field := range strings.Fields(after)[11:13] { // utime and stime
		n, err := strconv.Atoi(field)
		if err != nil {
			t.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// residentOf is the memory of a process as the system counts it.
func residentOf(t *testing.T, pid int) float64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == "VmRSS:" {
			kb, err := strconv.ParseFloat(fields[1], 64)
			if err != nil {
				t.Fatal(err)
			}
			return kb * 1024
		}
	}
	t.Fatal("the system does not tell the memory of a process")
	return 0
}

func get(t *testing.T, url string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	_, err = io.Copy(io.Discard, answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v", url, answer.Status, err)
	}
}
