package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"image"
	"image/jpeg"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"trailcat/api/wire"
	"trailcat/internal/httpkit"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

const montgomeryHeader = "Animal ID,Intake Type,In Date,Pet name,Animal Type,Pet Age,Pet Size,Color,Breed,Sex,URL Link ,Crossing\n"

// montgomeryCats returns rows of the format montgomery, one for each id.
func montgomeryCats(age string, ids ...string) string {
	var b strings.Builder
	for _, id := range ids {
		b.WriteString(id + ",STRAY,06/01/2021,*ADA,CAT," + age + ",MED,BLACK,DOMESTIC SH,S,,\n")
	}
	return b.String()
}

// post sends a file with an API key and returns the status and the body.
func (s testServer) post(t *testing.T, key, path, file string) (int, []byte) {
	t.Helper()
	res := s.exchange(t, http.MethodPost, path, key, nil, file)
	return res.status, []byte(res.body)
}

func decode[T any](t *testing.T, text []byte) T {
	t.Helper()
	var out T
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return out
}

// importFixture is a database with one shelter of four cats and an administrator.
type importFixture struct {
	database string
	key      string
}

func newImportFixture(t *testing.T) importFixture {
	t.Helper()
	return newImportFixtureOn(t, storetest.URL(t, "sqlite"))
}

func newImportFixtureOn(t *testing.T, url string) importFixture {
	t.Helper()
	f := importFixture{database: url}
	do(t, exitOK, "import", writeFile(t, montgomeryHeader+montgomeryCats("2 YEARS", "A1", "A2", "A3", "A4")), "--format", "montgomery", "--database", f.database)
	created, _ := do(t, exitOK, "keys", "create", "--name", "test", "--scope", "admin,listings:read,listings:write", "--json", "--database", f.database)
	f.key = decode[wire.KeyWithSecret](t, []byte(created)).Key
	return f
}

func writeFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "cats.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// zippedWithPhotos returns a zip file with a table and photos of the cats A1 and A2, of which one
// cannot be read.
func zippedWithPhotos(t *testing.T, table string) string {
	t.Helper()
	var photo, file bytes.Buffer
	if err := jpeg.Encode(&photo, image.NewGray(image.Rect(0, 0, 400, 300)), nil); err != nil {
		t.Fatal(err)
	}
	archive := zip.NewWriter(&file)
	for name, content := range map[string]string{"cats.csv": table, "A1-1.jpg": photo.String(), "A2-1.jpg": "no photo", "B9-1.jpg": photo.String()} {
		w, err := archive.Create(name)
		if err == nil {
			_, err = io.WriteString(w, content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return file.String()
}

// TestImport_CommandLineAndAPIGiveTheSameReport imports the same files over HTTP and
// with the command line, into databases with the same content.
func TestImport_CommandLineAndAPIGiveTheSameReport(t *testing.T) {
	t.Parallel()

	overHTTP, byCommand := newImportFixture(t), newImportFixture(t)
	photoDir := func(database string) string { return strings.TrimPrefix(database, "sqlite:") + "-photos" }
	server := serve(t, "--database", overHTTP.database, "--photo-dir", photoDir(overHTTP.database))
	many := make([]string, 12)
	for i := range many {
		many[i] = "B" + string(rune('a'+i))
	}
	var tokens struct{ http, command string }
	for _, tt := range []struct {
		rule   string
		file   string
		flags  []string // of the command line; in the query without the dashes
		status int
		code   int
	}{
		{"errors, skipped and changed rows", montgomeryHeader + montgomeryCats("9 YEARS", "A1", "", "A9") + "A8,STRAY,06/01/2021,REX,DOG,2 YEARS,MED,BLACK,BEAGLE,N,,\n", []string{"--mode=incremental"}, http.StatusCreated, exitRejected},
		{"values that are not understood", montgomeryHeader + montgomeryCats("9 EONS", "A1", "A2") + montgomeryCats("99 YEARS", "A3"), []string{"--mode=incremental"}, http.StatusCreated, exitOK},
		{"photos in a zip file", zippedWithPhotos(t, montgomeryHeader+montgomeryCats("2 YEARS", "A1", "A2")), []string{"--mode=incremental"}, http.StatusCreated, exitOK},
		{"snapshot", montgomeryHeader + montgomeryCats("2 YEARS", append(many, "A1", "A2", "A3")...), []string{"--mode=snapshot"}, http.StatusCreated, exitOK},
		{"dry run of a snapshot that needs confirmation", montgomeryHeader + montgomeryCats("2 YEARS", "A1", "C1"), []string{"--mode=snapshot", "--dry-run=true"}, http.StatusOK, exitOK},
		{"snapshot that needs confirmation", montgomeryHeader + montgomeryCats("2 YEARS", "A1", "C1"), []string{"--mode=snapshot"}, http.StatusConflict, exitFailed},
		{"confirmed snapshot", montgomeryHeader + montgomeryCats("2 YEARS", "A1", "C1"), []string{"--mode=snapshot", "--confirm=TOKEN"}, http.StatusCreated, exitOK},
	} {
		report, flags := filepath.Join(t.TempDir(), "report.json"), strings.Join(tt.flags, " ")
		query := strings.NewReplacer("TOKEN", tokens.http, " ", "&", "--", "", "dry-run", "dry_run").Replace(flags)
		args := append([]string{"import", writeFile(t, tt.file), "--report", report, "--database", byCommand.database, "--photo-dir", photoDir(byCommand.database)},
			strings.Fields(strings.ReplaceAll(flags, "TOKEN", tokens.command))...)
		status, body := server.post(t, overHTTP.key, "/v1/shelters/MD1/imports?"+query, tt.file)
		if status != tt.status {
			t.Fatalf("%s: got status %d, want %d: %s", tt.rule, status, tt.status, body)
		}
		_, stderr := do(t, tt.code, args...)
		if tt.status == http.StatusConflict {
			detail := decode[httpkit.Problem](t, body).Detail
			message, _, _ := strings.Cut(detail, " Nothing was changed.")
			if !strings.Contains(message, "would also create 1 cats, update 0 and leave 1 unchanged") || !strings.Contains(stderr, message) {
				t.Errorf("%s: got %q over HTTP and %q on the command line", tt.rule, detail, stderr)
			}
			tokens.http, tokens.command = token(detail), token(stderr)
			continue
		}
		text, err := os.ReadFile(report)
		if err != nil {
			t.Fatal(err)
		}
		got, want := decode[wire.ImportReport](t, text), *decode[wire.ImportRun](t, body).Report
		got.Confirm, want.Confirm = nil, nil                                // they depend on the shelter's ID
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" { // the file has an empty array of errors
			t.Errorf("%s: reports differ (-HTTP +command line):\n%s", tt.rule, diff)
		}
	}
	for _, database := range []string{overHTTP.database, byCommand.database} {
		if kept, err := filepath.Glob(photoDir(database) + "/*/600.jpg"); err != nil || len(kept) != 1 {
			t.Errorf("the photos of %s are %v, %v, want one", database, kept, err)
		}
	}
	if code, body := server.getWithKey(t, overHTTP.key, "/v1/imports"); code != http.StatusOK || !strings.Contains(body, `"key_id":null`) {
		t.Errorf("got %d %s, want the import of the command line in the list", code, body)
	}
}

func TestImport_ReportListsErrorsAlsoWithoutErrors(t *testing.T) {
	t.Parallel()

	report := filepath.Join(t.TempDir(), "report.json")
	do(t, exitOK, "import", writeFile(t, montgomeryHeader+montgomeryCats("2 YEARS", "A1")), "--report", report, "--database", newImportFixture(t).database)
	text, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), `"errors": []`) {
		t.Errorf("got %s, want an empty array of errors", text)
	}
}

// token returns the token at the end of a message that asks for confirmation.
func token(message string) string {
	_, after, _ := strings.Cut(message, "confirm=")
	return strings.Trim(after, ".\n")
}

// TestServe_RecordsTheQualityReviewOfAnImportBeforeItStops stops a server right after
// it has responded to an import.
func TestServe_RecordsTheQualityReviewOfAnImportBeforeItStops(t *testing.T) {
	t.Parallel()

	f := newImportFixture(t)
	server := serve(t, "--database", f.database)
	status, body := server.post(t, f.key, "/v1/shelters/MD1/imports", montgomeryHeader+montgomeryCats("1 YEAR", "A5"))
	if status != http.StatusCreated {
		t.Fatalf("got status %d, want 201: %s", status, body)
	}
	if code := server.stop(); code != exitOK {
		t.Fatalf("got exit code %d, want %d: %s", code, exitOK, server.stderr)
	}
	db, err := store.Open(t.Context(), f.database)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	saved, err := db.QualitySince(t.Context(), decode[wire.ImportRun](t, body).ShelterID, now().AddDate(0, 0, -1))
	if err != nil || len(saved) != 1 || saved[0].Listed != 5 {
		t.Errorf("got %+v and error %v, want the review of 5 listings", saved, err)
	}
}

// The command line finds the formats that were sent over HTTP.
func TestImport_SaysThatNoCatIsAvailable(t *testing.T) {
	t.Parallel()

	f := newImportFixture(t)
	for status, want := range map[string]string{
		"available": "",
		"adopted":   ": none of its cats is available (adopted 1); searches find them only with the parameter status\n",
	} {
		file := writeFile(t, "external_id,name,status\n1,Ada,"+status+"\n")
		if _, stderr := do(t, exitOK, "import", file, "--format", "trailcat", "--shelter", "MD1", "--database", f.database); strings.TrimPrefix(stderr, file) != want {
			t.Errorf("%s: got %q, want %q", status, stderr, want)
		}
	}
}

func TestImport_FormatOfTheShelter(t *testing.T) {
	t.Parallel()

	f := newImportFixture(t)
	server := serve(t, "--database", f.database)
	const url = "/v1/shelters/MD1/import-formats/own"
	if got := server.exchange(t, http.MethodPut, url, f.key, nil, "name: own\nid: Nr\nfields: {name: Called}\n"); got.status != http.StatusCreated {
		t.Fatalf("%d %s", got.status, got.body)
	}
	args := []string{"import", writeFile(t, "Nr,Called\n1,Ada\n2,Bo\n"), "--format", "own", "--shelter", "MD1", "--database", f.database}
	if _, stderr := do(t, exitFailed, args...); !strings.Contains(stderr, `No version of the format "own" is active.`) {
		t.Errorf("got %q, want advice to activate the format", stderr)
	}
	do(t, exitOK, append(args, "--dry-run")...)
	if got := server.exchange(t, http.MethodPatch, url, f.key, map[string]string{"Content-Type": httpkit.MergePatchType}, `{"active_version":1}`); got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if stdout, _ := do(t, exitOK, args...); !strings.Contains(stdout, "2 rows: 2 created") {
		t.Errorf("got %q, want 2 created", stdout)
	}
}
