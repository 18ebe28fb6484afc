package catalog

import (
	"context"
	"time"
)

// Leases say which of several nodes does a thing, and how far it got.
type Leases interface {
	// TakeLease gives holder the lease for a while if nobody else has it, and tells
	// the bookmark that was left there last: 0 at first.
	TakeLease(ctx context.Context, name, holder string, now time.Time, ttl time.Duration) (bookmark int64, ok bool, err error)
	// KeepLease leaves a bookmark and holds on for a while longer. It says no where
	// another has the lease by now.
	KeepLease(ctx context.Context, name, holder string, bookmark int64, now time.Time, ttl time.Duration) (bool, error)
	// DropLease lets another have the lease at once.
	DropLease(ctx context.Context, name, holder string) error
}

// RerateOptions says how cats are to be rated anew.
type RerateOptions struct {
	Leases Leases
	Holder string // the name of this node
	// All rates every cat from the first on, also if today's are done: a new rubric
	// may say something else of them.
	All      bool
	Progress func(RerateStats) // is told after each batch; nil tells nobody
}

// RerateStats counts the cats that a run of Rerate looked at, those of which the
// rating differed, and those that came into another age group.
type RerateStats struct{ Looked, Rated, Turned int }

const (
	rerateLease = "rerate"
	rerateTTL   = 2 * time.Minute // much longer than a batch takes
	rerateBatch = 500
)

// Rerate rates cats as of today (UTC), since evidence ages and vaccines run out,
// and logs those of which the rating says something else than its date, as rated;
// and it logs those whose age group turned since anything was logged of them, as
// updated. Once a day is enough: a second run finds nothing to do. Of several
// nodes one does it, and another goes on where that one stood if it stops. Ok
// says that all is done for today, by whomever; not ok, another node is at it.
func (c *Catalog) Rerate(ctx context.Context, r RerateOptions) (done RerateStats, ok bool, err error) {
	bookmark, ok, err := r.Leases.TakeLease(ctx, rerateLease, r.Holder, c.now(), rerateTTL)
	if err != nil || !ok {
		return done, false, wrap(err, "rate cats anew")
	}
	defer func() {
		// Also where ctx has ended: another node need not wait until the lease runs out.
		if drop := r.Leases.DropLease(context.WithoutCancel(ctx), rerateLease, r.Holder); err == nil {
			err = wrap(drop, "rate cats anew")
		}
	}()
	at := progressOf(bookmark, c.now())
	if r.All {
		at.number = 0
	}
	for ok && at.number < allNumbers {
		some, last, err := c.rerateSome(ctx, at.number)
		if err != nil {
			return done, false, wrap(err, "rate cats after number %d anew", at.number)
		}
		at.number = last
		done.Looked, done.Rated, done.Turned = done.Looked+some.Looked, done.Rated+some.Rated, done.Turned+some.Turned
		if ok, err = r.Leases.KeepLease(ctx, rerateLease, r.Holder, at.bookmark(), c.now(), rerateTTL); err != nil {
			return done, false, wrap(err, "rate cats anew")
		}
		if r.Progress != nil {
			r.Progress(done)
		}
	}
	return done, ok, nil
}

// rerateProgress is how far the cats are rated as of a day.
type rerateProgress struct {
	day    int64 // since 1970
	number int64 // all cats up to it are done
}

// allNumbers is more than any cat's number, and fits into a bookmark with a day.
const allNumbers = 1<<40 - 1

func progressOf(bookmark int64, now time.Time) rerateProgress {
	const seconds = 24 * 60 * 60
	today := now.Unix() / seconds
	if bookmark/(allNumbers+1) != today {
		return rerateProgress{day: today, number: 0}
	}
	return rerateProgress{day: today, number: bookmark % (allNumbers + 1)}
}

func (p rerateProgress) bookmark() int64 { return p.day*(allNumbers+1) + p.number }

// rerateSome rates the next cats after a number, and says up to which.
func (c *Catalog) rerateSome(ctx context.Context, after int64) (some RerateStats, last int64, err error) {
	err = c.write(ctx, "rerate", func(tx Tx) ([]Change, error) {
		some, last = RerateStats{}, allNumbers
		cats, err := tx.CatsAfter(ctx, after, rerateBatch)
		if err != nil {
			return nil, err
		}
		if some.Looked = len(cats); len(cats) == rerateBatch {
			last = cats[len(cats)-1].Number
		}
		// Most cats are as they were. The others are looked at again while nobody
		// else can change them, since this may be less than the newest of them.
		overdue, err := c.rerated(ctx, tx, cats)
		if err != nil || len(overdue) == 0 {
			return nil, err
		}
		ids := make([]string, len(overdue))
		for i, o := range overdue {
			ids[i] = o.cat.ID
		}
		if cats, err = tx.CatsByID(ctx, ids); err != nil {
			return nil, err
		}
		if overdue, err = c.rerated(ctx, tx, cats); err != nil {
			return nil, err
		}
		return c.saveRerated(ctx, tx, overdue, &some)
	})
	return some, last, err
}

// rerated is a cat that is not what it was, and what differs.
type rerated struct {
	cat, known    Cat
	rated, turned bool
}

// rerated are those of the cats that are not what was told of them last.
func (c *Catalog) rerated(ctx context.Context, tx Tx, cats []Cat) ([]rerated, error) {
	ids := make([]string, len(cats))
	for i, cat := range cats {
		ids[i] = cat.ID
	}
	records, err := recordsOf(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	var out []rerated
	for _, known := range cats {
		o := rerated{cat: known, known: known, rated: false, turned: known.AgeGroupOn(known.UpdatedAt) != known.AgeGroupOn(c.now())}
		if known.Status == Removed {
			continue
		}
		o.rated = c.rateFrom(&o.cat, records[known.ID])
		if o.rated || o.turned {
			out = append(out, o)
		}
	}
	return out, nil
}

func (c *Catalog) saveRerated(ctx context.Context, tx Tx, overdue []rerated, some *RerateStats) ([]Change, error) {
	cats, changes := make([]Cat, len(overdue)), make([]Change, len(overdue))
	for i, o := range overdue {
		o.cat.Version, o.cat.UpdatedAt = o.known.Version+1, c.now()
		op, fields := Rated, []string(nil)
		if o.turned {
			op, fields = Updated, append(fields, "age_group")
			some.Turned++
		}
		if o.rated {
			fields = append(fields, "adventure")
			some.Rated++
		}
		cats[i], changes[i] = o.cat, catChange(op, o.known, o.cat, fields)
	}
	return changes, tx.SaveCats(ctx, nil, cats)
}
