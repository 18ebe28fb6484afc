package export

import (
	"cmp"
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

	"golang.org/x/sync/singleflight"

	"trailcat/internal/catalog"
	"trailcat/internal/tempfile"
)

const (
	// maxAge is the maximum age of an export that is served although the log has moved
	// on since. Clients miss nothing, because its cursor is exact.
	maxAge = time.Minute
	// keptFiles is the number of exports of a resource that are kept: the newest for the
	// next client, the others for clients that resume a download.
	keptFiles = 3
	// creationTimeout bounds the creation of a file.
	creationTimeout = 15 * time.Minute
	// defaultMaxDecompressing limits the memory of decompression, of which each client
	// needs about 1.5 MB for as long as it reads.
	defaultMaxDecompressing = 32
	// maxDecompressingPerClient is how many of them one client may receive at once, so that
	// slow clients do not exclude the others.
	maxDecompressingPerClient = 4
)

// CacheConfig is what a cache depends on.
type CacheConfig struct {
	Store     Snapshotter
	Log       *slog.Logger
	Now       func() time.Time
	NewID     func() string // returns a new ID without a prefix
	PublicURL string        // base URL of this server, for attributions; may be empty
	PhotoBase catalog.PhotoBase
	Dir       string // directory of the files; empty: the system's temporary directory

	MaxDecompressing int // exports that are sent without compression at once; 0 for 32
}

// Cache creates exports on request and keeps the newest of them, each in a file. It
// creates one export of a resource at a time; clients that ask for the same export
// meanwhile wait for it. It is safe for concurrent use.
type Cache struct {
	CacheConfig
	calls    singleflight.Group
	turns    map[string]*sync.Mutex // by resource
	ctx      context.Context        //nolint:containedctx // ends when the cache is closed, and with it every creation
	stop     context.CancelFunc
	creating sync.WaitGroup

	mu            sync.Mutex
	files         []*File             // in order of creation
	minHead       catalog.LogPosition // that a file of the same log must have reached; see DropBefore
	decompressing map[string]int      // exports that are sent without compression, by client
}

// NewCache returns an empty cache, which the caller must close.
func NewCache(config CacheConfig) *Cache {
	config.MaxDecompressing = cmp.Or(config.MaxDecompressing, defaultMaxDecompressing)
	turns := map[string]*sync.Mutex{Cats: {}, Shelters: {}}
	ctx, stop := context.WithCancel(context.Background())
	return &Cache{
		CacheConfig: config, calls: singleflight.Group{}, turns: turns, ctx: ctx, stop: stop, creating: sync.WaitGroup{},
		mu: sync.Mutex{}, files: nil, minHead: catalog.LogPosition{}, decompressing: map[string]int{},
	}
}

// Close stops the creation of files and waits until none is being created. The cache
// must not be used afterwards.
func (c *Cache) Close() {
	c.stop()
	c.creating.Wait()
}

// Request describes the export that a client asks for.
type Request struct {
	Resource, Format string
	Audience         catalog.Audience
	Hidden           map[string]struct{} // IDs of the shelters and cats that are hidden from the audience
	Head             catalog.LogPosition // current end of the log
	MinSeq           int64               // log position that the export must have reached
	FileID           string              // of the file whose download the client resumes; may be empty
}

// File is an export that is complete. It stays readable until Release.
type File struct {
	Result
	ID        string
	FileName  string // for the client
	MediaType string
	Size      int64 // in bytes, not compressed
	CreatedAt time.Time

	request Request
	zstd    *tempfile.File
	gzip    *tempfile.File // nil until a client asks for it; guarded by Cache.mu
	readers sync.WaitGroup // Add is called under Cache.mu while the file is cached, or by a reader
}

// Release must be called once for each File that Acquire returned.
func (f *File) Release() { f.readers.Done() }

// ErrMismatch is returned if the catalog changed during the request so that the export
// does not suit it. The caller should build the request again and retry.
var ErrMismatch = errors.New("the export does not match the request")

// Acquire returns the export that is asked for, and creates it if no cached one suits.
// If ctx ends before that is complete, the creation continues for the other clients.
func (c *Cache) Acquire(ctx context.Context, request Request) (*File, error) {
	if f := c.find(request); f != nil {
		return f, nil
	}
	f, err := await(ctx, c, func(ctx context.Context) (*File, error) {
		f, err, _ := c.calls.Do(request.key(), func() (any, error) { return c.create(ctx, request) })
		return f.(*File), err
	})
	switch {
	case err != nil:
		return nil, err
	case !f.satisfies(request) || !c.acquire(f):
		return nil, ErrMismatch
	}
	return f, nil
}

// await runs fn in a goroutine and returns its results, or the error of ctx if that ends
// first. The context of fn does not end with ctx, but when the cache is closed.
func await[T any](ctx context.Context, c *Cache, fn func(context.Context) (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	c.creating.Go(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), creationTimeout)
		defer cancel()
		defer context.AfterFunc(c.ctx, cancel)()
		value, err := fn(ctx)
		done <- result{value, err}
	})
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		var zero T
		return zero, ctx.Err()
	}
}

// key identifies requests that can share the creation of a file.
func (r *Request) key() string {
	return strings.Join(append([]string{r.Resource, r.Format}, slices.Sorted(maps.Keys(r.Hidden))...), " ")
}

// satisfies reports whether the export contains exactly what the audience was allowed to
// see at its moment, and all that the request demands.
func (f *File) satisfies(r Request) bool {
	return f.Head.Epoch == r.Head.Epoch && f.Head.Seq >= r.MinSeq && maps.Equal(f.request.Hidden, r.Hidden) && maps.Equal(r.Hidden, f.hiddenFrom(r.Audience))
}

// find acquires a cached export: the one whose download is resumed, or else the newest
// that is current.
func (c *Cache) find(r Request) *File {
	c.mu.Lock()
	defer c.mu.Unlock()
	resumed := func(f *File, r Request) bool { return f.ID == r.FileID }
	for _, suits := range []func(*File, Request) bool{resumed, c.isCurrent} {
		for _, f := range slices.Backward(c.files) {
			if f.request.Resource == r.Resource && f.request.Format == r.Format && f.satisfies(r) && suits(f, r) {
				f.readers.Add(1)
				return f
			}
		}
	}
	return nil
}

// isCurrent reports whether a client that has no export yet may get this one.
func (c *Cache) isCurrent(f *File, r Request) bool {
	now := c.Now()
	sameDay := now.UTC().Format(time.DateOnly) == f.CreatedAt.Format(time.DateOnly) // cats have the same ages
	return sameDay && (f.Head.Seq == r.Head.Seq || now.Sub(f.CreatedAt) < maxAge)
}

// acquire registers a reader of a file unless the file is no longer cached.
func (c *Cache) acquire(f *File) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	cached := slices.Contains(c.files, f)
	if cached {
		f.readers.Add(1)
	}
	return cached
}

// create writes an export to a file and caches it, unless another client did so while
// this one waited for its turn.
func (c *Cache) create(ctx context.Context, r Request) (*File, error) {
	c.turns[r.Resource].Lock()
	defer c.turns[r.Resource].Unlock()
	if f := c.find(r); f != nil {
		f.Release()
		return f, nil
	}
	f := &File{ID: "exp_" + c.NewID(), MediaType: formatFor(r.Resource, r.Format).mediaType, CreatedAt: c.Now().UTC(), request: r} //nolint:exhaustruct // known when it is written
	var err error
	f.zstd, err = c.writeFile(func(file io.Writer) error {
		encoder, err := newZstdWriter(file)
		if err != nil {
			return err
		}
		counter := &countingWriter{w: encoder, n: 0}
		e := Export{Resource: r.Resource, Format: r.Format, At: f.CreatedAt, PublicURL: c.PublicURL, PhotoBase: c.PhotoBase, Hidden: r.Hidden}
		f.Result, err = e.Write(ctx, c.Store, counter, func(int) {})
		f.Size = counter.n
		return errors.Join(err, encoder.Close())
	})
	if err != nil {
		c.Log.ErrorContext(ctx, "export failed", slog.String("resource", r.Resource), slog.String("format", r.Format), slog.Any("error", err))
		return nil, err
	}
	f.FileName = fmt.Sprintf("trailcat-%s-%d.%s", r.Resource, f.Head.Seq, r.Format)
	c.Log.InfoContext(ctx, "export created", slog.String("resource", r.Resource), slog.String("format", r.Format), slog.Int64("seq", f.Head.Seq),
		slog.Int("count", f.Count), slog.Int64("bytes", f.Size), slog.Int64("duration_ms", c.Now().Sub(f.CreatedAt).Milliseconds()))
	c.add(f)
	return f, nil
}

// writeFile creates a temporary file.
func (c *Cache) writeFile(write func(io.Writer) error) (*tempfile.File, error) {
	file, err := tempfile.Create(c.Dir, "trailcat-export-*")
	if err != nil {
		return nil, fmt.Errorf("create the file of an export: %w", err)
	}
	if err := write(file); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// DropBefore drops the exports that do not reflect the log up to a position, and those of
// other logs, because they may contain what was erased there. Downloads that have begun are
// completed.
func (c *Cache) DropBefore(at catalog.LogPosition) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.minHead.Epoch != at.Epoch || c.minHead.Seq < at.Seq {
		c.minHead = at
	}
	c.files = slices.DeleteFunc(c.files, func(f *File) bool {
		dropped := f.Head.Epoch != at.Epoch || f.Head.Seq < at.Seq
		if dropped {
			go c.close(f)
		}
		return dropped
	})
}

// add caches a file and evicts the oldest of its resource if there are too many. An
// evicted file is closed after its last reader released it.
func (c *Cache) add(f *File) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f.Head.Epoch == c.minHead.Epoch && f.Head.Seq < c.minHead.Seq { // dropped while it was created; whoever asked for it tries again
		go c.close(f)
		return
	}
	c.files = append(c.files, f)
	sameResource := func(g *File) bool { return g.request.Resource == f.request.Resource }
	count := 0
	for _, g := range c.files {
		if sameResource(g) {
			count++
		}
	}
	if count <= keptFiles {
		return
	}
	oldest := slices.IndexFunc(c.files, sameResource)
	go c.close(c.files[oldest])
	c.files = slices.Delete(c.files, oldest, oldest+1)
}

func (c *Cache) close(f *File) {
	f.readers.Wait()
	err := f.zstd.Close()
	if f.gzip != nil {
		err = errors.Join(err, f.gzip.Close())
	}
	if err != nil {
		c.Log.Warn("file of an export not closed", slog.Any("error", err))
	}
}

// StartDecompressing registers that a client receives an export without compression. It
// returns false if the client, or all together, receive too many already; otherwise the
// caller must call stop in the end.
func (c *Cache) StartDecompressing(client string) (stop func(), ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	total := 0
	for _, n := range c.decompressing {
		total += n
	}
	if total >= c.MaxDecompressing || c.decompressing[client] >= maxDecompressingPerClient {
		return nil, false
	}
	c.decompressing[client]++
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.decompressing[client]--; c.decompressing[client] == 0 {
			delete(c.decompressing, client)
		}
	}, true
}

// Content returns the stored bytes of an acquired export: those of Gzip, which is created
// from Zstd when a client first asks for it, or else those of Zstd.
func (c *Cache) Content(ctx context.Context, f *File, encoding Encoding) (*io.SectionReader, error) {
	file := f.zstd
	if encoding == Gzip {
		f.readers.Add(1) // the goroutine may outlive the client
		var err error
		file, err = await(ctx, c, func(context.Context) (*tempfile.File, error) {
			defer f.Release()
			file, err, _ := c.calls.Do("gzip "+f.ID, func() (any, error) { return c.createGzip(f) })
			return file.(*tempfile.File), err
		})
		if err != nil {
			return nil, err
		}
	}
	return sectionOf(file)
}

func (c *Cache) createGzip(f *File) (*tempfile.File, error) {
	c.mu.Lock()
	file := f.gzip
	c.mu.Unlock()
	if file != nil {
		return file, nil
	}
	content, err := sectionOf(f.zstd)
	if err != nil {
		return nil, err
	}
	if file, err = c.writeFile(func(w io.Writer) error { return recompress(w, content) }); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	f.gzip = file
	return file, nil
}

func sectionOf(file *tempfile.File) (*io.SectionReader, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("read the size of an export: %w", err)
	}
	return io.NewSectionReader(file, 0, info.Size()), nil
}

// countingWriter counts the bytes that are written through it.
type countingWriter struct {
	w io.Writer
	n int64
}

func (c *countingWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}
