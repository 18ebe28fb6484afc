package catalog

import (
	"context"
	"time"
)

// RerateOptions configures a run of Rerate.
type RerateOptions struct {
	Leases Leases
	Holder string // the name of this node
	// All rates every cat from the first one, even if today's run is complete, as
	// needed after a change of the rubric.
	All      bool
	Progress func(RerateStats) // called after each batch unless nil
}

// RerateStats counts the cats that a run examined, those whose rating changed, and
// those whose age group changed.
type RerateStats struct{ Examined, Rated, AgedUp int }

const (
	rerateLease     = "rerate"
	rerateTTL       = 2 * time.Minute // much longer than a batch takes
	rerateBatchSize = 500
)

// Rerate recomputes all ratings as of today (UTC), since evidence ages and vaccines
// expire. It logs cats whose rating differs in more than its date as rated, and
// cats whose age group changed since their last log entry as updated. One run a day
// is enough: a second run finds nothing to do. Of several nodes one does the work,
// and another continues from its checkpoint if it stops. ok reports whether today's
// run is complete, by whichever node; otherwise another node is working on it.
func (c *Catalog) Rerate(ctx context.Context, options RerateOptions) (stats RerateStats, ok bool, err error) {
	ctx = WithWorkload(ctx, JobWorkload)
	lease, ok, err := options.Leases.TakeLease(ctx, rerateLease, options.Holder, c.now(), rerateTTL)
	if err != nil || !ok {
		return stats, false, wrap(err, "recompute ratings")
	}
	defer func() {
		// Also after ctx has ended, so that another node need not wait for the lease to expire.
		if dropErr := options.Leases.DropLease(context.WithoutCancel(ctx), rerateLease, options.Holder); err == nil {
			err = wrap(dropErr, "recompute ratings")
		}
	}()
	progress := parseRerateProgress(lease.Checkpoint, c.now())
	if options.All {
		progress.number = 0
	}
	for ok && progress.number < allNumbers {
		batch, last, err := c.rerateBatch(ctx, progress.number)
		if err != nil {
			return stats, false, wrap(err, "recompute ratings after number %d", progress.number)
		}
		progress.number = last
		stats.Examined, stats.Rated, stats.AgedUp = stats.Examined+batch.Examined, stats.Rated+batch.Rated, stats.AgedUp+batch.AgedUp
		if ok, err = options.Leases.KeepLease(ctx, rerateLease, options.Holder, progress.checkpoint(), c.now(), rerateTTL); err != nil {
			return stats, false, wrap(err, "recompute ratings")
		}
		if options.Progress != nil {
			options.Progress(stats)
		}
	}
	return stats, ok, nil
}

// rerateProgress says how far the ratings are recomputed as of a day.
type rerateProgress struct {
	day    int64 // since 1970
	number int64 // cats up to this number are complete
}

// allNumbers is greater than any cat's number and fits into a checkpoint together
// with a day.
const allNumbers = 1<<40 - 1

// parseRerateProgress decodes a checkpoint. A checkpoint of another day means no
// progress today.
func parseRerateProgress(checkpoint int64, now time.Time) rerateProgress {
	const seconds = 24 * 60 * 60
	today := now.Unix() / seconds
	if checkpoint/(allNumbers+1) != today {
		return rerateProgress{day: today, number: 0}
	}
	return rerateProgress{day: today, number: checkpoint % (allNumbers + 1)}
}

func (p rerateProgress) checkpoint() int64 { return p.day*(allNumbers+1) + p.number }

// rerateBatch rates the next cats after a number and returns the last number.
func (c *Catalog) rerateBatch(ctx context.Context, after int64) (stats RerateStats, last int64, err error) {
	err = c.write(ctx, "rerate", func(tx Tx) ([]Change, error) {
		stats, last = RerateStats{}, allNumbers
		cats, err := tx.Cats.CatsAfter(ctx, after, rerateBatchSize)
		if err != nil {
			return nil, err
		}
		if stats.Examined = len(cats); len(cats) == rerateBatchSize {
			last = cats[len(cats)-1].Number
		}
		// Most cats have not changed. The others are read again under a lock, since
		// the unlocked read may be outdated.
		overdue, err := c.overdueCats(ctx, tx, cats)
		if err != nil || len(overdue) == 0 {
			return nil, err
		}
		ids := make([]string, len(overdue))
		for i, o := range overdue {
			ids[i] = o.cat.ID
		}
		if cats, err = tx.Cats.CatsByID(ctx, ids); err != nil {
			return nil, err
		}
		if overdue, err = c.overdueCats(ctx, tx, cats); err != nil {
			return nil, err
		}
		return c.saveRerated(ctx, tx, overdue, &stats)
	})
	return stats, last, err
}

// overdueCat is a cat whose rating or age group is no longer the logged one.
type overdueCat struct {
	cat, known Cat
	computed   []string // the API names of the computed fields that differ
	turned     bool     // the age group differs
}

// overdueCats returns the overdue cats among cats.
func (c *Catalog) overdueCats(ctx context.Context, tx Tx, cats []Cat) ([]overdueCat, error) {
	ids := make([]string, len(cats))
	for i, cat := range cats {
		ids[i] = cat.ID
	}
	evidence, err := tx.Evidence.Evidence(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []overdueCat
	for _, known := range cats {
		o := overdueCat{cat: known, known: known, computed: nil, turned: known.AgeGroupOn(known.UpdatedAt) != known.AgeGroupOn(c.now())}
		if known.Status == Removed {
			continue
		}
		o.computed = c.rate(&o.cat, evidence[known.ID])
		if len(o.computed) > 0 || o.turned {
			out = append(out, o)
		}
	}
	return out, nil
}

func (c *Catalog) saveRerated(ctx context.Context, tx Tx, overdue []overdueCat, stats *RerateStats) ([]Change, error) {
	cats, changes := make([]Cat, len(overdue)), make([]Change, len(overdue))
	for i, o := range overdue {
		o.cat.Version, o.cat.UpdatedAt = o.known.Version+1, c.now()
		op, fields := opOf(o.computed), []string(nil)
		if o.turned {
			op, fields = Updated, append(fields, "age_group")
			stats.AgedUp++
		}
		if len(o.computed) > 0 {
			fields = append(fields, o.computed...)
			stats.Rated++
		}
		cats[i], changes[i] = o.cat, newCatChange(op, o.known, o.cat, fields)
	}
	return changes, tx.Cats.SaveCats(ctx, nil, cats)
}
