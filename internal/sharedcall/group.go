// Package sharedcall lets callers that want the same thing at the same time share one call
// for it. Unlike with golang.org/x/sync/singleflight, a caller never gets the result of a call
// that began before it asked: what it reads is as current as if it had called alone.
package sharedcall

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
)

// Group calls functions by key: one at a time for each key. Callers that come while it runs
// share the next call. The zero Group is ready, and safe for concurrent use.
type Group[T any] struct {
	mu   sync.Mutex
	next map[string]*call[T] // by key; has the keys of running calls, nil if nobody waits
}

// call is a call that several callers wait for.
type call[T any] struct {
	ctx     context.Context //nolint:containedctx // with the values of the first caller
	cancel  context.CancelFunc
	callers int // who still wait
	fn      func(context.Context) (T, error)
	done    chan struct{} // closed when value and err are set
	value   T
	err     error
}

// Do returns the result of fn, or of that of another caller with the same key, which began
// after Do was called. It returns the cause of ctx if that ends first. The context of a shared
// call has the values of its first caller, and ends when no caller waits any more. A panic of a
// shared call becomes an error.
func (g *Group[T]) Do(ctx context.Context, key string, fn func(context.Context) (T, error)) (T, error) {
	g.mu.Lock()
	shared, running := g.next[key]
	if !running {
		if g.next == nil {
			g.next = map[string]*call[T]{}
		}
		g.next[key] = nil
		g.mu.Unlock()
		defer g.end(key)
		return fn(ctx)
	}
	if shared == nil {
		shared = &call[T]{fn: fn, done: make(chan struct{}), err: errNotReturned}
		shared.ctx, shared.cancel = context.WithCancel(context.WithoutCancel(ctx))
		g.next[key] = shared
	}
	shared.callers++
	g.mu.Unlock()
	select {
	case <-shared.done:
		return shared.value, shared.err
	case <-ctx.Done():
		g.leave(key, shared)
		var zero T
		return zero, context.Cause(ctx)
	}
}

// leave removes a caller of a call, and ends the call if it was the last.
func (g *Group[T]) leave(key string, shared *call[T]) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if shared.callers--; shared.callers > 0 {
		return
	}
	shared.cancel()
	if g.next[key] == shared {
		g.next[key] = nil
	}
}

var errNotReturned = errors.New("the shared call did not return")

// end begins the next call if somebody waits for it.
func (g *Group[T]) end(key string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	shared := g.next[key]
	if shared == nil {
		delete(g.next, key)
		return
	}
	g.next[key] = nil
	go func() {
		defer g.end(key)
		shared.run()
	}()
}

func (c *call[T]) run() {
	defer c.cancel()
	defer close(c.done)
	defer func() {
		if cause := recover(); cause != nil {
			c.err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()
	c.value, c.err = c.fn(c.ctx)
}
