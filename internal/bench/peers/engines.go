package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// engine is one of the servers that are compared.
type engine struct {
	name    string
	path    func(question) string // the URL of a question without its host; empty if the engine cannot answer it
	parse   func(body []byte) (answer, error)
	ordered bool       // whether cats near a place are sorted by distance
	load    [][]string // commands
	serve   []string   // a command that prints its URL
	data    string     // directory

	loading  time.Duration
	loadCPU  time.Duration
	starting time.Duration
	process  *exec.Cmd
	url      string
}

// engines returns the servers, Trailcat first. Their programs are in dir.
func engines(dir string, size int) []*engine {
	at := func(name string) string { return filepath.Join(dir, name) }
	database := "sqlite:" + at("trailcat-data/trailcat.db")
	program := func(name string, path func(question) string, command ...string) *engine {
		data := at(name + "-data")
		return &engine{
			name: name, path: path, parse: parseAnswer, ordered: true, data: data,
			load:  [][]string{append(command, "load", at("cats.ndjson"), data)},
			serve: append(append([]string{}, command...), "serve", data),
		}
	}
	pocketBase := program("PocketBase", question.pocketBasePath, at("pocketbase"))
	pocketBase.parse, pocketBase.ordered = parsePocketBase, false
	return []*engine{
		{
			name: "Trailcat", path: question.trailcatPath, parse: parseAnswer, ordered: true, data: at("trailcat-data"),
			load: [][]string{
				{at("trailcat"), "demo", "--database", database, "--cats", strconv.Itoa(size), "--shelters", strconv.Itoa(max(10, size*1100/400_000)), "--seed", "1"},
				{at("trailcat"), "recompute-ratings", "--database", database}, // otherwise the server does it after a minute
			},
			serve: []string{at("trailcat"), "serve", "--database", database, "--listen", "127.0.0.1:0", "--rate-limit", "0"},
		},
		program("Lucene", question.path, "java", "-Xmx1g", "--enable-native-access=ALL-UNNAMED", "-cp", at("lucene/classes")+":"+at("lucene/dependency/*"), "Server"),
		pocketBase,
		program("Bleve", question.path, at("bleve")),
	}
}

// fill loads the cats and measures it.
func (e *engine) fill(ctx context.Context) error {
	started := time.Now()
	for _, args := range e.load {
		command := exec.CommandContext(ctx, args[0], args[1:]...)
		if out, err := command.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: load: %w\n%s", e.name, err, out)
		}
		e.loadCPU += command.ProcessState.UserTime() + command.ProcessState.SystemTime()
	}
	e.loading = time.Since(started)
	return nil
}

var serverURL = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// start starts the server, which runs until ctx ends.
func (e *engine) start(ctx context.Context) error {
	started := time.Now()
	e.process = exec.CommandContext(ctx, e.serve[0], e.serve[1:]...)
	out, err := e.process.StdoutPipe()
	if err != nil {
		return err
	}
	if err := e.process.Start(); err != nil {
		return err
	}
	lines := bufio.NewScanner(out)
	for e.url == "" && lines.Scan() {
		e.url = serverURL.FindString(lines.Text())
	}
	if e.url == "" {
		return fmt.Errorf("%s did not start", e.name)
	}
	go func() {
		for lines.Scan() { // keeps the pipe empty
		}
	}()
	e.starting = time.Since(started)
	return nil
}

// cpuTime returns the processor time that the server has used.
func (e *engine) cpuTime() (time.Duration, error) {
	var at unix.Timespec
	err := unix.ClockGettime(int32(^e.process.Process.Pid<<3|2), &at) // the clock of the process; see clock_getcpuclockid
	return time.Duration(at.Nano()), err
}

// memory returns the resident memory of the server in bytes, and how much of it is pages of files.
func (e *engine) memory() (resident, files float64, err error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", e.process.Process.Pid))
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(status)) {
		fields := strings.Fields(line)
		if len(fields) != 3 {
			continue
		}
		kb, _ := strconv.ParseFloat(fields[1], 64) // other lines have no number
		switch fields[0] {
		case "VmRSS:":
			resident = kb * 1024
		case "RssFile:":
			files = kb * 1024
		}
	}
	return resident, files, nil
}

// disk returns the size of the engine's files in bytes.
func (e *engine) disk() (float64, error) {
	var total float64
	err := filepath.WalkDir(e.data, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			total += float64(info.Size())
		}
		return err
	})
	return total, err
}
