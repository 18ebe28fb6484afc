package main

import (
	"strings"
	"testing"
)

func TestEnvironment_VariablesOfOneCommandChangeNoOther(t *testing.T) {
	t.Parallel()

	flags := map[string]string{}
	for _, command := range commandLine(t).Model.Leaves(false) {
		for _, flag := range command.Flags {
			if len(flag.Envs) != 1 {
				t.Errorf("%s --%s has the variables %v, want one", command.FullPath(), flag.Name, flag.Envs)
				continue
			}
			variable := flag.Envs[0]
			if other, ok := flags[variable]; ok && other != flag.Name {
				t.Errorf("%s sets both --%s and --%s", variable, flag.Name, other)
			}
			flags[variable] = flag.Name
		}
	}
	for variable, want := range map[string]string{
		"TRAILCAT_DATABASE": "database", "TRAILCAT_LISTEN": "listen", "TRAILCAT_IMPORT_FORMAT": "format", "TRAILCAT_EXPORT_FORMAT": "format",
		"TRAILCAT_KEYS_CREATE_NAME": "name", "TRAILCAT_FORMAT": "", "TRAILCAT_NAME": "", "TRAILCAT_FORCE": "",
	} {
		if flags[variable] != want {
			t.Errorf("%s sets %q, want %q", variable, flags[variable], want)
		}
	}
}

func TestEnvironment_SetsAFlag(t *testing.T) {
	t.Setenv("TRAILCAT_EXPORT_RESOURCE", "nonsense")
	if _, stderr := do(t, exitUsage, "export"); !strings.Contains(stderr, "nonsense") {
		t.Errorf("got %q, want the value of the variable", stderr)
	}
	do(t, exitOK, "version")
}
