package petfinder

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write what the API answers into testdata")

// TestConversations replays every file in testdata. A file is a conversation as
// a client has it: requests, and under each the whole answer. In a request {id},
// {secret}, {basic} and {token} stand for the credentials of the scene, and
// {next} for the next page of the answer before.
func TestConversations(t *testing.T) {
	t.Parallel()

	files, err := filepath.Glob("testdata/*.http")
	if err != nil || len(files) == 0 {
		t.Fatal("no conversations in testdata", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".http"), func(t *testing.T) {
			t.Parallel()

			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := onSQLite(t).replay(t, string(want))
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("run go test ./api/petfinder -update, and read the diff (-want +got):\n%s", diff)
			}
		})
	}
}

func (s *stage) replay(t *testing.T, text string) string {
	t.Helper()
	var out []string
	next := ""
	for exchange := range strings.SplitSeq(text, "\n###\n") {
		asked, _, _ := strings.Cut(exchange, "\n\nHTTP/1.1 ")
		asked = strings.TrimSpace(asked)
		sent := strings.NewReplacer(
			"{next}", next, "{id}", s.id, "{secret}", s.secret, "{token}", s.token, "{whole}", "tc_live_"+s.id+"_"+s.secret,
			"{basic}", base64.StdEncoding.EncodeToString([]byte(s.id+":"+s.secret)),
		).Replace(asked)
		rec := httptest.NewRecorder()
		s.ServeHTTP(rec, parseRequest(t, sent))
		var page struct {
			Pagination Pagination `json:"pagination"`
		}
		if json.Unmarshal(rec.Body.Bytes(), &page) == nil && page.Pagination.Links.Next != nil {
			next = page.Pagination.Links.Next.Href
		}
		out = append(out, asked+"\n\n"+show(t, rec.Result()))
	}
	return strings.Join(out, "\n###\n")
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

func show(t *testing.T, res *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %s\n", res.Status)
	for _, name := range []string{"Content-Type", "ETag", "Link", "Allow", "WWW-Authenticate"} {
		if v := res.Header.Get(name); v != "" {
			fmt.Fprintf(&b, "%s: %s\n", name, v)
		}
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, bytes.TrimSpace(body), "", "  "); err != nil {
		pretty.Reset()
		pretty.Write(body)
	}
	return masked(b.String() + "\n" + pretty.String() + "\n")
}

var (
	tokenInBody = regexp.MustCompile(`"access_token": "[^"]+"`)
	walkInLink  = regexp.MustCompile(`walk=[^&>]+`)
	weakTag     = regexp.MustCompile(`W/"[^"]+"`)
)

// masked is an answer without what is another in each database.
func masked(answer string) string {
	if walkInLink.MatchString(answer) {
		answer = weakTag.ReplaceAllString(answer, `W/"…"`)
	}
	answer = tokenInBody.ReplaceAllString(answer, `"access_token": "tc_token_…"`)
	return walkInLink.ReplaceAllString(answer, "walk=…")
}
