//go:build bench

package bench

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// callers is how many connections ask at once.
const callers = 16

// asker is one kept-alive connection. It parses no more of an answer than it
// needs, so that the asking costs little of the cores it shares with the server.
type asker struct {
	conn net.Conn
	in   *bufio.Reader
	body []byte
}

func dial(tb testing.TB, address string) *asker {
	tb.Helper()
	conn, err := (&net.Dialer{}).DialContext(tb.Context(), "tcp", address)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = conn.Close() })
	return &asker{conn: conn, in: bufio.NewReaderSize(conn, 64<<10), body: nil}
}

// request is the bytes that ask for a path.
func request(path string) []byte {
	return []byte("GET " + path + " HTTP/1.1\r\nHost: bench\r\nUser-Agent: bench\r\nAccept: application/json\r\n\r\n")
}

// ask sends a request and reads the answer, which must be a success. Body is good until the next.
func (a *asker) ask(request []byte, keep bool) ([]byte, error) {
	if _, err := a.conn.Write(request); err != nil {
		return nil, err
	}
	line, err := a.in.ReadSlice('\n')
	if err != nil {
		return nil, err
	}
	ok, length := bytes.HasPrefix(line, []byte("HTTP/1.1 200")), -1
	for {
		line, err = a.in.ReadSlice('\n')
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
	if length < 0 {
		return nil, fmt.Errorf("%q was answered without a length (a success: %t)", request, ok)
	}
	if ok && !keep {
		_, err = a.in.Discard(length)
		return nil, err
	}
	a.body = append(a.body[:0], make([]byte, length)...)
	if _, err := io.ReadFull(a.in, a.body); err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("%q was answered %s", request, a.body)
	}
	return a.body, nil
}

// rate is how many of these requests the server answers in a second, asked in
// turn by all callers for a while.
func rate(tb testing.TB, askers []*asker, requests [][]byte, while time.Duration) float64 {
	tb.Helper()
	return perSecond(tb, len(askers), while, func(caller, n int) error {
		_, err := askers[caller].ask(requests[n%len(requests)], false)
		return err
	})
}

// perSecond is how often a thing can be done in a second by so many at once.
func perSecond(tb testing.TB, workers int, while time.Duration, do func(worker, n int) error) float64 {
	tb.Helper()
	var next atomic.Int64
	var work sync.WaitGroup
	began := time.Now()
	for w := range workers {
		work.Go(func() {
			for time.Since(began) < while {
				if err := do(w, int(next.Add(1))); err != nil {
					tb.Error(err)
					return
				}
			}
		})
	}
	work.Wait()
	return float64(next.Load()) / time.Since(began).Seconds()
}
