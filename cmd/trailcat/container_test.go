package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5" //nolint:depguard // only parses a URL, as store does
	"go.yaml.in/yaml/v4"
)

// composeFile is what the tests read of compose.yaml.
type composeFile struct {
	Services map[string]struct {
		Build       string
		Command     []string
		Environment map[string]string
		DependsOn   map[string]any `yaml:"depends_on"`
		Healthcheck map[string]any
		Volumes     []string
		ReadOnly    bool `yaml:"read_only"`
	}
	Volumes map[string]any
}

func readCompose(t *testing.T) (file composeFile, text string) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "..", "compose.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(content, &file); err != nil {
		t.Fatal(err)
	}
	return file, string(content)
}

// TestCompose_ReferencesExist checks services, volumes, variables and commands that
// compose.yaml refers to.
func TestCompose_ReferencesExist(t *testing.T) {
	t.Parallel()

	file, text := readCompose(t)
	used := map[string]bool{}
	for name, service := range file.Services {
		for other := range service.DependsOn {
			if file.Services[other].Healthcheck == nil {
				t.Errorf("%s depends on the health of %s, which has no check", name, other)
			}
		}
		for _, volume := range service.Volumes {
			source, _, _ := strings.Cut(volume, ":")
			used[source] = true
			if _, ok := file.Volumes[source]; !ok {
				t.Errorf("%s uses the volume %s, which is not declared", name, source)
			}
		}
	}
	for volume := range file.Volumes {
		if !used[volume] {
			t.Errorf("the volume %s is not used", volume)
		}
	}
	trailcat := file.Services["trailcat"]
	checkVariables(t, trailcat.Environment)
	if _, err := commandLine(t).Parse(trailcat.Command); err != nil {
		t.Errorf("command %q: %v", trailcat.Command, err)
	}
	firstKey := regexp.MustCompile(`docker compose exec trailcat /trailcat (.+)`).FindStringSubmatch(text)
	if firstKey == nil {
		t.Fatal("compose.yaml does not say how to create the first key")
	}
	if _, err := commandLine(t).Parse(strings.Fields(firstKey[1])); err != nil {
		t.Errorf("%s: %v", firstKey[0], err)
	}
	exports := trailcat.Environment["TRAILCAT_TEMP_DIR"]
	if !trailcat.ReadOnly || !slices.ContainsFunc(trailcat.Volumes, func(v string) bool { return strings.HasSuffix(v, ":"+exports) }) {
		t.Errorf("exports are written to %q, which is not a volume (%v)", exports, trailcat.Volumes)
	}
}

// TestCompose_PasswordMayHaveAnyCharacter configures a connection as the container does.
func TestCompose_PasswordMayHaveAnyCharacter(t *testing.T) {
	file, _ := readCompose(t)
	trailcat, postgres := file.Services["trailcat"].Environment, file.Services["postgres"].Environment
	if trailcat["PGPASSWORD"] != postgres["POSTGRES_PASSWORD"] || !strings.HasPrefix(trailcat["PGPASSWORD"], "${POSTGRES_PASSWORD") {
		t.Errorf("got passwords %q and %q, want the same variable", trailcat["PGPASSWORD"], postgres["POSTGRES_PASSWORD"])
	}
	const password = `p@ss/w:o#r%d$x"y'z ?&`
	t.Setenv("PGPASSWORD", password)
	config, err := pgx.ParseConfig(trailcat["TRAILCAT_DATABASE"])
	if err != nil {
		t.Fatal(err)
	}
	if config.Password != password || config.User != postgres["POSTGRES_USER"] || config.Database != postgres["POSTGRES_DB"] || file.Services[config.Host].Environment == nil {
		t.Errorf("got %s@%s/%s with password %q, want the service with its user and database", config.User, config.Host, config.Database, config.Password)
	}
}

// TestDockerfile_RunsThisProgram checks the variables and commands of the image.
func TestDockerfile_RunsThisProgram(t *testing.T) {
	t.Parallel()

	content, err := os.ReadFile(filepath.Join("..", "..", "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(content)
	variables := map[string]string{}
	for _, match := range regexp.MustCompile(`(TRAILCAT_\w+)=(\S+)`).FindAllStringSubmatch(text, -1) {
		variables[match[1]] = match[2]
	}
	if len(variables) == 0 {
		t.Error("the image sets no variables")
	}
	checkVariables(t, variables)
	commands := regexp.MustCompile(`CMD \[(?:"/trailcat", )?"(\w+)"\]`).FindAllStringSubmatch(text, -1)
	if len(commands) != 2 {
		t.Fatalf("got commands %v, want those of the health check and of the container", commands)
	}
	for _, command := range commands {
		if _, err := commandLine(t).Parse(command[1:]); err != nil {
			t.Errorf("%s: %v", command[0], err)
		}
	}
	for _, want := range []string{`-ldflags "-s -w"`, "USER 65532:65532"} {
		if !strings.Contains(text, want) {
			t.Errorf("the Dockerfile lacks %s", want)
		}
	}
}

// checkVariables expects that each variable that begins with TRAILCAT_ sets a flag of
// serve.
func checkVariables(t *testing.T, variables map[string]string) {
	t.Helper()
	var known []string
	for _, command := range commandLine(t).Model.Leaves(true) {
		if command.Name == "serve" {
			for _, flag := range command.Flags {
				known = append(known, flag.Envs...)
			}
		}
	}
	for name := range variables {
		if strings.HasPrefix(name, "TRAILCAT_") && !slices.Contains(known, name) {
			t.Errorf("%s sets no flag of trailcat serve", name)
		}
	}
}
