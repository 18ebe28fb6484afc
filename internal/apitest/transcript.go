// Package apitest replays HTTP transcripts in tests. A transcript is a file of
// requests, each followed by the response that the API gives. A test fails if a
// response differs from the file, and rewrites the file under go test -update. Of
// large JSON objects it shows the members that differ from the previous response, and
// how many are left out; after the line "# whole" it shows all.
//
// It depends on no other package of this program: the test passes in the handler,
// the variables of the requests and what to mask.
package apitest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the responses of the API into the files that tests compare them with")

// Update reports whether the tests run with -update: they then write the files that
// they otherwise compare with.
func Update() bool { return *update }

// separator is between two exchanges of a transcript.
const separator = "\n###\n"

// wholeMark begins an exchange whose response is shown whole.
const wholeMark = "# whole\n"

// Replayer sends the requests of a transcript to a handler.
type Replayer struct {
	Handler   http.Handler
	Variables map[string]string            // {name} in a request is replaced by the value
	Headers   []string                     // the response headers to show, in this order
	Mask      func(response string) string // replaces what differs between runs

	// Observe is called after each exchange. It may set Variables for later requests,
	// and check the response.
	Observe func(*http.Request, *httptest.ResponseRecorder)
}

// ReplayFiles replays each file of testdata/*.http as a parallel subtest, with a
// Replayer of its own, and fails if a response differs from the file. With -update it
// rewrites the files instead.
func ReplayFiles(t *testing.T, newReplayer func(t *testing.T) *Replayer) {
	t.Helper()
	files, err := filepath.Glob("testdata/*.http")
	if err != nil || len(files) == 0 {
		t.Fatal("no transcripts in testdata", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".http"), func(t *testing.T) {
			t.Parallel()

			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := newReplayer(t).Replay(t, string(want))
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("%s differs; run the tests of this package with -update and review the changes (-want +got):\n%s", file, diff)
			}
		})
	}
}

// Replay sends the requests of a transcript and returns the transcript with the
// responses that came.
func (r *Replayer) Replay(t *testing.T, transcript string) string {
	t.Helper()
	var out []string
	bodies := &elider{last: map[string]string{}}
	for exchange := range strings.SplitSeq(transcript, separator) {
		request, _, _ := strings.Cut(exchange, "\n\nHTTP/1.1 ")
		request = strings.TrimSpace(request)
		text, whole := strings.CutPrefix(request, wholeMark)
		req := parseRequest(t, r.expand(text))
		rec := httptest.NewRecorder()
		r.Handler.ServeHTTP(rec, req)
		if r.Observe != nil {
			r.Observe(req, rec)
		}
		out = append(out, request+"\n\n"+r.format(t, rec.Result(), bodies, whole))
	}
	return strings.Join(out, separator)
}

// expand replaces the variables of a request.
func (r *Replayer) expand(request string) string {
	for name, value := range r.Variables {
		request = strings.ReplaceAll(request, "{"+name+"}", value)
	}
	return request
}

func parseRequest(t *testing.T, text string) *http.Request {
	t.Helper()
	head, body, _ := strings.Cut(text, "\n\n")
	req, err := http.ReadRequest(bufio.NewReader(strings.NewReader(head + "\n\n")))
	if err != nil {
		t.Fatalf("%v in:\n%s", err, text)
	}
	req.Body = io.NopCloser(strings.NewReader(body))
	req.ContentLength = int64(len(body))
	req.RemoteAddr = "192.0.2.1:1234"
	return req.WithContext(t.Context())
}

// format returns a response as a transcript shows it: the status, some headers and
// the body. The elider formats JSON bodies.
func (r *Replayer) format(t *testing.T, res *http.Response, bodies *elider, whole bool) string {
	t.Helper()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %s\n", res.Status)
	for _, name := range r.Headers {
		if value := res.Header.Get(name); value != "" {
			fmt.Fprintf(&b, "%s: %s\n", name, value)
		}
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, bytes.TrimSpace(body), "", "  "); err != nil {
		return r.Mask(b.String() + "\n" + string(body) + "\n")
	}
	head, shown, _ := strings.Cut(r.Mask(b.String()+"\n"+indented.String()), "\n\n")
	text, err := bodies.format([]byte(shown), whole)
	if err != nil {
		t.Fatal(err)
	}
	return head + "\n\n" + text + "\n"
}
