package errcode_test

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/errcode"
)

// update makes the test of the page write it.
var update = flag.Bool("update", false, "write the codes in docs/errors.md")

// docs/errors.md explains every code under a heading of its own, to which the types of
// problems link.
func TestPage_ExplainsEveryCode(t *testing.T) {
	t.Parallel()

	const page = "../../docs/errors.md"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	const first = "\n## " // everything from the first heading on is generated
	prose, _, _ := strings.Cut(string(text), first)
	var want strings.Builder
	want.WriteString(strings.TrimRight(prose, "\n") + "\n")
	for _, group := range errcode.Table() {
		want.WriteString("\n## " + group.Title + "\n")
		for _, e := range group.Entries {
			fmt.Fprintf(&want, "\n### %s\n\n*%s* %s\n\nWhat to do: %s\n", e.Code, places(e), e.Meaning, e.Action)
		}
	}
	if *update {
		if err := os.WriteFile(page, []byte(want.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	} else if diff := cmp.Diff(want.String(), string(text)); diff != "" {
		t.Errorf("%s is stale, run go test ./internal/errcode -update (-want +got):\n%s", page, diff)
	}
}

// places returns a sentence that says where a code appears.
func places(e errcode.Entry) string {
	var statuses []string
	for _, status := range e.Statuses {
		if text := http.StatusText(status); text != "" {
			statuses = append(statuses, fmt.Sprintf("%d %s", status, text))
		} else {
			statuses = append(statuses, strconv.Itoa(status))
		}
	}
	var found []string
	for _, place := range []struct {
		place errcode.Place
		text  string
	}{
		{errcode.Problem, strings.Join(statuses, " or ")},
		{errcode.OAuth, "`error` of the token endpoint, " + strings.Join(statuses, " or ")},
		{errcode.Field, "`errors` of a problem or row"},
		{errcode.Warning, "`warnings` of a written cat or an import"},
		{errcode.Filter, "`warnings` of a list"},
		{errcode.Ignored, "ignored observation of a rating"},
	} {
		if e.Places&place.place != 0 {
			found = append(found, place.text)
		}
	}
	text := strings.Join(found, "; ")
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// A code has statuses exactly if it is the code of a problem or of the token endpoint.
func TestTable_EntriesAreComplete(t *testing.T) {
	t.Parallel()

	for _, e := range entries() {
		if hasStatus := e.Places&(errcode.Problem|errcode.OAuth) != 0; hasStatus != (len(e.Statuses) > 0) {
			t.Errorf("%s has the statuses %v in the places %b", e.Code, e.Statuses, e.Places)
		}
		for _, text := range []string{e.Meaning, e.Action} {
			if !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "`.") {
				t.Errorf("%s: %q is no sentence", e.Code, text)
			}
		}
	}
}
