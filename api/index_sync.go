package api

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/search"
)

const (
	seqHeader    = "Trailcat-Seq"     // response: the sequence number of the log that it reflects, at least
	minSeqHeader = "Trailcat-Min-Seq" // request: the sequence number that the response must reflect
)

// minSeqWait is how long a request waits for the index to reach its Trailcat-Min-Seq.
const minSeqWait = 2 * time.Second

// withSeqHeader sets Trailcat-Seq on every response under /v1. A client that sends the
// value as Trailcat-Min-Seq never reads older data, whichever node answers.
func (a *API) withSeqHeader(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if strings.HasPrefix(c.Request().URL.Path, "/v1/") {
			a.setSeqHeader(c)
		}
		return next(c)
	}
}

func (a *API) setSeqHeader(c echo.Context) {
	if head := a.Index.Head(); head.Epoch != "" {
		c.Response().Header().Set(seqHeader, head.Tagged(head.Seq))
	}
}

// requireMinSeq makes a request under /v1 wait until the index reflects its
// Trailcat-Min-Seq.
func (a *API) requireMinSeq(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		sent := c.Request().Header.Get(minSeqHeader)
		if sent == "" || !strings.HasPrefix(c.Request().URL.Path, "/v1/") {
			return next(c)
		}
		seq, stale, ok := a.Index.Head().ParseTagged(sent)
		if !ok {
			return catalog.Errorf(catalog.Malformed, errcode.MalformedHeader, "%s must be the %s of an earlier response.", minSeqHeader, seqHeader)
		}
		if stale { // issued by a node that is ahead, or before the log was set back
			if err := a.Index.CatchUp(c.Request().Context()); err != nil {
				return err
			}
			_, stale, _ = a.Index.Head().ParseTagged(sent)
		}
		if stale {
			return next(c)
		}
		if err := a.waitForSeq(c.Request().Context(), seq); err != nil {
			return err
		}
		a.setSeqHeader(c)
		return next(c)
	}
}

// waitForSeq waits up to minSeqWait until the index reflects the log up to seq.
func (a *API) waitForSeq(ctx context.Context, seq int64) error {
	if a.Index.Head().Seq >= seq {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, minSeqWait)
	defer cancel()
	if err := a.Index.CatchUp(ctx); err == nil && a.Index.Head().Seq < seq {
		_ = a.Index.Await(ctx, seq-1) // the head shows the result
	}
	if head := a.Index.Head().Seq; head < seq {
		return catalog.Errorf(catalog.Unavailable, errcode.SeqNotReached, "This server reflects the change log up to %d, not up to %d yet. Retry in 1 second.", head, seq)
	}
	return nil
}

// syncIndex waits until the index of this node reflects the writes of the request, so
// that callers find what they wrote.
func (a *API) syncIndex(c echo.Context) {
	ctx := c.Request().Context()
	if !pendingWritesOf(c).applyTo(ctx, a.Index) {
		if err := a.Index.CatchUp(ctx); err != nil && ctx.Err() == nil {
			a.Log.WarnContext(ctx, "index not synchronized after write", slog.Any("error", err))
		}
	}
	a.setSeqHeader(c)
}

// pendingWrites holds the committed writes of a request until the index applies them
// from memory. It is safe for concurrent use.
type pendingWrites struct {
	mu         sync.Mutex
	writes     []catalog.Written
	changes    int
	incomplete bool // some writes were dropped, so the index must read the log
}

// maxPendingChanges limits how many changes a request keeps in memory. A request that makes
// more before it synchronizes the index exceeds it, such as a snapshot that removes many
// listings; the index then reads them from the log.
const maxPendingChanges = 1000

const pendingWritesKey = "pending writes"

// pendingWritesOf returns the pending writes of a request.
func pendingWritesOf(c echo.Context) *pendingWrites {
	if p, ok := c.Get(pendingWritesKey).(*pendingWrites); ok {
		return p
	}
	p := &pendingWrites{}
	c.Set(pendingWritesKey, p)
	return p
}

// record adds a write. It is an observer of a catalog.
func (p *pendingWrites) record(_ context.Context, w catalog.Written) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.changes += len(w.Changes); p.changes > maxPendingChanges {
		p.writes, p.incomplete = nil, true
	}
	if !p.incomplete {
		p.writes = append(p.writes, w)
	}
}

// applyTo applies the pending writes to the index. It reports whether there were any
// and the index applied all of them.
func (p *pendingWrites) applyTo(ctx context.Context, index *search.Index) bool {
	p.mu.Lock()
	writes, incomplete := p.writes, p.incomplete
	p.writes, p.changes, p.incomplete = nil, 0, false
	p.mu.Unlock()
	if incomplete || len(writes) == 0 {
		return false
	}
	for _, w := range writes {
		if !index.ApplyWritten(ctx, w) {
			return false
		}
	}
	return true
}
