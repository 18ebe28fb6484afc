//go:build unix

package storetest

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	embeddedpostgres "github.com/fergusstrange/embedded-postgres"
)

// findPrograms is the folder with initdb and postgres: the newest that this
// machine has, else one that is fetched.
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
	found = slices.DeleteFunc(found, func(dir string) bool { return !runs(dir, "initdb") || !runs(dir, "postgres") })
	if len(found) == 0 {
		return fetchPrograms()
	}
	return slices.MaxFunc(found, func(a, b string) int { return cmp.Compare(major(a), major(b)) }), nil
}

// major is the first number in the name of a folder, as 15 in /usr/lib/postgresql/15/bin.
func major(dir string) int {
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

func runs(dir, program string) bool {
	_, err := exec.LookPath(filepath.Join(dir, program))
	return err == nil
}

// fetchPrograms has embedded-postgres fetch the programs and keep them for the
// next time. It always starts a server of its own, too, which we stop.
func fetchPrograms() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	port, err := freePort()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "trailcat-postgres")
	if bin := filepath.Join(dir, "bin"); runs(bin, "initdb") && runs(bin, "postgres") {
		return bin, nil
	}
	data, err := os.MkdirTemp("", "trailcat-fetch-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(data) }() // in a temporary place
	fetched := embeddedpostgres.NewDatabase(embeddedpostgres.DefaultConfig().
		Port(uint32(port)).BinariesPath(dir).RuntimePath(filepath.Join(data, "run")).DataPath(filepath.Join(data, "data")))
	if err := fetched.Start(); err != nil {
		return "", fmt.Errorf("fetch Postgres: %w", err)
	}
	return filepath.Join(dir, "bin"), fetched.Stop()
}

func idsOf(name string) (uid, gid uint32, err error) {
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
