package importjob

import (
	"context"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
)

// Slots limits how many imports run at once in a process, because each takes memory.
type Slots struct {
	taken chan struct{}
	wait  time.Duration
}

// NewSlots returns n slots, for one of which an import waits at most for a time.
func NewSlots(n int, wait time.Duration) *Slots {
	return &Slots{taken: make(chan struct{}, n), wait: wait}
}

// Acquire waits for a slot and returns the function that releases it. If none becomes free, the
// error is Unavailable with code too_many_imports.
func (s *Slots) Acquire(ctx context.Context) (release func(), err error) {
	release = func() { <-s.taken }
	select {
	case s.taken <- struct{}{}:
		return release, nil
	default:
	}
	timer := time.NewTimer(s.wait)
	defer timer.Stop()
	select {
	case s.taken <- struct{}{}:
		return release, nil
	case <-timer.C:
		return nil, catalog.Errorf(catalog.Unavailable, errcode.TooManyImports, "The server runs as many imports as it can at once. Nothing was imported. Send the file again after the time in Retry-After.")
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
