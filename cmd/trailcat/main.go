// Command trailcat is the whole of Trailcat: the server, its data's way in and
// out, and what an operator needs. Configuration is read here, once, and
// nowhere else; so are the clock, the environment and randomness.
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

	"trailcat/internal/access"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// Exit codes, for scripts.
const (
	exitOK      = 0
	exitFailed  = 1 // it could not be done
	exitUsage   = 2 // the command line is wrong
	exitRefused = 3 // it was done, but some of what was sent was refused
)

// commands is the command line. Every flag has a TRAILCAT_… variable.
type commands struct {
	Serve            serveCommand            `cmd:"" help:"Serve the API."`
	Migrate          migrateCommand          `cmd:"" help:"Migrate the database schema or show its state."`
	Import           importCommand           `cmd:"" help:"Import listing files into the database."`
	Export           exportCommand           `cmd:"" help:"Export all cats or shelters to a file."`
	Partners         partnersCommand         `cmd:"" help:"Create and list partners, the organizations that manage shelters."`
	Keys             keysCommand             `cmd:"" help:"Create, list and revoke API keys."`
	Audit            auditCommand            `cmd:"" help:"Print the audit log as JSON, one entry per line."`
	RecomputeRatings recomputeRatingsCommand `cmd:"" help:"Recompute all suitability ratings as of today with the latest rubric. Servers do this daily; run it after an update."`
	Demo             demoCommand             `cmd:"" help:"Write a synthetic data set of national size, for testing."`
	OpenAPI          openAPICommand          `cmd:"" name:"openapi" help:"Print the OpenAPI 3.1 description of the API."`
	Health           healthCommand           `cmd:"" help:"Check whether a running server is ready; for container health checks."`
	Version          versionCommand          `cmd:"" help:"Print the version."`
}

// process is the world around a command.
type process struct {
	ctx    context.Context //nolint:containedctx // the life of the process itself
	stdout io.Writer
	stderr io.Writer
}

// run is the whole program, but for the process around it.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var cli commands
	var done *int
	parser, err := kong.New(&cli,
		kong.Name("trailcat"),
		kong.Description("Trailcat, an open exchange for adoptable cats. Start with: trailcat serve --demo"),
		kong.DefaultEnvars("TRAILCAT"),
		kong.Vars{"formats": formatNames(), "scopes": strings.ReplaceAll(access.JoinScopes(access.Scopes()), " ", ", ")},
		kong.Writers(stdout, stderr),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Exit(func(code int) { done = &code }),
	)
	if err != nil {
		return printError(stderr, err, exitFailed)
	}
	command, err := parser.Parse(args)
	if done != nil {
		return *done // --help has been answered
	}
	if err != nil {
		return printError(stderr, fmt.Errorf("%w (try: trailcat --help)", err), exitUsage)
	}
	err = command.Run(&process{ctx: ctx, stdout: stdout, stderr: stderr})
	var refused refusedError
	switch {
	case errors.As(err, &refused):
		return printError(stderr, err, exitRefused)
	case err != nil:
		return printError(stderr, err, exitFailed)
	}
	return exitOK
}

func printError(stderr io.Writer, err error, code int) int {
	_, _ = fmt.Fprintln(stderr, "trailcat:", strings.TrimSpace(err.Error()))
	return code
}

// refusedError says that the work was done, but not all that was sent was taken.
type refusedError struct{ rows int }

func (e refusedError) Error() string {
	return fmt.Sprintf("%d rows were refused; the report says which and why", e.rows)
}

func now() time.Time { return time.Now().UTC() }

func newUUID() [16]byte { return uuid.Must(uuid.NewV7()) }
