package main

import (
	"context"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// connections counts those that a server has open.
type connections struct{ open atomic.Int64 }

// note is for the ConnState of a server.
func (c *connections) note(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		c.open.Add(1)
	case http.StateClosed, http.StateHijacked:
		c.open.Add(-1)
	case http.StateActive, http.StateIdle:
	}
}

// shutdown ends a server so that whoever got through to it gets an answer.
// Shutdown alone drops a request that comes in just as it is called; so first
// nobody new is let in, and no connection outlives its answer.
func shutdown(ctx context.Context, server *http.Server, listener net.Listener, connected *connections, grace time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	_ = listener.Close() // a second time it says that it is closed
	server.SetKeepAlivesEnabled(false)
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for connected.open.Load() > 0 && ctx.Err() == nil {
		select {
		case <-look.C:
		case <-ctx.Done():
		}
	}
	return server.Shutdown(ctx)
}
