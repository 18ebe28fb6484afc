package api

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"os"
	"strings"
	"testing"

	"trailcat/api/wire"
	"trailcat/internal/httpkit"
)

// TestShelterFormats_Examples compares requests and responses with the examples of the
// documentation.
func TestShelterFormats_Examples(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	const url = "/v1/shelters/MD1/import-formats"
	for _, ask := range []struct{ id, method, path, contentType, body string }{
		{"putShelterFormat", http.MethodPut, url + "/our-export", "text/yaml", "name: our-export\nid: Nr\nfields:\n  name: Called\n  breed: Breed\n"},
		{"", http.MethodPost, "/v1/shelters/MD1/imports?format=our-export&dry_run=true", "text/csv", "Nr,Called,Breed\n1,Ada,Siamese\n"},
		{"getShelterFormat", http.MethodGet, url + "/our-export", "", ""},
		{"changeShelterFormat", http.MethodPatch, url + "/our-export", httpkit.MergePatchType, `{"active_version":1}`},
		{"listShelterFormats", http.MethodGet, url, "", ""},
	} {
		rec := send(t, api, ask.method, ask.path, ask.body, "writer", "Content-Type: "+ask.contentType)
		if rec.Code >= http.StatusBadRequest {
			t.Fatalf("%s %s: %d %s", ask.method, ask.path, rec.Code, rec.Body)
		}
		if ask.id == "" {
			continue
		}
		checkExample(t, ask.id, rec.Body.Bytes())
		if ask.contentType == httpkit.MergePatchType {
			checkExample(t, ask.id+".request", []byte(ask.body))
		}
	}
}

// multipartFile returns the body of a form in parts, each with its name, its file name and its
// content, and the content type.
func multipartFile(t *testing.T, parts ...[3]string) (body, contentType string) {
	t.Helper()
	var b strings.Builder
	w := multipart.NewWriter(&b)
	for _, part := range parts {
		disposition := fmt.Sprintf("form-data; name=%q", part[0])
		if part[1] != "" {
			disposition += fmt.Sprintf("; filename=%q", part[1])
		}
		out, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {disposition}})
		if err == nil {
			_, err = io.WriteString(out, part[2])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String(), w.FormDataContentType()
}

// A form has the file in the part file and parameters in others. The file is stored without the
// form around it, however large it is.
func TestImports_MultipartForm(t *testing.T) {
	t.Parallel()

	for name, file := range map[string]string{"small": montgomeryCSV(3, sequentialID), "large": montgomeryCSV(3, sequentialID) + strings.Repeat(",,,,,,,,\n", 100_000)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			var dir string
			api := newSQLiteServer(t, func(c *Config) { dir = c.TempDir })
			for i, replayed := range []string{"", "true"} {
				// Each form has another boundary, as with curl, and the same fields.
				body, contentType := multipartFile(t, [3]string{"mode", "", "snapshot"}, [3]string{"file", "pets.csv", file}, [3]string{"as_of", "", "2026-05-01"})
				rec := send(t, api, http.MethodPost, "/v1/shelters/MD1/imports?format=montgomery", body, "writer", "Content-Type: "+contentType, "Idempotency-Key: form")
				if rec.Code != http.StatusCreated || rec.Header().Get("Idempotency-Replayed") != replayed {
					t.Fatalf("request %d: got %d %s, replayed %q", i, rec.Code, rec.Body, rec.Header().Get("Idempotency-Replayed"))
				}
				got := decodeBody[wire.ImportRun](t, rec)
				if got.Report.Created != 3 || got.Mode != "snapshot" || got.File.SizeBytes != int64(len(file)) {
					t.Errorf("got %+v with report %+v, want a snapshot with 3 cats", got, got.Report)
				}
				if stored := get(t, api, rec.Header().Get("Location")+"/file", api.bearer("writer")); stored.Body.String() != file {
					t.Errorf("got %d bytes of the file, want the %d that were sent", stored.Body.Len(), len(file))
				}
			}
			body, contentType := multipartFile(t, [3]string{"mode", "", "incremental"}, [3]string{"file", "pets.csv", file})
			if rec := send(t, api, http.MethodPost, "/v1/shelters/MD1/imports?format=montgomery", body, "writer", "Content-Type: "+contentType, "Idempotency-Key: form"); rec.Code != http.StatusUnprocessableEntity && rec.Code != http.StatusConflict {
				t.Errorf("another form with the same key: got %d %s, want a refusal", rec.Code, rec.Body)
			}
			if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
				t.Errorf("got temporary files %v and error %v, want none", entries, err)
			}
		})
	}
}

func TestImports_InvalidForms(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	file := [3]string{"file", "pets.csv", montgomeryCSV(1, sequentialID)}
	const url = "/v1/shelters/MD1/imports"
	tests := map[string]struct {
		url   string
		parts [][3]string
		want  string
	}{
		"no file":         {url, [][3]string{{"mode", "", "snapshot"}}, "The form has no file. Send it in a part named file: curl -F file=@pets.csv."},
		"two files":       {url, [][3]string{file, file}, "The form has several files."},
		"another name":    {url, [][3]string{{"upload", "pets.csv", "…"}}, `Unknown part \"upload\" with a file. Send the file in a part named file`},
		"unknown field":   {url, [][3]string{file, {"dryrun", "", "true"}}, `Unknown parameter \"dryrun\". Did you mean \"dry_run\"?`},
		"invalid field":   {url, [][3]string{file, {"mode", "", "all"}}, `"parameter":"mode"`},
		"query and field": {url + "?mode=snapshot", [][3]string{file, {"mode", "", "incremental"}}, `"parameter":"mode"`},
		"long field":      {url, [][3]string{file, {"mode", "", strings.Repeat("x", 1001)}}, "too many or too long fields"},
	}
	for name, test := range tests {
		body, contentType := multipartFile(t, test.parts...)
		rec := send(t, api, http.MethodPost, test.url, body, "writer", "Content-Type: "+contentType)
		if rec.Code != http.StatusBadRequest || !strings.Contains(rec.Body.String(), test.want) {
			t.Errorf("%s: got %d %s, want 400 with %s", name, rec.Code, rec.Body, test.want)
		}
	}
	body, contentType := multipartFile(t, file)
	if rec := send(t, api, http.MethodPost, url, body[:len(body)-20], "writer", "Content-Type: "+contentType); rec.Code != http.StatusBadRequest || !strings.Contains(rec.Body.String(), "Check that it is complete") {
		t.Errorf("cut off: got %d %s, want 400", rec.Code, rec.Body)
	}
	for name, contentType := range map[string]string{"no boundary": "multipart/form-data", "other boundary": "multipart/form-data; boundary=x"} {
		body, _ := multipartFile(t, file)
		if rec := send(t, api, http.MethodPost, url, body, "writer", "Content-Type: "+contentType); rec.Code != http.StatusBadRequest || !strings.Contains(rec.Body.String(), "malformed_form") {
			t.Errorf("%s: got %d %s, want 400 malformed_form", name, rec.Code, rec.Body)
		}
	}
}

// A dry run may be asked for in a field of the form, behind a file in a format that is not
// active.
func TestImports_DryRunOfANewFormatInAForm(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	if rec := send(t, api, http.MethodPut, "/v1/shelters/MD1/import-formats/own", "name: own\nid: Nr\nfields: {name: Called}\n", "writer"); rec.Code != http.StatusCreated {
		t.Fatalf("got %d %s", rec.Code, rec.Body)
	}
	var zipped bytes.Buffer
	w := zip.NewWriter(&zipped)
	for name, content := range map[string]string{"export/pets.csv": "Nr,Called\n1,Ada\n", "export/1.jpg": "…"} {
		out, err := w.Create(name)
		if err == nil {
			_, err = io.WriteString(out, content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	body, contentType := multipartFile(t, [3]string{"file", "pets.zip", zipped.String()}, [3]string{"dry_run", "", "true"}, [3]string{"format", "", "own"})
	rec := send(t, api, http.MethodPost, "/v1/shelters/MD1/imports", body, "writer", "Content-Type: "+contentType)
	if got := decodeBody[wire.ImportRun](t, rec); rec.Code != http.StatusOK || got.Report.Created != 1 || got.Report.IgnoredFiles != 1 || *got.FormatVersion != 1 {
		t.Errorf("got %d %s, want a report of one cat", rec.Code, rec.Body)
	}
}
