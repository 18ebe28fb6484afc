package changefeed

import (
	"context"
	"slices"
	"sync"

	"trailcat/internal/catalog"
)

// keptLines is how many lines of the log are kept at hand.
const keptLines = 2000

// logTailCache is the log with its last lines at hand: webhooks all read on from
// about the same place, so what one of them needs is read once for all. It ends
// where the index stands. It may be used from many goroutines.
type logTailCache struct {
	Log
	head func() catalog.LogPosition // of the index

	mu         sync.Mutex
	lines      []catalog.Change // all there are after from and up to upto
	from, upto int64
	last       catalog.LogPosition // when it was asked last
}

// Head is where the index stands.
func (l *logTailCache) Head(context.Context) (catalog.LogPosition, error) { return l.head(), nil }

// Changes reads the log from just after a number.
func (l *logTailCache) Changes(ctx context.Context, after int64, limit int) ([]catalog.Change, error) {
	return l.ChangesWithBefore(ctx, after, limit)
}

// ChangesWithBefore reads the log from just after a number.
func (l *logTailCache) ChangesWithBefore(ctx context.Context, after int64, limit int) ([]catalog.Change, error) {
	lines, ok, err := l.cached(ctx, after)
	if err != nil {
		return nil, err
	}
	if !ok { // far behind the others
		return l.Log.ChangesWithBefore(ctx, after, limit)
	}
	end := min(limit, len(lines))
	return lines[:end:end], nil
}

// cached are all lines after a number, up to where the index stands at least;
// unless some of them are not at hand.
func (l *logTailCache) cached(ctx context.Context, after int64) (lines []catalog.Change, ok bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	head := l.head()
	if head.Epoch != l.last.Epoch || head.Seq < l.last.Seq {
		l.from, l.upto, l.lines = 0, 0, nil // the database was set back
	}
	l.last = head
	if after < head.Seq-keptLines || after > head.Seq {
		return nil, false, nil
	}
	if l.upto < head.Seq-keptLines {
		l.from, l.upto, l.lines = after, after, nil // nobody read on for long
	}
	if err := l.fill(ctx, head.Seq); err != nil {
		return nil, false, err
	}
	if after < l.from { // perhaps only now, as others made room for what was read
		return nil, false, nil
	}
	at, _ := slices.BinarySearchFunc(l.lines, after+1, func(line catalog.Change, seq int64) int { return int(line.Seq - seq) })
	return l.lines[at:], true, nil
}

// fill reads up to where the index stands.
func (l *logTailCache) fill(ctx context.Context, head int64) error {
	for l.upto < head {
		lines, err := l.Log.ChangesWithBefore(ctx, l.upto, linesAtOnce)
		if err != nil {
			return err
		}
		l.lines = append(l.lines, lines...)
		if len(lines) < linesAtOnce {
			l.upto = head // which was there before we read
		}
		if len(lines) > 0 {
			l.upto = max(l.upto, lines[len(lines)-1].Seq)
		}
	}
	if more := len(l.lines) - keptLines; more > 0 {
		l.from = l.lines[more-1].Seq
		l.lines = slices.Clone(l.lines[more:]) // others may still read the old ones
	}
	return nil
}
