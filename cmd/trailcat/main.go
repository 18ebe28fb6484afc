// Command trailcat is the server and the operator's command line: it serves the
// API, imports and exports data, and manages the database, partners and keys.
//
// It is the only package that reads flags, the environment, the clock and
// randomness; all others receive them as arguments.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"github.com/google/uuid"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// Exit codes, for scripts.
const (
	exitOK       = 0
	exitFailed   = 1 // the command failed
	exitUsage    = 2 // invalid command line
	exitRejected = 3 // the command completed, but some input was rejected or damaged
)

// commands is the command line. Every flag can be set by an environment variable; see
// environment.
type commands struct {
	Serve            serveCommand            `cmd:"" help:"Serve the API."`
	Migrate          migrateCommand          `cmd:"" help:"Migrate the database schema or show its state."`
	Import           importCommand           `cmd:"" help:"Import listing files into the database."`
	Export           exportCommand           `cmd:"" help:"Export all cats or shelters to a file."`
	Partners         partnersCommand         `cmd:"" help:"Create and list partners, the organizations that manage shelters."`
	Shelters         sheltersCommand         `cmd:"" help:"Create and list shelters."`
	Keys             keysCommand             `cmd:"" help:"Create, list and revoke API keys."`
	AssessLink       assessLinkCommand       `cmd:"" help:"Create a link with which people without a key assess the cats of a shelter on their phones."`
	Photos           photosCommand           `cmd:"" help:"Verify, collect and fetch the copies of photos."`
	Audit            auditCommand            `cmd:"" help:"Print the audit log as JSON, one entry per line."`
	Erase            eraseCommand            `cmd:"" help:"Erase cats, shelters, people or IP addresses for good; see docs/privacy.md."`
	MarkStale        markStaleCommand        `cmd:"" help:"Mark listings that their shelters have not confirmed as stale. Servers do this hourly; run it with --force if they refuse to."`
	Backup           backupCommand           `cmd:"" help:"Copy an SQLite database to a file while servers use it."`
	Restore          restoreCommand          `cmd:"" help:"Replace an SQLite database by a backup. Stop the server first."`
	ResetLog         resetLogCommand         `cmd:"" help:"Start a new epoch of the change log, so that clients start over. Run it after a database was restored or copied by other programs, for example pg_restore."`
	RecomputeRatings recomputeRatingsCommand `cmd:"" help:"Recompute all suitability ratings as of today with the latest rubric. Servers do this daily; run it after an update."`
	Demo             demoCommand             `cmd:"" help:"Write a synthetic data set of national size, for testing."`
	OpenAPI          openAPICommand          `cmd:"" name:"openapi" help:"Print the OpenAPI 3.1 description of the API."`
	Health           healthCommand           `cmd:"" help:"Check whether a running server is ready; for container health checks."`
	Version          versionCommand          `cmd:"" help:"Print the version."`
	Licenses         licensesCommand         `cmd:"" help:"Print the licenses of the software that Trailcat contains."`
}

// process is the environment of a command.
type process struct {
	ctx    context.Context //nolint:containedctx // ends when the process receives a signal to stop
	stdout io.Writer
	stderr io.Writer
	now    func() time.Time // the clock of the machine, or of the database once that is open
}

// run runs a command and returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return (&process{ctx: ctx, stdout: stdout, stderr: stderr, now: time.Now}).run(args)
}

func (p *process) run(args []string) int {
	stdout, stderr := p.stdout, p.stderr
	var cli commands
	var exitCode *int
	parser, err := newParser(&cli, stdout, stderr, func(code int) { exitCode = &code })
	if err != nil {
		return printError(stderr, err, exitFailed)
	}
	command, err := parser.Parse(args)
	if exitCode != nil {
		return *exitCode // --help was printed
	}
	if err == nil {
		err = checkRanges(command.Flags())
	}
	if err != nil {
		return printError(stderr, fmt.Errorf("%w (try: trailcat --help)", err), exitUsage)
	}
	err = command.Run(p)
	var rejected rejectedError
	switch {
	case errors.As(err, &rejected):
		return printError(stderr, err, exitRejected)
	case err != nil:
		return printError(stderr, err, exitFailed)
	}
	return exitOK
}

// newParser returns the parser of the command line. It calls exit after it printed help.
func newParser(cli *commands, stdout, stderr io.Writer, exit func(code int)) (*kong.Kong, error) {
	return kong.New(cli,
		kong.Name("trailcat"),
		kong.Description("Trailcat, an open exchange for adoptable cats. Start with: trailcat serve --demo"),
		environment(),
		kong.Vars{"database": defaultDatabase}, // kong expands every variable for every flag
		kong.Writers(stdout, stderr),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Exit(exit),
	)
}

// printError prints err and returns the exit code.
func printError(stderr io.Writer, err error, code int) int {
	_, _ = fmt.Fprintln(stderr, "trailcat:", strings.TrimSpace(err.Error()))
	return code
}

// rejectedError reports that a command completed, but that some of its input was rejected or is
// damaged.
type rejectedError struct{ message string }

func (e rejectedError) Error() string { return e.message }

func now() time.Time { return time.Now().UTC() }

func newUUID() [16]byte { return uuid.Must(uuid.NewV7()) }
