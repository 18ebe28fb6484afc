package api

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"trailcat/internal/export"
	"trailcat/internal/httpkit"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// bodyServer is a server on a real connection, whose log is recorded.
type bodyServer struct {
	*testServer
	*httptest.Server
	log   *lockedBuffer
	paths map[string]string // parts of paths by the parameter that they replace
}

func newBodyServer(t *testing.T, rate httpkit.TransferRate) *bodyServer {
	t.Helper()
	var log lockedBuffer
	api := newSQLiteServer(t, useRealTime, withPhotos(t), func(c *Config) {
		c.BodyRate, c.Log = rate, slog.New(slog.NewTextHandler(&log, nil))
	})
	paths := ownedResources(t, api)
	paths[":assessment_id"] = createAssessment(t, api)
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	return &bodyServer{testServer: api, Server: server, log: &log, paths: paths}
}

// bodyRoute is a route whose handler reads a body of a media type.
type bodyRoute struct{ method, path, mediaType string }

// bodyRoutes returns every route with a body of the OpenAPI document.
func bodyRoutes(t *testing.T, paths map[string]string) []bodyRoute {
	t.Helper()
	var routes []bodyRoute
	for path, item := range parseSpec(t).Paths.Map() {
		for method, op := range item.Operations() {
			if op.RequestBody == nil {
				continue
			}
			path := fillPath(t, regexp.MustCompile(`{(\w+)}`).ReplaceAllString(path, ":$1"), paths)
			types := slices.Sorted(maps.Keys(op.RequestBody.Value.Content))
			routes = append(routes, bodyRoute{method, path, types[0]})
		}
	}
	if len(routes) < 20 {
		t.Fatalf("got %d routes with a body", len(routes))
	}
	return routes
}

// begin sends the header of a request and the first two bytes of a body of 1,000.
func (s *bodyServer) begin(ctx context.Context, route bodyRoute, headers ...string) (*net.TCPConn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", s.Listener.Addr().String())
	if err != nil {
		return nil, err
	}
	headers = append(headers, "Host: trailcat", "Content-Length: 1000", "Content-Type: "+route.mediaType)
	if _, err := fmt.Fprintf(conn, "%s %s HTTP/1.1\r\n%s\r\n\r\n{ ", route.method, route.path, strings.Join(headers, "\r\n")); err != nil {
		return nil, err
	}
	return conn.(*net.TCPConn), conn.SetDeadline(time.Now().Add(20 * time.Second))
}

// readResponse reads a response. It reports whether the server closed the connection
// after it.
func readResponse(conn net.Conn) (status int, body string, closed bool, err error) {
	r := bufio.NewReader(conn)
	res, err := http.ReadResponse(r, nil)
	if err != nil {
		return 0, "", false, err
	}
	content, err := io.ReadAll(res.Body)
	_, end := r.ReadByte()
	return res.StatusCode, string(content), errors.Is(end, io.EOF), err
}

// Callers who may not send a body get the error before it arrives.
func TestRequestBody_IsReadAfterAuthorization(t *testing.T) {
	t.Parallel()

	api := newBodyServer(t, httpkit.TransferRate{BytesPerSecond: 1, Grace: time.Minute})
	open := []string{"/v1/adventure/preview", "/v1/matches", tokenPath}
	own := []string{"/v1/searches", "/v1/webhooks"}
	var requests sync.WaitGroup
	for _, route := range bodyRoutes(t, api.paths) {
		if slices.Contains(open, route.path) {
			continue
		}
		for key, want := range map[string][]int{"": {401}, "reader": {403}, "other": {403, 404}} {
			if key == "other" && slices.Contains(own, route.path) || key != "" && route.path == "/v1/keys" {
				continue
			}
			for _, idempotencyKey := range []string{"", "x"} {
				requests.Go(func() {
					headers := []string{httpkit.IdempotencyKey + ": " + idempotencyKey}
					if key != "" {
						headers = append(headers, api.bearer(key))
					}
					conn, err := api.begin(t.Context(), route, headers...)
					if err != nil {
						t.Error(err)
						return
					}
					defer func() { _ = conn.Close() }()
					status, body, closed, err := readResponse(conn)
					if err != nil || !slices.Contains(want, status) || !closed {
						t.Errorf("%s %s with key %q, Idempotency-Key %q: got %d %s, closed %t (%v); want %v", route.method, route.path, key, idempotencyKey, status, body, closed, err, want)
					}
				})
			}
		}
	}
	requests.Wait()
}

// A body that the caller does not complete is the caller's fault, whether the caller
// waits, closes its half of the connection, or hangs up.
func TestRequestBody_IncompleteIsTheFaultOfTheCaller(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct {
		rate  httpkit.TransferRate
		stop  func(*net.TCPConn) error
		want  int
		code  string
		noone bool // nobody reads the response
	}{
		"waits":                 {httpkit.TransferRate{BytesPerSecond: 1024, Grace: 10 * time.Millisecond}, func(*net.TCPConn) error { return nil }, 408, "body_too_slow", false},
		"ends the body early":   {httpkit.TransferRate{}, (*net.TCPConn).CloseWrite, 400, "incomplete_body", false},
		"closes":                {httpkit.TransferRate{}, (*net.TCPConn).Close, 400, "", true},
		"resets the connection": {httpkit.TransferRate{}, func(c *net.TCPConn) error { return errors.Join(c.SetLinger(0), c.Close()) }, 400, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := newBodyServer(t, tt.rate)
			for _, route := range bodyRoutes(t, api.paths) {
				headers := []string{api.bearer("admin")}
				if route.path == tokenPath {
					headers = nil
				}
				for range 2 {
					conn, err := api.begin(t.Context(), route, headers...)
					if err = errors.Join(err, tt.stop(conn)); err != nil {
						t.Fatal(err)
					}
					headers = append(headers, httpkit.IdempotencyKey+": x") // in the second request
					if tt.noone {
						continue
					}
					status, body, closed, err := readResponse(conn)
					_ = conn.Close()
					if err != nil || status != tt.want || !closed || !strings.Contains(body, `"code":"`+tt.code+`"`) {
						t.Errorf("%s %s: got %d %s, closed %t (%v); want %d %s", route.method, route.path, status, body, closed, err, tt.want, tt.code)
					}
				}
			}
			api.Close() // waits for the handlers
			log := api.log.String()
			if n := strings.Count(log, fmt.Sprint("status=", tt.want)); n < len(bodyRoutes(t, api.paths)) && !tt.noone {
				t.Errorf("got %d requests with status %d in the log", n, tt.want)
			}
			for _, line := range regexp.MustCompile(`(?m)^.*(level=ERROR|level=WARN|status=5).*$`).FindAllString(log, 3) {
				t.Errorf("logged: %s", line)
			}
		})
	}
}

// A caller who hangs up during any request is no failure of the server.
func TestDisconnect_IsNoFailureOfTheServer(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var log lockedBuffer
		api := newServer(t, s, func(c *Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
		paths := ownedResources(t, api)
		paths[":assessment_id"] = createAssessment(t, api)
		maps.Copy(paths, map[string]string{"/rubrics/:version": "1.1.0", "/imports/:id": "imp_01kabq4z8vf3ht2v0xw9r6m5ec", "/sitemaps/:part": "cats-1.xml"})
		ctx, hangUp := context.WithCancel(t.Context())
		hangUp()
		closed := 0
		for _, route := range newEcho(&API{}).Routes() {
			path := fillPath(t, route.Path, paths)
			for _, key := range []string{"", "admin"} {
				req := httptest.NewRequestWithContext(ctx, route.Method, path, bytes.NewReader([]byte("{}")))
				req.Header.Set("Content-Type", "application/json")
				req.Header.Set(httpkit.IdempotencyKey, "x")
				if key != "" {
					req.Header.Set("Authorization", "Bearer "+api.keys[key])
				}
				rec := httptest.NewRecorder()
				api.ServeHTTP(rec, req)
				if path != "/readyz" && rec.Code >= http.StatusInternalServerError {
					t.Errorf("%s %s with key %q: got %d %s", route.Method, path, key, rec.Code, rec.Body)
				}
				if rec.Code == httpkit.StatusClientClosedRequest {
					closed++
				}
			}
		}
		if closed < 20 {
			t.Errorf("got %d responses with status %d", closed, httpkit.StatusClientClosedRequest)
		}
		for _, line := range regexp.MustCompile(`(?m)^.*level=(ERROR|WARN).*$`).FindAllString(log.String(), 3) {
			t.Errorf("logged: %s", line)
		}
	})
}

// pacedBody is a body that arrives at a rate.
type pacedBody struct {
	left, perSecond int
	stopped         <-chan struct{}
}

func (b *pacedBody) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, io.EOF
	}
	select {
	case <-time.After(time.Second): // in the time of synctest
	case <-b.stopped:
		return 0, io.ErrUnexpectedEOF
	}
	n := min(b.left, b.perSecond, len(p))
	b.left -= n
	return copy(p, strings.Repeat(" ", n)), nil
}

func TestRequestBody_LeastRate(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct {
		perSecond, total int
		want             int
		within           time.Duration
	}{
		"one byte a second":            {1, 100_000, http.StatusRequestTimeout, 11 * time.Second},
		"just less than the rate":      {900, 1_000_000, http.StatusRequestTimeout, 2 * time.Minute},
		"the rate, for minutes":        {1100, 500_000, http.StatusBadRequest, 10 * time.Minute}, // spaces are no JSON
		"as fast, but over 15 minutes": {1100, 1_500_000, http.StatusRequestTimeout, 16 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				api := newSQLiteServer(t, useRealTime, func(c *Config) {
					c.BodyRate = httpkit.TransferRate{BytesPerSecond: 1024, Grace: 10 * time.Second}
				})
				client, stop := startPipeServer(t, api, 0, time.Minute), make(chan struct{})
				defer time.Sleep(time.Second) // until the server has closed the connection
				defer close(stop)
				req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://trailcat"+bulkPath, &pacedBody{tt.total, tt.perSecond, stop})
				if err != nil {
					t.Fatal(err)
				}
				req.ContentLength = int64(tt.total)
				req.Header.Set("Authorization", "Bearer "+api.keys["writer"])
				req.Header.Set("Content-Type", "application/json")
				start := time.Now()
				res, err := client.Do(req)
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = res.Body.Close() }()
				if took := time.Since(start); res.StatusCode != tt.want || took > tt.within {
					t.Errorf("got %d after %s, want %d within %s", res.StatusCode, took, tt.want, tt.within)
				}
			})
		})
	}
}

// A stream of cats may pause while its results are read, for as long as it keeps the rate.
func TestRequestBody_StreamContinuesAfterResults(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		api := newSQLiteServer(t, useRealTime, func(c *Config) {
			c.BodyRate = httpkit.TransferRate{BytesPerSecond: 1024, Grace: 10 * time.Second}
		})
		client := startPipeServer(t, api, 0, time.Minute)
		body, send := io.Pipe()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://trailcat"+bulkPath, body)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+api.keys["writer"])
		req.Header.Set("Content-Type", export.MimeNDJSON)
		req.Header.Set("Accept", export.MimeNDJSON)
		go func() {
			_, _ = io.WriteString(send, bulkLines(0, bulkBatch))
			time.Sleep(9 * time.Second) // in the time of synctest
			_, _ = io.WriteString(send, bulkLines(bulkBatch, bulkBatch+3))
			_ = send.Close()
		}()
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		results, err := io.ReadAll(res.Body)
		if want := `{"summary":{"rows":503,"created":503,"updated":0,"unchanged":0,"rejected":0}}`; err != nil || !strings.HasSuffix(string(results), want+"\n") {
			t.Errorf("got %.300s (%v), want %s", results[max(0, len(results)-300):], err, want)
		}
	})
}
