package main

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"
)

const (
	// repeatInterval is how often a warning that repeats is logged.
	repeatInterval = time.Minute
	// maxVariants is how many lines of one message that differ in their text attributes,
	// such as the webhook, are logged per interval.
	maxVariants = 10
)

// repeatLimiter is a log handler that passes on a warning at most once a minute and
// counts its repetitions, because what fails while the database is unavailable is
// retried several times a second. Warnings are equal if their message and their text
// attributes are; errors, numbers and times may differ. The attribute repeated is the
// number of lines of that message that were omitted since the previous one.
type repeatLimiter struct {
	slog.Handler
	warnings *warnings
}

func newRepeatLimiter(next slog.Handler) slog.Handler {
	return repeatLimiter{Handler: next, warnings: &warnings{mu: sync.Mutex{}, byMessage: map[string]*warningInterval{}}}
}

// Handle passes on a record unless it is a repetition.
func (l repeatLimiter) Handle(ctx context.Context, r slog.Record) error {
	if r.Level != slog.LevelWarn {
		return l.Handler.Handle(ctx, r)
	}
	repeated, ok := l.warnings.count(r)
	if !ok {
		return nil
	}
	if repeated > 0 {
		r = r.Clone()
		r.AddAttrs(slog.Int("repeated", repeated))
	}
	return l.Handler.Handle(ctx, r)
}

// WithAttrs returns a handler with attributes that shares the counts.
func (l repeatLimiter) WithAttrs(attrs []slog.Attr) slog.Handler {
	return repeatLimiter{Handler: l.Handler.WithAttrs(attrs), warnings: l.warnings}
}

// WithGroup returns a handler with a group that shares the counts.
func (l repeatLimiter) WithGroup(name string) slog.Handler {
	return repeatLimiter{Handler: l.Handler.WithGroup(name), warnings: l.warnings}
}

// warnings counts warnings by message. It is safe for concurrent use.
type warnings struct {
	mu        sync.Mutex
	byMessage map[string]*warningInterval
}

type warningInterval struct {
	since    time.Time
	logged   map[string]bool // by text attributes
	repeated int
}

// count reports whether a warning is to be logged, and how many were omitted before it.
func (w *warnings) count(r slog.Record) (repeated int, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	interval, known := w.byMessage[r.Message]
	if !known || r.Time.Sub(interval.since) >= repeatInterval {
		if known {
			repeated = interval.repeated
		}
		interval = &warningInterval{since: r.Time, logged: map[string]bool{}, repeated: 0}
		w.byMessage[r.Message] = interval
	}
	variant := textAttributes(r)
	if interval.logged[variant] || len(interval.logged) == maxVariants {
		interval.repeated++
		return 0, false
	}
	interval.logged[variant] = true
	return repeated, true
}

func textAttributes(r slog.Record) string {
	var text strings.Builder
	r.Attrs(func(a slog.Attr) bool {
		if a.Value.Kind() == slog.KindString {
			text.WriteString(a.Key + "=" + a.Value.String() + "\x00")
		}
		return true
	})
	return text.String()
}
