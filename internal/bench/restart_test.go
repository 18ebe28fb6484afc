//go:build bench

package bench

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// measureRestart measures the time until a server is ready that has a copy of its index,
// alternating with reading all rows that it reads otherwise.
func measureRestart(t *testing.T, s size, binary, url string, table *table) {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	dir := t.TempDir()
	measureStart(t, binary, url, "--index-checkpoint", dir) // leaves the copy
	var startup, cpuTime, reading, ratio samples
	for range 3 {
		started := time.Now()
		if n, err := readAllRows(t.Context(), pool); err != nil || n < int64(s.cats) {
			t.Fatalf("read %d rows, error %v, want %d", n, err, s.cats)
		}
		reading = append(reading, time.Since(started).Seconds())
		restart := measureStart(t, binary, url, "--index-checkpoint", dir)
		startup, cpuTime = append(startup, restart.startup.Seconds()), append(cpuTime, restart.cpuTime.Seconds())
		ratio = append(ratio, startup[len(startup)-1]/reading[len(reading)-1])
	}
	table.addRow("restart on Postgres until ready, with a copy of the index", startup.format("s")+fmt.Sprintf(", %s s CPU time", formatNumber(cpuTime.median())),
		"SELECT of all rows "+reading.format("s"), ratio.format(""), "≤ 1.5 × SELECT", ratio.median() <= 1.5)
}

// readAllRows reads the columns that the index is filled from, over as many connections as
// the store uses, and discards them.
func readAllRows(ctx context.Context, pool *pgxpool.Pool) (int64, error) {
	const readers, step = 4, 1000
	var first, last int64
	if err := pool.QueryRow(ctx, "SELECT coalesce(min(number), 0), coalesce(max(number), -1) FROM cats").Scan(&first, &last); err != nil {
		return 0, err
	}
	var next, read atomic.Int64
	next.Store(first)
	errs := make([]error, readers)
	var work sync.WaitGroup
	for r := range readers {
		work.Go(func() {
			for from := next.Add(step) - step; from <= last && errs[r] == nil; from = next.Add(step) - step {
				var n int64
				n, errs[r] = readRows(ctx, pool, from, from+step-1)
				read.Add(n)
			}
		})
	}
	work.Wait()
	for _, err := range errs {
		if err != nil {
			return 0, err
		}
	}
	return read.Load(), nil
}

func readRows(ctx context.Context, pool *pgxpool.Pool, first, last int64) (n int64, err error) {
	rows, err := pool.Query(ctx, `SELECT id, number, shelter_id, external_id, source, status, name, description, listed_at, status_changed_at,
		confirmed_at, version, created_at, updated_at, stale, microchip_hash, rating, erased_at, facts FROM cats WHERE number BETWEEN $1 AND $2`, first, last)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		_ = rows.RawValues()
		n++
	}
	return n, rows.Err()
}
