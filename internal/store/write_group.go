package store

import (
	"context"
	"errors"
	"slices"
	"time"

	"trailcat/internal/catalog"
)

// catWrite is a write of one cat that can share a transaction with others.
type catWrite struct {
	*catalog.CatWrite

	ctx     context.Context //nolint:containedctx // of the caller, of which there are several in a transaction
	arrived time.Time
	mayWait bool          // for the lock of its shelter; then it shares a transaction only with writes to that shelter
	done    chan struct{} // closed when err is set
	err     error
}

var (
	errPostponed = errors.New("the write is postponed to a later transaction")
	errAlone     = errors.New("the write needs a transaction of its own")
)

// WriteCat performs a write when it is its turn, in one transaction with the others that
// wait at that moment: the first of them performs all, and none waits for others to come.
//
// A transaction with writes to several shelters does not wait for the locks of shelters, so
// that two cannot deadlock, and so that a slow write holds up only its own shelter: writes to
// a locked shelter are postponed, and wait for it together, in a transaction for this
// shelter. Writes to one shelter are never in two transactions of this node at a time.
func (s *Store) WriteCat(ctx context.Context, w *catalog.CatWrite, perform catalog.PerformCatWrites) error {
	err := errAlone
	if catalog.WorkloadOf(ctx) == catalog.InteractiveWorkload {
		arrived := clock()
		err = s.withTimeLimit(ctx, func(ctx context.Context) error {
			err := errPostponed
			for mayWait := false; errors.Is(err, errPostponed); mayWait = true {
				err = s.writeTogether(&catWrite{CatWrite: w, ctx: ctx, arrived: arrived, mayWait: mayWait, done: make(chan struct{}), err: nil}, perform)
			}
			return err
		})
	}
	if !errors.Is(err, errAlone) {
		return err
	}
	return s.Write(ctx, func(tx catalog.Tx) error {
		_, err := perform(ctx, tx, []*catalog.CatWrite{w}, true)
		return err
	})
}

// writeTogether waits until a write has been performed, by this call or by another one.
func (s *Store) writeTogether(w *catWrite, perform catalog.PerformCatWrites) error {
	group, release, err := s.queue.acquireGroup(w.ctx, w)
	if err != nil {
		return err
	}
	if len(group) > 0 {
		s.writeGroup(w.ctx, group, release, perform)
	}
	<-w.done
	return w.err
}

// writeGroup performs writes in one transaction and sets their errors. With several writes,
// it does not end with the context of its caller. If it fails then before the commit, unless
// the database as a whole does, each of them is to be performed alone, so that the cause only
// affects its own caller; this includes panics. A failed commit may have been applied, so it is
// not repeated.
func (s *Store) writeGroup(ctx context.Context, group []*catWrite, release func(), perform catalog.PerformCatWrites) {
	var postponed []*catalog.CatWrite
	err := errAlone
	defer func() {
		if len(group) > 1 {
			_ = recover() // the write that panicked does so again, alone
		}
		for _, w := range group {
			switch {
			case slices.Contains(postponed, w.CatWrite):
				w.err = errPostponed
			case w.err == nil:
				w.err = err
			}
			close(w.done)
		}
		release()
	}()
	var writes []*catalog.CatWrite
	for _, w := range group {
		if w.err = context.Cause(w.ctx); w.err == nil {
			writes = append(writes, w.CatWrite)
		}
	}
	if len(writes) == 0 {
		return
	}
	if len(group) > 1 {
		ctx = context.WithoutCancel(ctx)
	}
	performed := false
	err = s.withTimeLimit(ctx, func(ctx context.Context) error {
		return s.inTransaction(ctx, func(t tx) (err error) {
			performed = false
			postponed, err = perform(ctx, t.parts(), writes, group[0].mayWait)
			performed = err == nil
			return err
		})
	})
	if _, outage := errors.AsType[*outageError](err); err != nil && !performed && !outage && len(group) > 1 {
		err, postponed = errAlone, nil
	}
}
