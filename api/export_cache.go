package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"trailcat/internal/catalog"
)

const (
	// exportAge is how old an export may be when somebody asks for it, if the log
	// has moved on since. Its cursor is exact, so nobody misses anything.
	exportAge = time.Minute
	// keptExports is how many of a resource are kept: for who asks next, and for
	// who comes back for the rest of one.
	keptExports = 3
)

// exportCache makes exports and keeps the newest of them, each in a file. One of
// a resource is made at a time; whoever asks for it meanwhile reads along.
type exportCache struct {
	Config
	turns map[string]chan struct{} // by resource

	mu      sync.Mutex
	exports []*export // in the order in which they were begun
}

func newExportShelf(config Config) *exportCache {
	turns := map[string]chan struct{}{catExport: make(chan struct{}, 1), shelterExport: make(chan struct{}, 1)}
	return &exportCache{Config: config, turns: turns, mu: sync.Mutex{}, exports: nil}
}

// exportAsk is an export that somebody asks for.
type exportAsk struct {
	resource, format string
	reader           catalog.Audience
	hidden           map[string]struct{} // shelters that withhold their cats from the reader
	head             int64               // where the log ends now
	atLeast          int64               // what the export must reflect
	tag              string              // of the one that they have a part of already
}

// export is one that is being made, or was.
type export struct {
	resource, format string
	hidden           map[string]struct{}
	tag              string
	packed           *artifact // with zstd; guarded by the shelf, as is zipped
	zipped           *artifact // with gzip; nil until somebody asks for it

	opened chan struct{} // closed when start is known, or err why it never will be
	start  ExportStart
	err    error

	size  int64 // in bytes, not packed; known when packed is whole, as is count
	count int
}

// errSnapshotMismatch says that an export turned out to be of another moment than the one asked for.
var errSnapshotMismatch = errors.New("the export is of another moment")

// acquire finds the export that is asked for or begins to make it, and waits until
// it is known what it is of. Whoever takes one leaves its packed edition.
func (s *exportCache) acquire(ctx context.Context, ask exportAsk) (*export, error) {
	x, err := s.find(ctx, ask)
	if err != nil {
		return nil, err
	}
	select {
	case <-x.opened:
		if err = x.err; err == nil && !x.satisfies(ask) {
			err = errSnapshotMismatch
		}
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		s.release(x.packed)
		return nil, err
	}
	return x, nil
}

// satisfies says of an opened export that it says what the reader may know, neither
// more nor less, and all that it must.
func (x *export) satisfies(ask exportAsk) bool {
	return x.start.Head.Seq >= ask.atLeast && maps.Equal(x.hidden, ask.hidden) && maps.Equal(x.hidden, x.start.withheldFrom(ask.reader))
}

func (s *exportCache) find(ctx context.Context, ask exportAsk) (*export, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, fits := range []func(*export, exportAsk) bool{sameArtifact, s.current} {
		for _, x := range slices.Backward(s.exports) {
			if x.resource == ask.resource && x.format == ask.format && !x.packed.dropped && maps.Equal(x.hidden, ask.hidden) && fits(x, ask) {
				x.packed.readers++
				return x, nil
			}
		}
	}
	return s.begin(ctx, ask)
}

// sameArtifact says that it is the rest of this export that is asked for.
func sameArtifact(x *export, ask exportAsk) bool { return x.tag == ask.tag }

// current says that an export may be given to who asks now.
func (s *exportCache) current(x *export, ask exportAsk) bool {
	select {
	case <-x.opened:
	default:
		return true // it will be of a moment that is about now
	}
	switch now := s.Now(); {
	case x.err != nil || !x.satisfies(ask):
		return false
	case now.UTC().Format(time.DateOnly) != x.start.At.Format(time.DateOnly): // cats are older
		return false
	default:
		return x.start.Head.Seq == ask.head || now.Sub(x.start.At) < exportAge
	}
}

// begin makes an export, in the background and for as long as somebody reads it.
func (s *exportCache) begin(ctx context.Context, ask exportAsk) (*export, error) {
	x := &export{
		resource: ask.resource, format: ask.format, hidden: ask.hidden, tag: "exp_" + s.NewID(), packed: nil, zipped: nil,
		opened: make(chan struct{}), start: ExportStart{}, err: nil, size: 0, count: 0,
	}
	var err error
	x.packed, err = s.publish(ctx, func(ctx context.Context, to io.Writer) error {
		err := s.write(ctx, x, to)
		select {
		case <-x.opened:
		default:
			x.err = err
			close(x.opened)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	s.exports = append(s.exports, x)
	return x, nil
}

// write reads a snapshot and writes it, when it is this resource's turn.
func (s *exportCache) write(ctx context.Context, x *export, to io.Writer) error {
	if err := sendOrDone(ctx, s.turns[x.resource], struct{}{}); err != nil {
		return err
	}
	defer func() { <-s.turns[x.resource] }()
	zip, err := zstdWriter(to)
	if err != nil {
		return err
	}
	text := &countingWriter{to: zip, n: 0}
	e := Export{Resource: x.resource, Format: x.format, At: s.Now().UTC(), PublicURL: s.PublicURL, Hidden: x.hidden}
	x.count, err = e.Write(ctx, s.Store, text, func(start ExportStart) {
		x.start = start
		close(x.opened)
	}, func(int) {})
	x.size = text.n
	if err = errors.Join(err, zip.Close()); err != nil {
		return err
	}
	s.Log.InfoContext(ctx, "export made", slog.String("resource", x.resource), slog.String("format", x.format), slog.Int64("seq", x.start.Head.Seq),
		slog.Int("count", x.count), slog.Int64("bytes", x.size), slog.Duration("took", s.Now().Sub(e.At)))
	return nil
}

// gzipVariant finds or makes the edition of an export that is packed with gzip. Whoever
// asks for it holds the export, and leaves what they get.
func (s *exportCache) gzipVariant(ctx context.Context, x *export) (*artifact, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if x.zipped != nil && !x.zipped.dropped {
		x.zipped.readers++
		return x.zipped, nil
	}
	x.packed.readers++ // whoever packs it reads it
	var err error
	x.zipped, err = s.publish(ctx, func(ctx context.Context, to io.Writer) error {
		defer s.release(x.packed)
		return repack(x.packed.file.from(ctx, 0), to)
	})
	if err != nil {
		x.packed.readers--
		return nil, err
	}
	x.zipped.dropped = x.packed.dropped // it may have gone while its readers stayed
	return x.zipped, nil
}

// tagOf is the tag of an export in a header as If-Range, whatever it was packed with.
func tagOf(header string) string {
	tag, _, _ := strings.Cut(strings.Trim(header, `"`), "-")
	return tag
}

func (x *export) fileName() string {
	return fmt.Sprintf("trailcat-%s-%d.%s", x.resource, x.start.Head.Seq, x.format)
}
