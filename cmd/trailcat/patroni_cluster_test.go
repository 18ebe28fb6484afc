//go:build linux

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"trailcat/internal/store/storetest"
)

// patroniCluster is three Postgres servers under Patroni, with etcd and HAProxy.
type patroniCluster struct {
	dir     string // one directory per program, each with its log
	user    *syscall.Credential
	url     string // of the database, by way of HAProxy
	members []*member
}

// member is a Postgres server and its Patroni.
type member struct {
	name           string
	dir            string
	postgres, rest string // addresses
	replication    *link  // by which the other members read from this one
	patroni        *program
}

// Clusters detect that a primary is gone after patroniTTL. It is the least that Patroni
// recommends.
const patroniTTL = 20 * time.Second

const patroniConfig = `
scope: trailcat
name: %[1]s
restapi: {listen: '%[2]s', connect_address: '%[2]s'}
etcd3: {host: '%[3]s'}
bootstrap:
  dcs:
    ttl: %[7]d
    loop_wait: 1
    retry_timeout: 5
    maximum_lag_on_failover: 1073741824
    synchronous_mode: true
    postgresql:
      use_pg_rewind: true
      parameters: {max_connections: 100, shared_buffers: 32MB, wal_keep_size: 512MB}
  initdb: [data-checksums, {encoding: UTF8}, {locale: C}, {auth: trust}]
postgresql:
  listen: '%[4]s'
  connect_address: '%[5]s'
  data_dir: data
  bin_dir: '%[6]s'
  pgpass: pgpass
  remove_data_directory_on_rewind_failure: true
  remove_data_directory_on_diverged_timelines: true
  authentication:
    superuser: {username: postgres, password: postgres}
    replication: {username: replicator, password: replicator}
  parameters: {unix_socket_directories: ''}
  pg_hba: [host all all 127.0.0.1/32 trust, host replication all 127.0.0.1/32 trust]
`

const haproxyConfig = `
defaults
  mode tcp
  timeout connect 4s
  timeout client 30m
  timeout server 30m
  timeout check 2s
listen primary
  bind %s
  option httpchk OPTIONS /primary
  http-check expect status 200
  default-server inter 1s fall 3 rise 2 on-marked-down shutdown-sessions
`

// newPatroniCluster starts a cluster that replicates synchronously.
func newPatroniCluster(t *testing.T) *patroniCluster {
	t.Helper()
	etcd, patroni, haproxy, postgres := findPatroni(t)
	dir, err := os.MkdirTemp("", "trailcat-patroni-") //nolint:usetesting // another user must be able to enter it, and a failed test keeps it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { showLogs(t, dir) })
	user, err := storetest.ServerUser(dir)
	if err != nil {
		t.Fatal(err)
	}
	c := &patroniCluster{dir: dir, user: user, url: "", members: nil}
	client, peer, proxy := freeAddress(t), freeAddress(t), freeAddress(t)
	c.url = "postgres://postgres:postgres@" + proxy + "/postgres?sslmode=disable"
	c.start(t, "etcd", etcd, "--data-dir", "data", "--listen-client-urls", "http://"+client, "--advertise-client-urls", "http://"+client,
		"--listen-peer-urls", "http://"+peer, "--initial-advertise-peer-urls", "http://"+peer, "--initial-cluster", "default=http://"+peer)
	var servers strings.Builder
	for i := range 3 {
		m := &member{name: fmt.Sprint("postgres", i), dir: "", postgres: freeAddress(t), rest: freeAddress(t), replication: nil, patroni: nil}
		m.dir, m.replication = filepath.Join(dir, m.name), newLink(t, m.postgres)
		c.members = append(c.members, m)
		c.write(t, m.name, fmt.Sprintf(patroniConfig, m.name, m.rest, client, m.postgres, m.replication.address, postgres, int(patroniTTL.Seconds())))
		fmt.Fprintf(&servers, "  server %s %s check port %s\n", m.name, m.postgres, m.rest[strings.LastIndex(m.rest, ":")+1:])
	}
	c.write(t, "haproxy", fmt.Sprintf(haproxyConfig, proxy)+servers.String())
	for _, m := range c.members {
		m.patroni = c.start(t, m.name, patroni, "config")
	}
	c.start(t, "haproxy", haproxy, "-db", "-f", "config")
	return c
}

// findPatroni returns the programs of the cluster, and the directory of those of Postgres.
func findPatroni(t *testing.T) (etcd, patroni, haproxy, postgres string) {
	t.Helper()
	find := func(pattern string) string {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s is missing; this test needs the Debian packages etcd-server, patroni, haproxy and postgresql", pattern)
		}
		return found[len(found)-1]
	}
	return find("/usr/bin/etcd"), find("/usr/bin/patroni"), find("/usr/sbin/haproxy"), filepath.Dir(find("/usr/lib/postgresql/*/bin/pg_rewind"))
}

// write writes the configuration of a program.
func (c *patroniCluster) write(t *testing.T, name, config string) {
	t.Helper()
	dir := filepath.Join(c.dir, name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "config"), []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
}

// log creates the log of a program that others start.
func (c *patroniCluster) log(t *testing.T, name string) *os.File {
	t.Helper()
	dir := filepath.Join(c.dir, name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	file, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	return file
}

// program is a process that ends with the test process at the latest.
type program struct {
	pid   int
	guard *exec.Cmd
	stdin io.Closer
}

// programGuard runs a program until its input ends. Then it kills the program and the
// Postgres server in its directory, which Patroni leaves behind.
const programGuard = `
"$@" </dev/null >>log 2>&1 &
program=$!
echo $program
cat
kill -KILL $program
postgres=$(head -qn 1 data/postmaster.pid 2>/dev/null)
if [ -n "$postgres" ] && [ "$(readlink /proc/$postgres/cwd)" = "$PWD/data" ]; then
	kill -QUIT $postgres
	while [ -d /proc/$postgres ]; do sleep 0.1; done
fi
`

// start starts a program in the directory with its name.
func (c *patroniCluster) start(t *testing.T, name string, command ...string) *program {
	t.Helper()
	dir := filepath.Join(c.dir, name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if c.user != nil {
		if err := os.Chown(dir, int(c.user.Uid), int(c.user.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	guard := exec.Command("sh", append([]string{"-c", programGuard, "guard"}, command...)...) //nolint:noctx // end stops it
	guard.Dir, guard.Env = dir, []string{"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "HOME=" + dir}
	guard.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: c.user}
	stdin, err := guard.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := guard.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := guard.Start(); err != nil {
		t.Fatal(err)
	}
	p := &program{pid: 0, guard: guard, stdin: stdin}
	t.Cleanup(p.end)
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("start %s: %v", name, err)
	}
	if p.pid, err = strconv.Atoi(strings.TrimSpace(line)); err != nil {
		t.Fatal(err)
	}
	return p
}

// end kills the program and waits until it has ended.
func (p *program) end() {
	_ = p.stdin.Close()
	_ = p.guard.Wait() // reports that the program was killed
}

// kill kills Patroni and Postgres, and nothing cleans up after them.
func (m *member) kill(t *testing.T) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(m.dir, "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	postmaster, err := strconv.Atoi(first)
	if err != nil {
		t.Fatal(err)
	}
	m.killPatroni(t)
	if err := syscall.Kill(postmaster, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	m.patroni.end()
}

// killPatroni kills Patroni alone. Postgres goes on as the primary that it was.
func (m *member) killPatroni(t *testing.T) {
	t.Helper()
	if err := syscall.Kill(m.patroni.pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

// rejoin starts Patroni again, which makes the member a standby of the new primary.
func (c *patroniCluster) rejoin(t *testing.T, m *member) {
	t.Helper()
	m.replication.cut()
	m.replication.restore(t)
	m.patroni = c.start(t, m.name, "/usr/bin/patroni", "config")
}

// get sends a request to the REST server of Patroni.
func (m *member) get(ctx context.Context, path string) (int, string) {
	ctx, stop := context.WithTimeout(ctx, 2*time.Second)
	defer stop()
	code, body, err := request(ctx, http.MethodGet, "http://"+m.rest+path, "", "")
	if err != nil {
		return 0, err.Error()
	}
	return code, body
}

// primary returns the member that is the primary.
func (c *patroniCluster) primary(t *testing.T) *member {
	t.Helper()
	i := slices.IndexFunc(c.members, func(m *member) bool { code, _ := m.get(t.Context(), "/primary"); return code == http.StatusOK })
	if i < 0 {
		t.Fatal("no member is the primary")
	}
	return c.members[i]
}

// setSynchronous switches between synchronous and asynchronous replication.
func (c *patroniCluster) setSynchronous(t *testing.T, synchronous bool) {
	t.Helper()
	code, body, err := request(t.Context(), http.MethodPatch, "http://"+c.primary(t).rest+"/config", "", fmt.Sprintf(`{"synchronous_mode":%v}`, synchronous))
	if err != nil || code != http.StatusOK {
		t.Fatalf("set synchronous_mode to %v: got %d %s %v", synchronous, code, body, err)
	}
}

// awaitStandbys waits until one member is the primary, both others have caught up with
// it, and replication is as configured.
func (c *patroniCluster) awaitStandbys(t *testing.T, synchronous bool) {
	t.Helper()
	eventually(t, 2*time.Minute, "all members run, synchronous: "+strconv.FormatBool(synchronous), func() error { return c.checkStandbys(t.Context(), synchronous) })
}

func (c *patroniCluster) checkStandbys(ctx context.Context, synchronous bool) error {
	_, text := c.members[0].get(ctx, "/cluster")
	var cluster struct {
		Members []struct {
			Role, State string
			Timeline    int
			Lag         any // a number of bytes, or a word
		}
	}
	if err := json.Unmarshal([]byte(text), &cluster); err != nil {
		return err
	}
	roles, timelines := map[string]int{}, map[int]bool{}
	for _, m := range cluster.Members {
		if m.State != "running" && m.State != "streaming" || m.Lag != nil && m.Lag != 0.0 {
			return errors.New(text)
		}
		roles[m.Role]++
		timelines[m.Timeline] = true
	}
	sync := 0
	if synchronous {
		sync = 1
	}
	if roles["leader"] != 1 || roles["sync_standby"] != sync || roles["replica"] != 2-sync || len(timelines) != 1 {
		return errors.New(text)
	}
	return nil
}

// eventually waits until check returns nil. If that takes longer than the limit, the test
// fails with the last error.
func eventually(t *testing.T, limit time.Duration, what string, check func() error) {
	t.Helper()
	tick, end := time.NewTicker(200*time.Millisecond), time.After(limit)
	defer tick.Stop()
	for err := check(); err != nil; err = check() {
		select {
		case <-tick.C:
		case <-end:
			t.Fatalf("not within %s: %s: %v", limit, what, err)
		}
	}
}

// showLogs prints the ends of the logs if the test failed, and removes them otherwise.
func showLogs(t *testing.T, dir string) {
	t.Helper()
	if !t.Failed() {
		_ = os.RemoveAll(dir)
		return
	}
	t.Logf("all logs are in %s", dir)
	logs, _ := filepath.Glob(filepath.Join(dir, "*", "log"))
	for _, log := range logs {
		text, _ := os.ReadFile(log)
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		t.Logf("%s:\n%s", log, strings.Join(lines[max(0, len(lines)-30):], "\n"))
	}
}
