package search

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

const (
	linesAtOnce = 500 // of the log
	// catsAtOnce bounds how long the lock is held: a batch ends before it would
	// touch more, if it can.
	catsAtOnce = 500
	// wordsAtOnce is for how many cats words are indexed in one go.
	wordsAtOnce = 25
)

// errLogReset says that the log does not go on from where the index stands.
var errLogReset = errors.New("the log is another one, or went back, or was shortened meanwhile")

// CatchUp makes visible all that was committed before the call. It costs one
// small read when there is nothing new.
func (x *Index) CatchUp(ctx context.Context) error {
	begun := x.begun.Load()
	if err := x.acquireUpdate(ctx); err != nil {
		return err
	}
	defer x.endTurn()
	if x.done.Load() > begun {
		return nil // while we waited, somebody caught up with all that we know of
	}
	run := x.begun.Add(1)
	err := x.recordResult(x.catchUp(ctx))
	if errors.Is(err, errLogReset) {
		err = x.recordResult(x.fill(ctx))
	}
	if err == nil {
		x.done.Store(run)
	}
	return err
}

// Follow catches up again and again until ctx ends. While the source does not
// answer, the index keeps answering with what it has; see State.
func (x *Index) Follow(ctx context.Context, every time.Duration, log *slog.Logger) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	failing := false
	for {
		err := x.CatchUp(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && !failing:
			log.WarnContext(ctx, "search index cannot follow the log", slog.Any("error", err))
		case err == nil && failing:
			log.InfoContext(ctx, "search index follows the log again")
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (x *Index) acquireUpdate(ctx context.Context) error {
	select {
	case x.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for the search index: %w", ctx.Err())
	}
}

func (x *Index) endTurn() { <-x.turn }

// recordResult keeps how it went for State, and passes it on.
func (x *Index) recordResult(err error) error {
	x.contact.mu.Lock()
	defer x.contact.mu.Unlock()
	if x.contact.err = err; err == nil {
		x.contact.at = x.options.Now()
	}
	return err
}

// catchUp reads the log to its end. The caller has the turn, so nobody else
// changes the stock, and it may be read without the lock.
func (x *Index) catchUp(ctx context.Context) error {
	st := x.stock
	if st == nil {
		return x.fill(ctx)
	}
	head, err := x.source.Head(ctx)
	if err != nil {
		return fmt.Errorf("read the head of the log: %w", err)
	}
	if head.Epoch != st.head.Epoch || head.Seq < st.head.Seq || head.Floor > st.head.Seq {
		return errLogReset
	}
	if head.Floor != st.head.Floor {
		x.mu.Lock()
		st.head.Floor = head.Floor
		x.mu.Unlock()
	}
	if today := dayOf(x.options.Now()); today != st.today {
		turn := st.rollDay(today)
		x.mu.Lock()
		turn()
		x.mu.Unlock()
	}
	for st.head.Seq < head.Seq {
		lines, err := x.source.Changes(ctx, st.head.Seq, linesAtOnce)
		if err != nil {
			return fmt.Errorf("read the log: %w", err)
		}
		if len(lines) == 0 {
			return fmt.Errorf("read the log: it ends at %d, but nothing follows %d", head.Seq, st.head.Seq)
		}
		if err := x.applyLines(ctx, st, lines); err != nil {
			return err
		}
	}
	return nil
}
