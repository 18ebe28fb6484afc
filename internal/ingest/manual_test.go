package ingest_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/catalog"
	"trailcat/internal/ingest"
)

// update makes the test of the manual's table write it.
var update = flag.Bool("update", false, "write the table of real files in docs/import.md")

// titles are the names of the real files in the manual, in its order.
var titles = [][2]string{
	{"montgomery 2020", "montgomery, May 2020"},
	{"montgomery 2021", "montgomery, June 2021"},
	{"king county", "kingcounty, February 2019"},
	{"austin", "austin"},
	{"long beach", "longbeach"},
	{"sonoma", "sonoma"},
	{"bloomington (asm3)", "asm3-movements, Bloomington"},
}

// TestLoad_RealFiles checks that the files give the numbers of the table.
func TestManual_TableOfRealFiles(t *testing.T) {
	t.Parallel()

	const manual, header = "../../docs/import.md", "| file | rows | created | adopted / removed / available / pending / on hold | skipped | rejected | warnings |\n"
	if len(titles) != len(files) {
		t.Fatalf("got %d titles of %d real files, want one for each", len(titles), len(files))
	}
	rows := []string{header, "|---|---|---|---|---|---|---|\n"}
	for _, title := range titles {
		load := firstLoads[title[0]]
		rows = append(rows, manualRow(title[1], load.report, load.statuses, load.raw))
	}
	want := strings.Join(rows, "")
	text, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	before, table, found := strings.Cut(string(text), header)
	table, after, end := strings.Cut(table, "\n\n")
	if !found || !end {
		t.Fatalf("%s has no table of real files", manual)
	}
	if got := header + table + "\n"; got == want {
		return
	} else if !*update {
		t.Fatalf("the table of %s is stale, run go test ./internal/ingest -run Manual -update (-got +want):\n%s", manual, cmp.Diff(got, want))
	}
	if err := os.WriteFile(manual, []byte(before+want+"\n"+after), 0o600); err != nil {
		t.Fatal(err)
	}
}

func manualRow(title string, r ingest.Report, byStatus statuses, warnings int) string {
	cats := "–"
	if len(byStatus) > 0 {
		cats = fmt.Sprintf("%s / %s / %s / %s / %s", grouped(byStatus[catalog.Adopted]), grouped(byStatus[catalog.Removed]),
			grouped(byStatus[catalog.Available]), grouped(byStatus[catalog.Pending]), grouped(byStatus[catalog.OnHold]))
	}
	var skipped []string
	for _, reason := range slices.Sorted(maps.Keys(r.SkippedByReason)) {
		skipped = append(skipped, fmt.Sprintf("%s %s", grouped(r.SkippedByReason[reason]), strings.ReplaceAll(reason, "_", " ")))
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %s | %s | %s |\n", title, grouped(r.Rows), grouped(r.Created), cats, strings.Join(skipped, ", "), grouped(r.Rejected), grouped(warnings))
}

// grouped writes a number with commas between its thousands.
func grouped(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
