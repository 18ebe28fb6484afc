package main

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
)

// TestFlags_NegativeNumbersAndDurationsAreRefused calls every command with a negative
// value of each of its numbers and durations, and with 0 where that is not allowed.
func TestFlags_NegativeNumbersAndDurationsAreRefused(t *testing.T) {
	t.Parallel()

	flags := 0
	for _, command := range commandLine(t).Model.Leaves(true) {
		for _, flag := range command.Flags {
			values := []string{"-1"}
			switch flag.Target.Type() {
			case reflect.TypeFor[time.Duration](), reflect.TypeFor[*time.Duration]():
				values = []string{"-1s", "-2562047h"}
			case reflect.TypeFor[int](), reflect.TypeFor[int64]():
			default:
				continue
			}
			if flag.Tag.Has("min") && !flag.Tag.Has("or-zero") {
				values = append(values, "0")
			}
			for _, value := range values {
				refuses(t, append(strings.Fields(command.Path()), requiredArguments(command)...), "--"+flag.Name, value)
				flags++
			}
		}
	}
	if flags < 10 {
		t.Errorf("got %d values, want at least 10", flags)
	}
	refuses(t, []string{"serve"}, "--log-retention", "999999999")
}

// refuses runs a command with a value of a flag that it must refuse without doing
// anything.
func refuses(t *testing.T, command []string, flag, value string) {
	t.Helper()
	args := append(append([]string{}, command...), flag+"="+value, "--database=sqlite:"+t.TempDir()+"/missing/trailcat.db")
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), args, &stdout, &stderr); code != exitUsage || !strings.Contains(stderr.String(), flag+" must be ") {
		t.Errorf("%v: got exit code %d, %q; want %d and what %s must be", args, code, &stderr, exitUsage, flag)
	}
}

// commandLine returns the parser of the command line.
func commandLine(t *testing.T) *kong.Kong {
	t.Helper()
	parser, err := newParser(&commands{}, &bytes.Buffer{}, &bytes.Buffer{}, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	return parser
}

func requiredArguments(command *kong.Node) (args []string) {
	for _, argument := range command.Positional {
		if argument.Required {
			args = append(args, "flag_range_test.go") // an existing file
		}
	}
	for _, flag := range command.Flags {
		if flag.Required {
			args = append(args, "--"+flag.Name+"=x")
		}
	}
	if command.Path() == "photos refetch" { // requires one of several
		args = append(args, "--all")
	}
	return args
}
