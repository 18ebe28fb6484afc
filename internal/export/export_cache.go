package export

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
	// ExportAge is how old an export may be when somebody asks for it, if the log
	// has moved on since. Its cursor is exact, so nobody misses anything.
	ExportAge = time.Minute
	// KeptExports is how many of a resource are kept: for who asks next, and for
	// who comes back for the rest of one.
	KeptExports = 3
)

// CacheConfig is what an export cache needs.
type CacheConfig struct {
	Store     Snapshotter
	Log       *slog.Logger
	Now       func() time.Time
	NewID     func() string // returns a new id, without its prefix
	PublicURL string        // of this server, for attributions; may be empty
	ExportDir string        // where the files are kept; empty: the system's directory for temporary files
}

// Cache makes exports and keeps the newest of them, each in a file. One of
// a resource is made at a time; whoever asks for it meanwhile reads along.
type Cache struct {
	CacheConfig
	turns map[string]chan struct{} // by resource

	Mu      sync.Mutex
	Exports []*File // in the order in which they were begun
}

func NewCache(config CacheConfig) *Cache {
	turns := map[string]chan struct{}{Cats: make(chan struct{}, 1), Shelters: make(chan struct{}, 1)}
	return &Cache{CacheConfig: config, turns: turns, Mu: sync.Mutex{}, Exports: nil}
}

// Request is an export that somebody asks for.
type Request struct {
	Resource, Format string
	Reader           catalog.Audience
	Hidden           map[string]struct{} // shelters that withhold their cats from the reader
	Head             int64               // where the log ends now
	AtLeast          int64               // what the export must reflect
	Tag              string              // of the one that they have a part of already
}

// File is one that is being made, or was.
type File struct {
	Resource, Format string
	Hidden           map[string]struct{}
	tag              string
	Packed           *Artifact // with zstd; guarded by the shelf, as is zipped
	Zipped           *Artifact // with gzip; nil until somebody asks for it

	opened chan struct{} // closed when start is known, or err why it never will be
	Start  Start
	err    error

	Size  int64 // in bytes, not packed; known when packed is whole, as is count
	Count int
}

// ErrMismatch says that an export turned out to be of another moment than the one asked for.
var ErrMismatch = errors.New("the export is of another moment")

// Acquire finds the export that is asked for or begins to make it, and waits until
// it is known what it is of. Whoever takes one leaves its packed edition.
func (s *Cache) Acquire(ctx context.Context, ask Request) (*File, error) {
	x, err := s.find(ctx, ask)
	if err != nil {
		return nil, err
	}
	select {
	case <-x.opened:
		if err = x.err; err == nil && !x.Satisfies(ask) {
			err = ErrMismatch
		}
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		s.Release(x.Packed)
		return nil, err
	}
	return x, nil
}

// Satisfies says of an opened export that it says what the reader may know, neither
// more nor less, and all that it must.
func (x *File) Satisfies(ask Request) bool {
	return x.Start.Head.Seq >= ask.AtLeast && maps.Equal(x.Hidden, ask.Hidden) && maps.Equal(x.Hidden, x.Start.withheldFrom(ask.Reader))
}

func (s *Cache) find(ctx context.Context, ask Request) (*File, error) {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	for _, fits := range []func(*File, Request) bool{sameArtifact, s.current} {
		for _, x := range slices.Backward(s.Exports) {
			if x.Resource == ask.Resource && x.Format == ask.Format && !x.Packed.dropped && maps.Equal(x.Hidden, ask.Hidden) && fits(x, ask) {
				x.Packed.readers++
				return x, nil
			}
		}
	}
	return s.begin(ctx, ask)
}

// sameArtifact says that it is the rest of this export that is asked for.
func sameArtifact(x *File, ask Request) bool { return x.tag == ask.Tag }

// current says that an export may be given to who asks now.
func (s *Cache) current(x *File, ask Request) bool {
	select {
	case <-x.opened:
	default:
		return true // it will be of a moment that is about now
	}
	switch now := s.Now(); {
	case x.err != nil || !x.Satisfies(ask):
		return false
	case now.UTC().Format(time.DateOnly) != x.Start.At.Format(time.DateOnly): // cats are older
		return false
	default:
		return x.Start.Head.Seq == ask.Head || now.Sub(x.Start.At) < ExportAge
	}
}

// begin makes an export, in the background and for as long as somebody reads it.
func (s *Cache) begin(ctx context.Context, ask Request) (*File, error) {
	x := &File{
		Resource: ask.Resource, Format: ask.Format, Hidden: ask.Hidden, tag: "exp_" + s.NewID(), Packed: nil, Zipped: nil,
		opened: make(chan struct{}), Start: Start{}, err: nil, Size: 0, Count: 0,
	}
	var err error
	x.Packed, err = s.publish(ctx, func(ctx context.Context, to io.Writer) error {
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
	s.Exports = append(s.Exports, x)
	return x, nil
}

// write reads a snapshot and writes it, when it is this resource's turn.
func (s *Cache) write(ctx context.Context, x *File, to io.Writer) error {
	if err := sendOrDone(ctx, s.turns[x.Resource], struct{}{}); err != nil {
		return err
	}
	defer func() { <-s.turns[x.Resource] }()
	zip, err := zstdWriter(to)
	if err != nil {
		return err
	}
	text := &countingWriter{to: zip, n: 0}
	e := Export{Resource: x.Resource, Format: x.Format, At: s.Now().UTC(), PublicURL: s.PublicURL, Hidden: x.Hidden}
	x.Count, err = e.Write(ctx, s.Store, text, func(start Start) {
		x.Start = start
		close(x.opened)
	}, func(int) {})
	x.Size = text.n
	if err = errors.Join(err, zip.Close()); err != nil {
		return err
	}
	s.Log.InfoContext(ctx, "export made", slog.String("resource", x.Resource), slog.String("format", x.Format), slog.Int64("seq", x.Start.Head.Seq),
		slog.Int("count", x.Count), slog.Int64("bytes", x.Size), slog.Duration("took", s.Now().Sub(e.At)))
	return nil
}

// GzipVariant finds or makes the edition of an export that is packed with gzip. Whoever
// asks for it holds the export, and leaves what they get.
func (s *Cache) GzipVariant(ctx context.Context, x *File) (*Artifact, error) {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	if x.Zipped != nil && !x.Zipped.dropped {
		x.Zipped.readers++
		return x.Zipped, nil
	}
	x.Packed.readers++ // whoever packs it reads it
	var err error
	x.Zipped, err = s.publish(ctx, func(ctx context.Context, to io.Writer) error {
		defer s.Release(x.Packed)
		return repack(x.Packed.File.From(ctx, 0), to)
	})
	if err != nil {
		x.Packed.readers--
		return nil, err
	}
	x.Zipped.dropped = x.Packed.dropped // it may have gone while its readers stayed
	return x.Zipped, nil
}

// TagOf is the tag of an export in a header as If-Range, whatever it was packed with.
func TagOf(header string) string {
	tag, _, _ := strings.Cut(strings.Trim(header, `"`), "-")
	return tag
}

func (x *File) FileName() string {
	return fmt.Sprintf("trailcat-%s-%d.%s", x.Resource, x.Start.Head.Seq, x.Format)
}

// ETAG names the very bytes of an export.
func (x *File) ETAG(packed Coding) string {
	if packed == Identity {
		return `"` + x.tag + `"`
	}
	return `"` + x.tag + "-" + string(packed) + `"`
}
