package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestRepeatLimiter_WarningsOnceAMinute logs what a server logs while the database is
// unavailable for ten minutes: the same warning five times a second, with other errors.
func TestRepeatLimiter_WarningsOnceAMinute(t *testing.T) {
	t.Parallel()

	var out bytes.Buffer
	handler := newRepeatLimiter(slog.NewTextHandler(&out, nil)).WithAttrs([]slog.Attr{slog.String("node", "a")})
	log := func(at time.Duration, level slog.Level, message string, attrs ...slog.Attr) {
		r := slog.NewRecord(time.Unix(0, 0).Add(at), level, message, 0)
		r.AddAttrs(attrs...)
		if err := handler.Handle(context.Background(), r); err != nil { //nolint:usetesting // slog's handlers ignore it
			t.Fatal(err)
		}
	}
	for at := time.Duration(0); at < 10*time.Minute; at += 200 * time.Millisecond {
		log(at, slog.LevelWarn, "read failed", slog.Any("error", errors.New(fmt.Sprint("timeout at ", at))), slog.Int64("retry_in_ms", int64(at)))
		log(at, slog.LevelWarn, "task failed", slog.String("task", fmt.Sprint("task ", at%400e6)))
		log(at, slog.LevelError, "request failed", slog.String("request_id", "a"))
	}
	if got := strings.Count(out.String(), "read failed"); got != 10 {
		t.Errorf("got %d lines in 10 minutes, want 10", got)
	}
	if got := strings.Count(out.String(), "repeated=299"); got != 9 {
		t.Errorf("got %d lines that count 299 repetitions, want 9 after the first", got)
	}
	if got := strings.Count(out.String(), "task failed"); got != 20 {
		t.Errorf("two tasks: got %d lines, want 20", got)
	}
	if got := strings.Count(out.String(), "request failed"); got != 3000 {
		t.Errorf("got %d errors, want all 3000", got)
	}

	out.Reset()
	for i := range 100 {
		log(time.Hour, slog.LevelWarn, "webhook failed", slog.String("webhook", strconv.Itoa(i)))
	}
	if got := strings.Count(out.String(), "webhook failed"); got != maxVariants {
		t.Errorf("100 webhooks: got %d lines in a minute, want %d", got, maxVariants)
	}
}
