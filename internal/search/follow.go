package search

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
)

const (
	// entriesPerRead is the number of log entries that are read at a time.
	entriesPerRead = 500
	// catsPerBatch bounds how long the lock is held: a batch ends before the log entry
	// that would exceed it, unless that is the first.
	catsPerBatch = 500
	// termsPerStep is the number of cats whose terms are indexed under one lock.
	termsPerStep = 25
	// maxUnsortedTerms is the number of new terms that wait to be sorted.
	maxUnsortedTerms = 1000
)

// errLogReset means that the log does not continue from the index's position.
var errLogReset = errors.New("the log was replaced, restored to an earlier state, or truncated past the index's position")

// CatchUp makes everything visible that was committed before the call. It costs one
// small read if nothing is new. The error is Unavailable if the log no longer continues
// from the index's position, until Follow or Fill has filled the index again.
func (x *Index) CatchUp(ctx context.Context) error {
	started := x.started.Load()
	if err := x.acquireUpdate(ctx); err != nil {
		return err
	}
	defer x.releaseUpdate()
	if x.completed.Load() > started {
		return nil // another call started and completed while this one waited
	}
	if x.refilling.Load() {
		return errRefilling()
	}
	run := x.started.Add(1)
	err := x.recordResult(x.catchUp(ctx))
	if errors.Is(err, errLogReset) {
		x.refilling.Store(true)
		return errRefilling()
	}
	if err == nil {
		x.completed.Store(run)
	}
	return err
}

func errRefilling() error {
	return catalog.Errorf(catalog.Unavailable, errcode.IndexNotReady,
		"The change log was set back or replaced, and the search index is being loaded again. Try again in a few seconds.")
}

// Follow catches up at an interval until ctx ends, and fills the index again if the log
// was set back. While the source is unavailable, and while the index is filled, queries
// are answered from the data at hand; see State.
func (x *Index) Follow(ctx context.Context, interval time.Duration, log *slog.Logger) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	failing, reset := false, false // what has been logged
	for {
		err := x.CatchUp(ctx)
		if x.refilling.Load() {
			if !reset {
				log.ErrorContext(ctx, "the change log was set back or replaced, filling the search index again", slog.Int64("seq", x.Head().Seq))
			}
			reset = true
			err = x.Fill(ctx)
		}
		reset = reset && err != nil
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && !failing:
			log.WarnContext(ctx, "search index failed to follow the log, will retry", slog.Any("error", err))
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
	case x.update <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for the search index: %w", ctx.Err())
	}
}

func (x *Index) releaseUpdate() { <-x.update }

// recordResult records the result of a read from the source for State, and returns
// err.
func (x *Index) recordResult(err error) error {
	x.status.mu.Lock()
	defer x.status.mu.Unlock()
	if x.status.err = err; err == nil {
		x.status.at = x.options.Now()
	}
	return err
}

// catchUp reads the log to its end. The caller holds the update semaphore, so no
// other goroutine changes the data and it may be read without the lock.
func (x *Index) catchUp(ctx context.Context) error {
	d := x.data
	if d == nil {
		return x.fill(ctx)
	}
	remembered := x.remembered.of(d.head.Epoch)
	head, err := headSince(ctx, x.source, d, remembered...)
	if err != nil {
		return err
	}
	x.remembered.forget(len(remembered))
	if head.Floor != d.head.Floor {
		x.mu.Lock()
		d.head.Floor = head.Floor
		x.mu.Unlock()
	}
	if today := dayOf(x.options.Now()); today != d.today {
		apply := d.rollDay(today)
		x.mu.Lock()
		apply()
		x.mu.Unlock()
	}
	for d.head.Seq < head.Seq {
		entries, err := x.source.Changes(ctx, d.head.Seq, entriesPerRead)
		if err != nil {
			return fmt.Errorf("read the log: %w", err)
		}
		if len(entries) == 0 {
			return fmt.Errorf("read the log: its head is %d, but no entry follows %d", head.Seq, d.head.Seq)
		}
		if err := x.applyEntries(ctx, x.source, d, entries); err != nil {
			return err
		}
	}
	return nil
}

// headSince returns the end of the log, or errLogReset if the log does not continue
// from the index's position, or does not contain the latest row of the index and all
// positions at which something was read.
func headSince(ctx context.Context, rows rowSource, d *indexData, read ...catalog.LogPosition) (catalog.LogPosition, error) {
	head, err := rows.HeadSince(ctx, d.head, append(read, d.rowsAt)...)
	if err != nil {
		return head, fmt.Errorf("read the head of the log: %w", err)
	}
	if head.Epoch != d.head.Epoch || head.Floor > d.head.Seq {
		return head, errLogReset
	}
	return head, nil
}

// applyEntries applies log entries in one or more batches.
func (x *Index) applyEntries(ctx context.Context, rows rowSource, d *indexData, entries []catalog.Change) error {
	for len(entries) > 0 {
		n, cats, shelterIDs := d.nextBatch(entries)
		last := entries[n-1]
		b := batch{last: last, reindex: len(shelterIDs) > 0, read: []catalog.LogPosition{{Seq: last.Seq, CommitID: last.CommitID}}}
		if err := readBatch(ctx, rows, d, cats, shelterIDs, &b); err != nil {
			return err
		}
		if _, err := headSince(ctx, rows, d, b.read...); err != nil { // after the reads, which are valid only now
			return err
		}
		x.apply(d, b)
		d.terms.Sort(maxUnsortedTerms)
		x.notifyErased(entries[:n])
		entries = entries[n:]
	}
	return nil
}

// nextBatch returns how many of the log entries make a batch, and the cats and
// shelters that they affect. A change of a shelter affects all its cats, since their
// cards and places depend on it.
func (d *indexData) nextBatch(entries []catalog.Change) (n int, cats, shelterIDs []string) {
	seen := map[string]bool{}
	for n < len(entries) {
		entry := entries[n]
		var affected []string
		switch entry.Resource {
		case catalog.CatResource:
			affected = []string{entry.ResourceID}
		case catalog.ShelterResource:
			if number, ok := d.shelters.byID[entry.ResourceID]; ok && !seen[entry.ResourceID] {
				for _, slot := range d.shelters.all[number].cats {
					affected = append(affected, d.ids[slot].String())
				}
			}
		default: // other resources are not indexed
		}
		if n > 0 && len(cats)+len(affected) > catsPerBatch {
			break
		}
		if entry.Resource == catalog.ShelterResource && !seen[entry.ResourceID] {
			seen[entry.ResourceID] = true
			shelterIDs = append(shelterIDs, entry.ResourceID)
		}
		for _, id := range affected {
			if !seen[id] {
				seen[id] = true
				cats = append(cats, id)
			}
		}
		n++
	}
	return n, cats, shelterIDs
}

// readBatch reads the shelters and cats of a batch from the source and prepares them.
func readBatch(ctx context.Context, rows rowSource, d *indexData, catIDs, shelterIDs []string, b *batch) error {
	if len(shelterIDs) > 0 {
		changed, at, err := rows.SheltersByID(ctx, shelterIDs)
		if err != nil {
			return fmt.Errorf("read shelters: %w", err)
		}
		b.shelters, b.read = changed, append(b.read, at)
	}
	for ids := range slices.Chunk(catIDs, catsPerBatch) {
		cats, at, err := rows.CatsWithPosition(ctx, ids)
		if err != nil {
			return fmt.Errorf("read cats: %w", err)
		}
		lookup := d.shelters.lookup(cats)
		for _, s := range b.shelters {
			lookup.byID[s.ID] = &s
		}
		if lookup, err = loadMissingShelters(ctx, rows, cats, lookup); err != nil {
			return err
		}
		b.shelters, b.read = append(b.shelters, lookup.loaded...), append(b.read, at, lookup.loadedAt)
		docs, err := d.prepare(cats, lookup.get)
		if err != nil {
			return err
		}
		b.documents = append(b.documents, docs...)
	}
	return nil
}

// apply applies a batch step by step.
func (x *Index) apply(d *indexData, b batch) {
	locked := func(step func()) {
		x.mu.Lock()
		defer x.mu.Unlock()
		step()
	}
	var a batchApplier
	locked(func() { a = d.beginBatch(b) })
	for from := 0; from < len(a.slots); from += termsPerStep {
		locked(func() { a.indexTerms(from, min(from+termsPerStep, len(a.slots))) })
	}
	locked(a.commit)
	x.applied.broadcast()
}
