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
	"trailcat/internal/geo"
	"trailcat/internal/search/arena"
)

const (
	// entriesPerRead is the number of log entries that are read at a time.
	entriesPerRead = 500
	// rowsPerRead is the number of cats or shelters that are read at a time.
	rowsPerRead = 500
	// maxUnsortedTerms is the number of new terms that wait to be sorted.
	maxUnsortedTerms = 1000
)

// errLogReset means that the log does not continue from the index's position.
var errLogReset = errors.New("the log was replaced, restored to an earlier state, or truncated past the index's position")

// CatchUp makes everything visible that was committed before the call. It costs one
// small read if nothing is new, which callers at the same time share. The error is Unavailable
// if the log no longer continues from the index's position, until Follow or Fill has filled
// the index again.
func (x *Index) CatchUp(ctx context.Context) error {
	_, err := x.calls.Do(ctx, "catch up", func(ctx context.Context) (struct{}, error) {
		return struct{}{}, x.updateFromLog(ctx)
	})
	return err
}

func (x *Index) updateFromLog(ctx context.Context) error {
	if err := x.acquireUpdate(ctx); err != nil {
		return err
	}
	defer x.releaseUpdate()
	if x.refilling.Load() {
		return errRefilling()
	}
	err := x.recordResult(x.catchUp(ctx))
	if errors.Is(err, errLogReset) {
		x.refilling.Store(true)
		return errRefilling()
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
		x.locked(func() { d.head.Floor = head.Floor })
	}
	if today := dayOf(x.options.Now()); today != d.today {
		x.locked(d.rollDay(today))
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

// applyEntries applies log entries: as many as are about cats, or about shelters, are read
// together, and then applied in small steps.
func (x *Index) applyEntries(ctx context.Context, rows rowSource, d *indexData, entries []catalog.Change) error {
	for len(entries) > 0 {
		n, resource, ids := nextRead(entries)
		r := rowReader{rows: rows, read: []catalog.LogPosition{{Seq: entries[n-1].Seq, CommitID: entries[n-1].CommitID}}}
		var apply func(entries []catalog.Change)
		var err error
		if resource == catalog.ShelterResource {
			apply, err = x.readShelters(ctx, d, &r, ids)
		} else {
			apply, err = x.readCats(ctx, d, &r, ids)
		}
		if err != nil {
			return err
		}
		if _, err := headSince(ctx, rows, d, r.read...); err != nil { // after the reads, which are valid only now
			return err
		}
		x.locked(func() { d.advanceRows(r.read...) })
		apply(entries[:n])
		x.applied.broadcast()
		x.notifyErased(entries[:n])
		x.recent.add(d.head.Epoch, entries[:n])
		entries = entries[n:]
	}
	return nil
}

// nextRead returns how many of the log entries are read together, and the resources that
// they are about: only cats, or only shelters.
func nextRead(entries []catalog.Change) (n int, resource catalog.Resource, ids []string) {
	seen := map[string]bool{}
	for _, entry := range entries {
		if entry.Resource == catalog.CatResource || entry.Resource == catalog.ShelterResource { // others are not indexed
			if resource == "" {
				resource = entry.Resource
			}
			if entry.Resource != resource || len(ids) == rowsPerRead {
				break
			}
			if !seen[entry.ResourceID] {
				seen[entry.ResourceID] = true
				ids = append(ids, entry.ResourceID)
			}
		}
		n++
	}
	return n, resource, ids
}

// rowReader reads rows and keeps the positions at which it did.
type rowReader struct {
	rows rowSource
	read []catalog.LogPosition
}

func (r *rowReader) cats(ctx context.Context, ids []string) ([]catalog.Cat, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	cats, at, err := r.rows.CatsWithPosition(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read cats: %w", err)
	}
	r.read = append(r.read, at)
	return cats, nil
}

// readCats reads cats, prepares them, and returns the function that applies them.
func (x *Index) readCats(ctx context.Context, d *indexData, r *rowReader, ids []string) (apply func([]catalog.Change), err error) {
	cats, err := r.cats(ctx, ids)
	if err != nil {
		return nil, err
	}
	lookup, err := loadMissingShelters(ctx, r.rows, cats, d.shelters.lookup(cats))
	if err != nil {
		return nil, err
	}
	r.read = append(r.read, lookup.loadedAt)
	docs, err := d.prepare(cats, lookup.get)
	if err != nil {
		return nil, err
	}
	return func(entries []catalog.Change) {
		x.addMissingShelters(d, lookup.loaded, docs)
		x.applyCats(d, entries, docs)
	}, nil
}

// addMissingShelters adds shelters that the index does not know: those that were loaded, and
// placeholders for those that the source does not return.
func (x *Index) addMissingShelters(d *indexData, loaded []catalog.Shelter, docs []document) {
	for i := range docs {
		if _, known := d.shelters.byID[docs[i].shelterID]; known {
			continue
		}
		x.locked(func() {
			for _, s := range loaded {
				d.shelters.upsert(s)
			}
			d.shelters.addPlaceholder(docs[i].shelterID)
		})
	}
}

// applyCats applies log entries about cats in steps, each of which moves the head. What a
// query finds between two steps is therefore as of a log entry.
func (x *Index) applyCats(d *indexData, entries []catalog.Change, docs []document) {
	byID := make(map[string]*document, len(docs))
	for i := range docs {
		byID[docs[i].id.String()] = &docs[i]
	}
	groups := d.ageGroupsOn(d.today)
	for len(entries) > 0 {
		step, n := d.planStep(entries, byID, groups)
		x.locked(step.apply)
		entries = entries[n:]
	}
	d.terms.Sort(maxUnsortedTerms)
	x.compact(&d.textArena, d.textRefs)
	x.compact(&d.cardArena, d.cardRefs)
}

// recordsPerStep is the number of records that are moved under one lock.
const recordsPerStep = 500

// compact frees a chunk of an arena in steps, if one has many holes.
func (x *Index) compact(a *arena.Arena, handles []arena.Handle) {
	c := a.Compaction(handles)
	for done := c == nil; !done; {
		x.locked(func() { done = c.Move(recordsPerStep) })
	}
}

// readShelters reads shelters, and the cats of those whose location changed. It returns the
// function that applies them.
func (x *Index) readShelters(ctx context.Context, d *indexData, r *rowReader, ids []string) (apply func([]catalog.Change), err error) {
	shelters, at, err := r.rows.SheltersByID(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read shelters: %w", err)
	}
	r.read = append(r.read, at)
	changes := make(map[string]shelterChange, len(shelters))
	for _, s := range shelters {
		c := shelterChange{shelter: s, points: map[uint32]geo.Point{}}
		var affected []string
		if number, known := d.shelters.byID[s.ID]; known && d.shelters.all[number].locates(&s) {
			affected = d.idsOf(d.shelters.all[number].cats)
		}
		for part := range slices.Chunk(affected, rowsPerRead) {
			cats, err := r.cats(ctx, part)
			if err != nil {
				return nil, err
			}
			d.addPoints(c.points, cats, &s)
		}
		changes[s.ID] = c
	}
	return func(entries []catalog.Change) {
		for i, entry := range entries {
			c, changed := changes[entry.ResourceID]
			delete(changes, entry.ResourceID)
			if changed {
				move := d.planMove(c)
				x.locked(func() { move.apply(entry) })
			} else if i == len(entries)-1 {
				x.locked(func() { d.advance(entry) })
			}
		}
	}, nil
}
