package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"syscall"
	"time"
)

// httpServer serves requests and shuts down without dropping one.
type httpServer struct {
	server   *http.Server
	listener net.Listener
	log      *slog.Logger
	// draining is set when the process has received a signal to stop; /readyz reports it.
	draining *atomic.Bool
	// drainDelay is the time between draining and the shutdown.
	drainDelay time.Duration
	// shutdownTimeout is how long requests in progress may take after the shutdown began.
	shutdownTimeout time.Duration
	open            atomic.Int64 // connections
}

func newHTTPServer(listener net.Listener, handler http.Handler, log *slog.Logger, draining *atomic.Bool, drainDelay, shutdownTimeout time.Duration) *httpServer {
	h := &httpServer{listener: &loggingListener{Listener: listener, log: log}, log: log, draining: draining, drainDelay: drainDelay, shutdownTimeout: shutdownTimeout}
	h.server = &http.Server{
		Handler:           handler,
		ConnState:         h.countConnection,
		ReadHeaderTimeout: 5 * time.Second, // bodies: see httpkit.BodyTimes
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	return h
}

// run serves requests until ctx ends, and then lets those in progress finish.
func (h *httpServer) run(ctx context.Context) error {
	served := make(chan error, 1)
	go func() { served <- h.server.Serve(h.listener) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	h.draining.Store(true)
	h.log.InfoContext(ctx, "stopping", slog.Int64("drain_delay_ms", h.drainDelay.Milliseconds()))
	time.Sleep(h.drainDelay)
	_ = h.listener.Close() // Serve returns the error
	// Once Serve has returned, Shutdown does not close the listener again, which would be an error.
	h.log.DebugContext(ctx, "listener closed", slog.Any("reason", <-served))
	return h.shutdown(context.WithoutCancel(ctx))
}

// shutdown stops the server so that every request on an accepted connection gets
// a response. http.Server.Shutdown alone drops a request that arrives on an idle
// connection just as it is called. So the listener must be closed before, and
// connections end after their next response, until none is open. Callers who take longer
// than the timeout are disconnected, which is no error.
func (h *httpServer) shutdown(ctx context.Context) error {
	h.server.SetKeepAlivesEnabled(false)
	if !h.awaitClosed(ctx, h.shutdownTimeout) {
		h.log.WarnContext(ctx, "closing connections in use", slog.Int64("connections", h.open.Load()), slog.Int64("timeout_ms", h.shutdownTimeout.Milliseconds()))
	}
	err := h.server.Close()
	h.awaitClosed(ctx, handlerTimeout)
	return err
}

// handlerTimeout is how long a handler may take to notice that its connection was closed.
const handlerTimeout = 5 * time.Second

// awaitClosed waits until no connection is open. It returns false if the timeout ends first.
func (h *httpServer) awaitClosed(ctx context.Context, timeout time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for h.open.Load() > 0 {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// countConnection counts open connections; it is the ConnState hook of the server.
func (h *httpServer) countConnection(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		h.open.Add(1)
	case http.StateClosed, http.StateHijacked:
		h.open.Add(-1)
	case http.StateActive, http.StateIdle:
	}
}

// loggingListener logs that connections cannot be accepted because the limit of open
// files is reached, at most every acceptLogInterval. net/http tries again by itself.
type loggingListener struct {
	net.Listener

	log    *slog.Logger
	logged time.Time
}

const acceptLogInterval = 10 * time.Second

// Accept waits for the next connection. It is not safe for concurrent use.
func (l *loggingListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if (errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)) && time.Since(l.logged) >= acceptLogInterval {
		l.logged = time.Now()
		l.log.Error("connections are not accepted: too many open files; raise the limit (ulimit -n, LimitNOFILE)", slog.Any("error", err))
	}
	return conn, err
}
