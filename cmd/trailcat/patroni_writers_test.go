//go:build linux

package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"trailcat/internal/catalog"
)

const (
	writersPerNode = 4
	catsPerWriter  = 10
	writeInterval  = 20 * time.Millisecond // of each writer
	writesPerPhase = 100                   // that each node acknowledges at least
)

// failoverWriters write cats through the nodes. After a failure they write to other cats,
// so that what was lost is not written again.
type failoverWriters struct {
	failed []atomic.Bool // by node
	cancel context.CancelFunc
	group  sync.WaitGroup

	mu    sync.Mutex
	count map[writePhase]int
	acked map[string][]int // numbers of the writes to a cat that were acknowledged
}

// writePhase is the time before or after the failure of the primary of a node.
type writePhase struct {
	node   int
	failed bool
}

func (f *patroniFailover) startWriters(t *testing.T, run int) *failoverWriters {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	w := &failoverWriters{failed: make([]atomic.Bool, len(f.nodes)), cancel: cancel, count: map[writePhase]int{}, acked: map[string][]int{}} //nolint:exhaustruct // zero values
	t.Cleanup(w.stop)
	for i := range writersPerNode * len(f.nodes) {
		w.group.Go(func() { w.write(ctx, f, i, run) })
	}
	return w
}

// write writes cats of one writer, with increasing numbers as their names.
func (w *failoverWriters) write(ctx context.Context, f *patroniFailover, writer, run int) {
	tick := time.NewTicker(writeInterval)
	defer tick.Stop()
	phase := writePhase{node: writer % len(f.nodes), failed: false}
	for number := run * 1_000_000; ctx.Err() == nil; number++ {
		phase.failed = w.failed[phase.node].Load()
		id := fmt.Sprintf("run%d-%d-%d", run, writer, number%catsPerWriter)
		if phase.failed {
			id = fmt.Sprintf("after-%d-%d", writer, number%catsPerWriter)
		}
		code, _, err := f.nodes[phase.node].send(ctx, http.MethodPut, "/v1/shelters/MD1/cats/"+id, f.key, fmt.Sprintf(`{"name":"%d"}`, number))
		if err == nil && (code == http.StatusOK || code == http.StatusCreated) {
			w.mu.Lock()
			w.acked[id] = append(w.acked[id], number)
			w.count[phase]++
			w.mu.Unlock()
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
}

// await waits until writesPerPhase more writes through each of the nodes are acknowledged.
func (w *failoverWriters) await(t *testing.T, failed bool, nodes ...int) {
	t.Helper()
	count := func(node int) int {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.count[writePhase{node: node, failed: failed}]
	}
	before := make([]int, len(w.failed))
	for _, node := range nodes {
		before[node] = count(node)
	}
	for _, node := range nodes {
		eventually(t, recoveryTimeout, fmt.Sprintf("more writes through node %d", node), func() error {
			if more := count(node) - before[node]; more < writesPerPhase {
				return fmt.Errorf("got %d, want %d", more, writesPerPhase)
			}
			return nil
		})
	}
}

func (w *failoverWriters) stop() {
	w.cancel()
	w.group.Wait()
}

// compare returns how many writes were acknowledged, and how many of these are lost. It
// fails if one is lost that was written after the failure or in an earlier run.
func (w *failoverWriters) compare(t *testing.T, f *patroniFailover, cats map[string]catalog.Cat) (acked, lost int) {
	t.Helper()
	stored := map[string]int{}
	for _, cat := range cats {
		if number, err := strconv.Atoi(cat.Name); err == nil {
			stored[cat.ExternalID] = number
		}
	}
	for id, numbers := range w.acked {
		acked += len(numbers)
		n := len(numbers) - len(slices.DeleteFunc(slices.Clone(numbers), func(number int) bool { return number > stored[id] }))
		if lost += n; n == 0 || strings.HasPrefix(id, "after") {
			f.acked[id] = numbers[len(numbers)-1]
		}
	}
	for id, number := range f.acked {
		if stored[id] < number {
			t.Errorf("%s: got %d, want the acknowledged %d", id, stored[id], number)
		}
	}
	return acked, lost
}
