//go:build unix

package storetest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	embeddedpostgres "github.com/fergusstrange/embedded-postgres"
	"github.com/jackc/pgx/v5"
)

// startCluster creates a Postgres server in a directory of its own and starts it with
// settings of durability. It ends when this process does.
func startCluster(ctx context.Context, settings durability) (server, error) {
	sweepClusters(os.TempDir())
	bin, err := findPrograms()
	if err != nil {
		return server{}, err
	}
	dir, err := os.MkdirTemp("", clusterPrefix+strconv.Itoa(os.Getpid())+"-")
	if err != nil {
		return server{}, err
	}
	port, err := freePort()
	if err != nil {
		return server{}, err
	}
	credential, err := ServerUser(dir)
	if err != nil {
		return server{}, err
	}
	if err := startGuard(dir, bin, port, credential, settings); err != nil {
		return server{}, err
	}
	s := server{url: fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable", port), strategy: " STRATEGY file_copy", template: ""}
	version, err := s.wait(ctx, dir)
	if err != nil {
		return server{}, err
	}
	if version < 150000 {
		s.strategy = "" // older versions always copy files
	}
	return s, nil
}

// guardScript creates the server, runs it until its input ends, and removes the
// directory. Its input is a pipe from the test process, which the operating system
// closes when that process ends, even by a panic or a kill.
const guardScript = `
"$1/initdb" -D data -A trust -U postgres --no-sync --no-locale -E UTF8 </dev/null || exit 1
"$1/postgres" -D data -p "$2" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
	-c fsync="$4" -c synchronous_commit="$4" -c full_page_writes="$4" \
	-c max_connections=300 -c shared_buffers=128MB -c max_wal_size=4GB \
	-c checkpoint_timeout=1h -c autovacuum=off -c deadlock_timeout=100ms </dev/null &
server=$!
cat
kill -QUIT $server
wait $server
cd / && rm -rf "$3"
`

// startGuard starts the script in a session of its own, so that signals of our
// terminal do not reach it.
func startGuard(dir, bin string, port int, credential *syscall.Credential, settings durability) error {
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return err
	}
	cmd := exec.Command("sh", "-c", guardScript, "storetest", bin, strconv.Itoa(port), dir, string(settings)) //nolint:noctx // it outlives every context and ends with the process
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: credential}
	if _, err := cmd.StdinPipe(); err != nil { // cmd keeps it open until this process ends
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() { _ = cmd.Wait() }() // keeps cmd, and with it the pipe, alive
	return log.Close()
}

// wait returns the version of the server as soon as it accepts connections.
func (s server) wait(ctx context.Context, dir string) (int, error) {
	for {
		conn, err := pgx.Connect(ctx, s.url)
		if err == nil {
			var version int
			err = conn.QueryRow(ctx, "SELECT current_setting('server_version_num')::int").Scan(&version)
			return version, errors.Join(err, conn.Close(ctx))
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			log, _ := os.ReadFile(filepath.Join(dir, "log"))
			return 0, fmt.Errorf("start Postgres: %w: %s", err, log)
		}
	}
}

// ServerUser gives the directory to a user that can run Postgres, which refuses to
// run as root. It returns nil if the current user can.
func ServerUser(dir string) (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil //nolint:nilnil // nil: run as the current user
	}
	for _, name := range []string{"postgres", "nobody"} {
		uid, gid, err := userIDs(name)
		if err == nil {
			return &syscall.Credential{Uid: uid, Gid: gid, Groups: nil, NoSetGroups: false}, os.Chown(dir, int(uid), int(gid))
		}
	}
	return nil, errors.New("there is no user postgres or nobody to run Postgres as")
}

func userIDs(name string) (uid, gid uint32, err error) {
	u, err := user.Lookup(name)
	if err != nil {
		return 0, 0, err
	}
	a, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return 0, 0, err
	}
	b, err := strconv.ParseUint(u.Gid, 10, 32)
	return uint32(a), uint32(b), err
}

func freePort() (int, error) {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(port)
	return n, errors.Join(err, l.Close())
}

// findPrograms returns the directory of initdb and postgres: the newest version on
// this machine, otherwise a downloaded one.
func findPrograms() (string, error) {
	var found []string
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin"} {
		dirs, err := filepath.Glob(pattern)
		if err != nil {
			return "", err
		}
		found = append(found, dirs...)
	}
	if initdb, err := exec.LookPath("initdb"); err == nil {
		found = append(found, filepath.Dir(initdb))
	}
	found = slices.DeleteFunc(found, func(dir string) bool { return !hasPrograms(dir) })
	if len(found) == 0 {
		return downloadPrograms()
	}
	return slices.MaxFunc(found, func(a, b string) int { return cmp.Compare(majorVersion(a), majorVersion(b)) }), nil
}

// majorVersion returns the first number in a path, such as 15 in
// /usr/lib/postgresql/15/bin, or 0.
func majorVersion(dir string) int {
	digits := strings.FieldsFunc(dir, func(r rune) bool { return r < '0' || r > '9' })
	if len(digits) == 0 {
		return 0
	}
	n, err := strconv.Atoi(digits[0])
	if err != nil {
		return 0
	}
	return n
}

func hasPrograms(dir string) bool {
	for _, program := range []string{"initdb", "postgres"} {
		if _, err := exec.LookPath(filepath.Join(dir, program)); err != nil {
			return false
		}
	}
	return true
}

// downloadPrograms returns the directory of programs that embedded-postgres downloads
// once.
func downloadPrograms() (string, error) {
	dir, err := programsDir()
	if err != nil {
		return "", err
	}
	bin := filepath.Join(dir, "bin")
	if hasPrograms(bin) {
		return bin, nil
	}
	part := dir + "." + strconv.Itoa(os.Getpid()) // so that no other process finds only some of the files
	defer func() { _ = os.RemoveAll(part) }()
	if err := extractPrograms(part); err != nil {
		return "", fmt.Errorf("download Postgres: %w", err)
	}
	if err := os.Rename(part, dir); err != nil && !hasPrograms(bin) { // another process may have been faster
		return "", err
	}
	return bin, nil
}

// programsDir returns the directory for downloaded programs. Root's own cache cannot be
// read by the user as whom the server runs; see ServerUser.
func programsDir() (string, error) {
	cache, err := os.UserCacheDir()
	if os.Getuid() == 0 {
		cache, err = "/var/cache", nil
	}
	return filepath.Join(cache, "trailcat-postgres"), err
}

// extractPrograms downloads Postgres into a directory. The library always starts a server
// as well: it is stopped again, and as root it cannot start, which does not matter.
func extractPrograms(dir string) error {
	port, err := freePort()
	if err != nil {
		return err
	}
	data, err := os.MkdirTemp("", "trailcat-download-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(data) }() // a temporary directory
	download := embeddedpostgres.NewDatabase(embeddedpostgres.DefaultConfig().Logger(io.Discard).
		Port(uint32(port)).BinariesPath(dir).RuntimePath(filepath.Join(data, "run")).DataPath(filepath.Join(data, "data")))
	if err = download.Start(); err == nil {
		return download.Stop()
	}
	if hasPrograms(filepath.Join(dir, "bin")) {
		return nil
	}
	return err
}

// clusterPrefix begins the names of cluster directories; the process id follows.
const clusterPrefix = "trailcat-postgres-"

// sweepClusters removes directories that earlier test processes left behind because
// their guards were killed as well.
func sweepClusters(temp string) {
	dirs, err := filepath.Glob(filepath.Join(temp, clusterPrefix+"*"))
	if err != nil {
		return
	}
	for _, dir := range dirs {
		process, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), clusterPrefix), "-")
		if pid, err := strconv.Atoi(process); err == nil && !isRunning(pid) && !isRunning(serverPID(dir)) {
			_ = os.RemoveAll(dir) // another user's directory stays
		}
	}
}

// serverPID returns the process id of the server in a directory, or 0.
func serverPID(dir string) int {
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

func isRunning(pid int) bool {
	return pid > 0 && !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH)
}
