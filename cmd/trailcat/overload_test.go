package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"trailcat/internal/store/storetest"
)

const (
	overloadClients = 64 // enough to keep the processors busy
	overloadTime    = 5 * time.Second
	overloadRounds  = 4
	overloadTimeout = 10 * time.Second // of a request
	overloadCats    = 2000
)

// TestServe_OverloadShedsWrites measures how many writes a server completes a second at
// most, and then sends them at that rate and at twice that rate, whether or not the
// server keeps up, and at a quarter of it beside two clients that send bulk writes. It
// takes minutes; run it with make test-overload.
func TestServe_OverloadShedsWrites(t *testing.T) { //nolint:paralleltest // the engines would compete for processors
	if os.Getenv("TRAILCAT_OVERLOAD") == "" {
		t.Skip("set TRAILCAT_OVERLOAD=1 to run")
	}
	var table strings.Builder
	fmt.Fprintf(&table, "%-9s %-11s %9s %9s %6s %9s %10s %9s\n", "engine", "load", "sent/s", "written/s", "shed/s", "failed/s", "p99 ms", "shed p99 ms")
	for _, engine := range storetest.Engines() { //nolint:paralleltest // see above
		t.Run(engine, func(t *testing.T) {
			url := "sqlite:" + filepath.Join(t.TempDir(), "trailcat.db")
			if engine == "postgres" {
				url = storetest.PostgresURL(t)
			}
			key := adminKey(t, url, "--demo")
			n := newNode(t, url, nil)
			n.start(t)
			n.ready(t)
			l := &load{base: n.base(), key: key, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 10_000}, Timeout: overloadTimeout}}
			saturated, once, twice := l.overload(t.Context())
			beside, bulk := l.besideBulk(t, saturated.writtenPerSecond()/4)
			for name, r := range map[string]*loadResult{"1 saturated": saturated, "2 1x": once, "3 2x": twice, "4 bulk+1/4x": beside} {
				fmt.Fprintf(&table, "%-9s %-11s %s\n", engine, name, r)
			}
			t.Logf("%s: %.0f cats/s by bulk writes meanwhile", engine, bulk)
			if len(beside.written) < beside.sent/2 || bulk == 0 {
				t.Errorf("beside bulk writes of %.0f cats/s: got %d of %d single writes, want at least half of them, and some cats", bulk, len(beside.written), beside.sent)
			}
			if once, twice := once.writtenPerSecond(), twice.writtenPerSecond(); twice < 0.8*once {
				t.Errorf("got %.0f writes/s at twice the rate of saturation, want at least 0.8 of %.0f", twice, once)
			}
			if p99 := percentile99(twice.shed); p99 > time.Second {
				t.Errorf("1%% of the rejected writes waited for at least %v, want at most 1 s", p99)
			}
			if twice.failed > 0 {
				t.Errorf("%d writes failed otherwise than with 503, the last with: %v", twice.failed, twice.err)
			}
		})
	}
	lines := strings.Split(strings.TrimSpace(table.String()), "\n")
	slices.Sort(lines[1:])
	t.Log("\n" + strings.Join(lines, "\n"))
}

// load sends writes to a server.
type load struct {
	base, key string
	client    *http.Client
}

// loadResult counts the responses to writes.
type loadResult struct {
	mu            sync.Mutex
	took          time.Duration
	sent, failed  int
	err           error // of the last write that failed
	written, shed []time.Duration
}

func (r *loadResult) writtenPerSecond() float64 { return float64(len(r.written)) / r.took.Seconds() }

func percentile99(durations []time.Duration) time.Duration {
	if len(durations) == 0 {
		return 0
	}
	return slices.Sorted(slices.Values(durations))[len(durations)*99/100]
}

func (r *loadResult) String() string {
	perSecond := func(n int) float64 { return float64(n) / r.took.Seconds() }
	return fmt.Sprintf("%9.0f %9.0f %6.0f %9.0f %10d %9d", perSecond(r.sent), r.writtenPerSecond(), perSecond(len(r.shed)), perSecond(r.failed), percentile99(r.written).Milliseconds(), percentile99(r.shed).Milliseconds())
}

// overload measures saturation, its rate and twice its rate in turns, so that other
// load on the machine affects the three equally.
func (l *load) overload(ctx context.Context) (saturated, once, twice *loadResult) {
	saturated, once, twice = &loadResult{}, &loadResult{}, &loadResult{}
	for range overloadRounds {
		l.saturate(ctx, saturated)
		l.arrive(ctx, once, saturated.writtenPerSecond())
		l.arrive(ctx, twice, 2*saturated.writtenPerSecond())
	}
	return saturated, once, twice
}

// saturate writes with a fixed number of clients, each of which sends the next write
// after the response to the last one.
func (l *load) saturate(ctx context.Context, r *loadResult) {
	r.took += overloadTime
	end := time.Now().Add(overloadTime)
	var clients sync.WaitGroup
	for c := range overloadClients {
		clients.Go(func() {
			for i := c; time.Now().Before(end); i += overloadClients {
				l.write(ctx, r, i, end)
			}
		})
	}
	clients.Wait()
}

// arrive sends writes at a rate per second. Writes that are answered after the end do not
// count as written.
func (l *load) arrive(ctx context.Context, r *loadResult, rate float64) {
	r.took += overloadTime
	start := time.Now()
	end := start.Add(overloadTime)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	var requests sync.WaitGroup
	for sent := 0; time.Now().Before(end); <-tick.C {
		for ; float64(sent) < rate*time.Since(start).Seconds(); sent++ {
			requests.Go(func() { l.write(ctx, r, sent, end) })
		}
	}
	requests.Wait()
}

// besideBulk is arrive while two clients send bulk writes, of which it returns the cats
// per second.
func (l *load) besideBulk(t *testing.T, rate float64) (r *loadResult, cats float64) {
	t.Helper()
	const rows = 1000
	ctx, stop := context.WithCancel(t.Context())
	var clients sync.WaitGroup
	var requests atomic.Int64
	for c := range 2 {
		clients.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				body := make([]string, rows)
				for row := range body {
					body[row] = fmt.Sprintf(`{"external_id":"bulk-%d-%d","name":"Cat %d","status":"available"}`, c, row, i)
				}
				status, _, err := request(ctx, http.MethodPost, l.base+"/v1/shelters/MD1/cats/bulk-upsert", l.key, `{"cats":[`+strings.Join(body, ",")+`]}`)
				if ctx.Err() == nil && (err != nil || status != http.StatusOK) {
					t.Errorf("bulk write: got status %d (%v), want 200", status, err)
				}
				requests.Add(1)
			}
		})
	}
	r = &loadResult{}
	for range overloadRounds {
		l.arrive(ctx, r, rate)
	}
	cats = float64(requests.Load()*rows) / r.took.Seconds()
	stop()
	clients.Wait()
	return r, cats
}

// write changes a cat.
func (l *load) write(ctx context.Context, r *loadResult, i int, end time.Time) {
	began := time.Now()
	status, err := l.put(ctx, i)
	took := time.Since(began)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sent++
	switch {
	case err == nil && status < 300:
		if time.Now().Before(end) {
			r.written = append(r.written, took)
		}
	case err == nil && status == http.StatusServiceUnavailable:
		r.shed = append(r.shed, took)
	default:
		r.failed++
		r.err = cmp.Or(err, errors.New(http.StatusText(status)))
	}
}

func (l *load) put(ctx context.Context, i int) (int, error) {
	path := fmt.Sprintf("/v1/shelters/%s/cats/load-%d", []string{"MD1", "WA1"}[i%2], i%overloadCats)
	body := fmt.Sprintf(`{"name":"Cat %d","status":"available","fee":{"amount_minor":%d,"currency":"USD"}}`, i, i)
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, l.base+path, strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+l.key)
	res, err := l.client.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = res.Body.Close() }()
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, err
}
