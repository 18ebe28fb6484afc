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

// measureProcess starts the server binary on an empty and on the full database and
// measures the time until it is ready and its memory.
func measureProcess(t *testing.T, s size, url string, table *table) {
	t.Helper()
	binary := buildServer(t)
	empty := measureStart(t, binary, storetest.PostgresURL(t))
	var startup, cpuTime, resident, settled samples
	for range 3 {
		full := measureStart(t, binary, url)
		startup = append(startup, full.startup.Seconds())
		cpuTime = append(cpuTime, full.cpuTime.Seconds())
		resident = append(resident, (full.resident-empty.resident)/float64(s.cats))
		settled = append(settled, (full.settled-empty.settled)/float64(s.cats))
	}
	table.addRow("start on Postgres until ready", startup.format("s")+fmt.Sprintf(", %s s CPU time", formatNumber(cpuTime.median())), fmt.Sprintf("empty database %s s", formatNumber(empty.startup.Seconds())), "", "", true)
	measureRestart(t, s, binary, url, table)
	table.addRow("memory per cat: resident, settled", settled.format("bytes"), fmt.Sprintf("empty server %s MB", formatNumber(empty.settled/1e6)), "", "≤ 1000 bytes", settled.median() <= 1000)
	table.addRow("memory per cat: resident, when ready", resident.format("bytes"), fmt.Sprintf("empty server %s MB", formatNumber(empty.resident/1e6)), "", "", true)
}

// buildServer returns the name of the server binary.
func buildServer(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "trailcat")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "trailcat/cmd/trailcat").CombinedOutput(); err != nil {
		t.Fatalf("build the server: %v\n%s", err, out)
	}
	return binary
}

// processStats are the measurements of one process. Memory is in bytes.
type processStats struct {
	startup  time.Duration
	cpuTime  time.Duration // until it was ready
	resident float64       // when ready
	settled  float64       // after some requests and a pause
}

var serverURL = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// serverProcess is a running server binary.
type serverProcess struct {
	command *exec.Cmd
	url     string
	startup time.Duration // from its start until it was ready
	stop    func()
}

// startServer starts the server on a database and waits until it is ready. Its log is
// discarded.
func startServer(t *testing.T, binary, databaseURL string, args ...string) serverProcess {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	command := exec.CommandContext(ctx, binary, append([]string{"serve", "--database", databaseURL, "--listen", "127.0.0.1:0", "--rate-limit", "0"}, args...)...)
	command.Env = append(os.Environ(), "TRAILCAT_FETCH_PHOTOS=false") // requests to hosts of photos would be measured, too
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 20 * time.Second
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	started := time.Now()
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	process := serverProcess{command: command, stop: func() { cancel(); _ = command.Wait() }} // Wait reports the signal as an error
	lines := bufio.NewReader(out)
	for process.url == "" {
		line, err := lines.ReadString('\n')
		if err != nil {
			process.stop()
			t.Fatalf("the server did not become ready: %v", err)
		}
		process.url = serverURL.FindString(line)
	}
	process.startup = time.Since(started)
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	return process
}

// measureStart starts the server, measures it and stops it.
func measureStart(t *testing.T, binary, databaseURL string, args ...string) processStats {
	t.Helper()
	process := startServer(t, binary, databaseURL, append(args, "--log-level", "error")...)
	defer process.stop()
	pid, base := process.command.Process.Pid, process.url
	stats := processStats{startup: process.startup, cpuTime: cpuTimeOf(t, pid), resident: residentMemoryOf(t, pid)}
	get(t, base+"/readyz")
	for i := range 300 { // requests trigger garbage collection
		get(t, base+"/v1/cats?limit=100&sort=random&seed="+strconv.Itoa(i+1))
	}
	time.Sleep(5 * time.Second) // free memory is returned to the system gradually
	stats.settled = residentMemoryOf(t, pid)
	return stats
}

// cpuTimeOf returns the CPU time of a process, which Linux reports in hundredths of
// a second.
func cpuTimeOf(t *testing.T, pid int) time.Duration {
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

// get sends a request and discards the response, which must have status 200.
func get(t *testing.T, url string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	_, err = io.Copy(io.Discard, response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: got status %s, error %v", url, response.Status, err)
	}
}
