//go:build bench

package bench

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// connectionCount is the number of concurrent connections.
const connectionCount = 16

// connection is a keep-alive client connection. It parses no more of a response
// than needed, because client and server share the cores.
type connection struct {
	conn net.Conn
	in   *bufio.Reader
	body []byte
}

func dial(tb testing.TB, address string) *connection {
	tb.Helper()
	conn, err := (&net.Dialer{}).DialContext(tb.Context(), "tcp", address)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = conn.Close() })
	return &connection{conn: conn, in: bufio.NewReaderSize(conn, 64<<10)}
}

// requestBytes returns the encoded GET request of a path with more header lines, each with
// its line end.
func requestBytes(path, header string) []byte {
	return []byte("GET " + path + " HTTP/1.1\r\nHost: bench\r\nUser-Agent: bench\r\nAccept: application/json\r\n" + header + "\r\n")
}

// chunked is the length of a response that says no length.
const chunked = -1

// get sends a request and reads the response, which must have status 200. The body
// is returned only if keep is set, and is valid until the next call.
func (c *connection) get(request []byte, keep bool) ([]byte, error) {
	if _, err := c.conn.Write(request); err != nil {
		return nil, err
	}
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return nil, err
	}
	ok, length := bytes.HasPrefix(line, []byte("HTTP/1.1 200")), chunked
	for {
		line, err = c.in.ReadSlice('\n')
		if err != nil {
			return nil, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		if value, found := bytes.CutPrefix(line, []byte("Content-Length: ")); found {
			length, err = strconv.Atoi(string(value))
			if err != nil {
				return nil, err
			}
		}
	}
	if length == chunked {
		if c.body, err = io.ReadAll(httputil.NewChunkedReader(c.in)); err == nil {
			_, err = c.in.Discard(len("\r\n"))
		}
		if err == nil && !ok {
			err = fmt.Errorf("%q: unexpected response %s", request, c.body)
		}
		return c.body, err
	}
	if ok && !keep {
		_, err = c.in.Discard(length)
		return nil, err
	}
	c.body = append(c.body[:0], make([]byte, length)...)
	if _, err := io.ReadFull(c.in, c.body); err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("%q: unexpected response %s", request, c.body)
	}
	return c.body, nil
}

// post sends a body with a key and returns the status and the body of the response, or 0 if there
// is none, which fails the test.
func post(t *testing.T, url, key, mediaType string, body []byte) (status int, response []byte) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		t.Error(err)
		return 0, nil
	}
	request.Header.Set("Authorization", "Bearer "+key)
	request.Header.Set("Content-Type", mediaType)
	got, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Error(err)
		return 0, nil
	}
	defer func() { _ = got.Body.Close() }()
	response, err = io.ReadAll(got.Body)
	if err != nil {
		t.Error(err)
	}
	return got.StatusCode, response
}

// requestRate returns how many requests per second the server answers on all
// connections together. The requests are sent in turn.
func requestRate(tb testing.TB, connections []*connection, requests [][]byte, duration time.Duration) float64 {
	tb.Helper()
	return throughput(tb, len(connections), duration, func(worker, n int) error {
		_, err := connections[worker].get(requests[n%len(requests)], false)
		return err
	})
}

// throughput returns how often per second do can be called by concurrent workers.
func throughput(tb testing.TB, workers int, duration time.Duration, do func(worker, n int) error) float64 {
	tb.Helper()
	var next atomic.Int64
	var work sync.WaitGroup
	started := time.Now()
	for w := range workers {
		work.Go(func() {
			for time.Since(started) < duration {
				if err := do(w, int(next.Add(1))); err != nil {
					tb.Error(err)
					return
				}
			}
		})
	}
	work.Wait()
	return float64(next.Load()) / time.Since(started).Seconds()
}
