//go:build unix

package storetest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// startCluster makes a Postgres server in a folder of its own and starts it.
// It ends when this process does.
func startCluster() (server, error) {
	sweep(os.TempDir())
	bin, err := findPrograms()
	if err != nil {
		return server{}, err
	}
	dir, err := os.MkdirTemp("", folderPrefix+strconv.Itoa(os.Getpid())+"-")
	if err != nil {
		return server{}, err
	}
	port, err := freePort()
	if err != nil {
		return server{}, err
	}
	who, err := owner(dir)
	if err != nil {
		return server{}, err
	}
	if err := guard(dir, bin, port, who); err != nil {
		return server{}, err
	}
	s := server{url: fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable", port), strategy: " STRATEGY file_copy"}
	version, err := s.wait(dir)
	if err != nil {
		return server{}, err
	}
	if version < 150000 {
		s.strategy = "" // older ones copy files anyway
	}
	return s, nil
}

// script makes the server, runs it until its input ends, and cleans up. Its
// input is a pipe from the test process, which the system closes when that
// process ends, were it by a panic or a kill.
const script = `
"$1/initdb" -D data -A trust -U postgres --no-sync --no-locale -E UTF8 </dev/null || exit 1
"$1/postgres" -D data -p "$2" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
	-c fsync=off -c synchronous_commit=off -c full_page_writes=off \
	-c max_connections=300 -c shared_buffers=128MB -c max_wal_size=4GB </dev/null &
server=$!
cat
kill -QUIT $server
wait $server
cd / && rm -rf "$3"
`

// guard starts the script, away from our terminal's signals.
func guard(dir, bin string, port int, who *syscall.Credential) error {
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return err
	}
	cmd := exec.Command("sh", "-c", script, "storetest", bin, strconv.Itoa(port), dir) //nolint:noctx // it outlives every context and ends with the process
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: who}
	if _, err := cmd.StdinPipe(); err != nil { // cmd holds it open as long as we live
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() { _ = cmd.Wait() }() // keeps cmd, and with it the pipe
	return log.Close()
}

// wait returns the version of the server as soon as it answers.
func (s server) wait(dir string) (int, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
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
			said, _ := os.ReadFile(filepath.Join(dir, "log"))
			return 0, fmt.Errorf("postgres did not start: %w: %s", err, said)
		}
	}
}

// owner gives the folder to a user that Postgres will run as: it refuses root.
func owner(dir string) (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil //nolint:nilnil // nobody else: run as we are
	}
	for _, name := range []string{"postgres", "nobody"} {
		uid, gid, err := idsOf(name)
		if err == nil {
			return &syscall.Credential{Uid: uid, Gid: gid, Groups: nil, NoSetGroups: false}, os.Chown(dir, int(uid), int(gid))
		}
	}
	return nil, errors.New("root has no user postgres or nobody to run Postgres as")
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
