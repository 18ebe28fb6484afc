package search

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"trailcat/internal/catalog"
)

const (
	linesAtOnce = 500 // of the log
	// catsAtOnce bounds how long the lock is held: a batch ends before it would
	// touch more, if it can.
	catsAtOnce = 500
	// wordsAtOnce is for how many cats words are indexed in one go.
	wordsAtOnce = 25
)

// errOtherLog says that the log is not the one that the index followed.
var errOtherLog = errors.New("the log is another one, or went back")

// CatchUp makes visible all that was committed before the call. It costs one
// small read when there is nothing new.
func (x *Index) CatchUp(ctx context.Context) error {
	begun := x.begun.Load()
	if err := x.takeTurn(ctx); err != nil {
		return err
	}
	defer x.endTurn()
	if x.done.Load() > begun {
		return nil // while we waited, somebody caught up with all that we know of
	}
	run := x.begun.Add(1)
	err := x.note(x.catchUp(ctx))
	if errors.Is(err, errOtherLog) {
		err = x.note(x.fill(ctx))
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

func (x *Index) takeTurn(ctx context.Context) error {
	select {
	case x.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for the search index: %w", ctx.Err())
	}
}

func (x *Index) endTurn() { <-x.turn }

// note keeps how it went for State, and passes it on.
func (x *Index) note(err error) error {
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
	if head.Epoch != st.head.Epoch || head.Seq < st.head.Seq {
		return errOtherLog
	}
	if today := dayOf(x.options.Now()); today != st.today {
		turn := st.turnDay(today)
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

// applyLines applies some lines of the log, in as many batches as it takes.
func (x *Index) applyLines(ctx context.Context, st *stock, lines []catalog.Change) error {
	for len(lines) > 0 {
		n, cats, shelterIDs := st.touched(lines)
		b := batch{seq: lines[n-1].Seq, again: len(shelterIDs) > 0}
		lines = lines[n:]
		if err := x.read(ctx, st, cats, shelterIDs, &b); err != nil {
			return err
		}
		x.apply(st, b)
		st.lexicon.sort(maxUnsorted)
	}
	return nil
}

// apply puts a batch into the stock step by step.
func (x *Index) apply(st *stock, b batch) {
	locked := func(step func()) {
		x.mu.Lock()
		defer x.mu.Unlock()
		step()
	}
	var a applying
	locked(func() { a = st.begin(b) })
	for from := 0; from < len(a.slots); from += wordsAtOnce {
		locked(func() { a.indexWords(from, min(from+wordsAtOnce, len(a.slots))) })
	}
	locked(a.end)
}

// touched is how many of the lines make a batch, and what they touch. A change
// of a shelter touches all its cats, since their cards and places speak of it.
func (st *stock) touched(lines []catalog.Change) (n int, cats, shelterIDs []string) {
	seen := map[string]bool{}
	for n < len(lines) {
		line := lines[n]
		var more []string
		switch line.Resource {
		case catalog.CatResource:
			more = []string{line.ResourceID}
		case catalog.ShelterResource:
			if number, ok := st.shelters.byID[line.ResourceID]; ok && !seen[line.ResourceID] {
				for _, slot := range st.shelters.all[number].cats {
					more = append(more, st.ids[slot].String())
				}
			}
		}
		if n > 0 && len(cats)+len(more) > catsAtOnce {
			break
		}
		if line.Resource == catalog.ShelterResource && !seen[line.ResourceID] {
			seen[line.ResourceID] = true
			shelterIDs = append(shelterIDs, line.ResourceID)
		}
		for _, id := range more {
			if !seen[id] {
				seen[id] = true
				cats = append(cats, id)
			}
		}
		n++
	}
	return n, cats, shelterIDs
}

// read gets what a batch needs from the source and makes it ready.
func (x *Index) read(ctx context.Context, st *stock, catIDs, shelterIDs []string, b *batch) error {
	var err error
	if len(shelterIDs) > 0 {
		if b.shelters, err = x.source.SheltersByID(ctx, shelterIDs); err != nil {
			return fmt.Errorf("read shelters: %w", err)
		}
	}
	for ids := range slices.Chunk(catIDs, catsAtOnce) {
		cats, err := x.source.CatsByID(ctx, ids)
		if err != nil {
			return fmt.Errorf("read cats: %w", err)
		}
		h := st.shelters.snapshot(cats)
		for _, s := range b.shelters {
			h.known[s.ID] = s
		}
		if h, err = x.completeHomes(ctx, cats, h); err != nil {
			return err
		}
		b.shelters = append(b.shelters, h.fresh...)
		entries, err := st.prepare(cats, h.of)
		if err != nil {
			return err
		}
		b.cats = append(b.cats, entries...)
	}
	return nil
}
