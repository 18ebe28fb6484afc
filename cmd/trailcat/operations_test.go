package main

import (
	"os"
	"strings"
	"testing"
)

// docs/operations.md mentions each flag of serve, and each has the environment variable of
// its name, as it says there.
func TestServe_FlagsAreDocumented(t *testing.T) {
	t.Parallel()

	text, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range commandLine(t).Model.Children {
		if command.Name != "serve" {
			continue
		}
		for _, flag := range command.Flags {
			if !strings.Contains(string(text), "`--"+flag.Name) && !strings.Contains(string(text), " --"+flag.Name) {
				t.Errorf("docs/operations.md does not mention --%s", flag.Name)
			}
			if want := "TRAILCAT_" + strings.ToUpper(strings.ReplaceAll(flag.Name, "-", "_")); len(flag.Envs) != 1 || flag.Envs[0] != want {
				t.Errorf("--%s has the environment variables %v, want %s", flag.Name, flag.Envs, want)
			}
		}
		return
	}
	t.Fatal("there is no command serve")
}
