package photo

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/photo/imaging"
)

// Files stores the files of photos. The stores of package files implement it.
type Files interface {
	Put(ctx context.Context, hash string, files map[int][]byte) error
	Has(ctx context.Context, hash string, sizes []int) (bool, error)
}

// KeptPhotos records kept photos. *store.Store implements it.
type KeptPhotos interface {
	RenewKeptPhoto(ctx context.Context, hash string, now time.Time) (catalog.KeptPhoto, error)
}

// KeeperConfig is what a Keeper depends on.
type KeeperConfig struct {
	Store   KeptPhotos
	Catalog *catalog.Catalog
	Files   Files
	Process func(ctx context.Context, file []byte) (imaging.Image, error) // imaging.Read or Processor.Process
	AtOnce  int                                                           // photos that are processed at the same time
	Usage   UsageReader
	Quotas  catalog.Quotas // of shelters whose partners have none of their own
	Now     func() time.Time
}

// Keeper keeps photos. It is safe for concurrent use.
type Keeper struct {
	config KeeperConfig
	queue  *queue
	timing *timing
	usages usages
}

// NewKeeper returns a keeper.
func NewKeeper(config KeeperConfig) *Keeper {
	return &Keeper{config: config, queue: newQueue(config.AtOnce), timing: newTiming()}
}

// How often, and at which interval, a photo is recorded again while its unused copy is being
// deleted.
const (
	deletingRetries  = 25
	deletingInterval = 200 * time.Millisecond
)

// Keep stores the renditions of the photo in a file, records the photo and returns it. A photo
// that is already kept is not processed again. Unless a cat shows it by then, it is deleted after
// catalog.NewPhotoGrace or the grace period of unused photos, whichever is longer.
//
// Errors are those of imaging.Read for a file that cannot be kept, of kind catalog.Unavailable or
// catalog.StorageFull if it cannot be kept at present, and internal ones. Calls with the
// workload catalog.JobWorkload wait as long as ctx permits while other photos are processed; for
// others the error is of kind catalog.Unavailable if too many wait.
func (k *Keeper) Keep(ctx context.Context, file []byte) (catalog.KeptPhoto, error) {
	kept, err := k.renew(ctx, imaging.Hash(file))
	if catalog.KindOf(err) != catalog.NotFound {
		return kept, err
	}
	image, err := k.process(ctx, file)
	if err != nil {
		return catalog.KeptPhoto{}, err
	}
	for retry := 0; ; retry++ {
		image.CreatedAt = k.config.Now()
		err = k.save(ctx, image)
		if !errors.Is(err, catalog.ErrPhotoDeleting) || retry == deletingRetries {
			return image.KeptPhoto, err
		}
		select {
		case <-ctx.Done():
			return catalog.KeptPhoto{}, ctx.Err()
		case <-time.After(deletingInterval):
		}
	}
}

// renew returns a photo that is already kept. The error is NotFound if there is none, or if its
// files are missing.
func (k *Keeper) renew(ctx context.Context, hash string) (catalog.KeptPhoto, error) {
	kept, err := k.config.Store.RenewKeptPhoto(ctx, hash, k.config.Now())
	if err != nil {
		return catalog.KeptPhoto{}, err
	}
	stored, err := k.config.Files.Has(ctx, hash, sizes(kept))
	if err == nil && !stored {
		err = catalog.NotFoundError("photo", hash)
	}
	return kept, err
}

// save stores the files of a photo and records it. The collector may have deleted the files
// between these two steps, but does not do so after the second.
func (k *Keeper) save(ctx context.Context, image imaging.Image) error {
	if err := k.config.Files.Put(ctx, image.Hash, image.Files); err != nil {
		return err
	}
	if err := k.config.Catalog.SaveKeptPhoto(ctx, image.KeptPhoto); err != nil {
		return err
	}
	stored, err := k.config.Files.Has(ctx, image.Hash, sizes(image.KeptPhoto))
	if err != nil || stored {
		return err
	}
	return k.config.Files.Put(ctx, image.Hash, image.Files)
}

// sizes returns the sizes of the renditions of a photo.
func sizes(kept catalog.KeptPhoto) []int {
	var out []int
	for _, r := range catalog.Renditions(kept.Width, kept.Height) {
		out = append(out, r.Size)
	}
	return out
}

// process processes a photo when a slot is free.
func (k *Keeper) process(ctx context.Context, file []byte) (imaging.Image, error) {
	release, err := k.queue.acquire(ctx)
	if err != nil {
		return imaging.Image{}, err
	}
	defer release()
	defer k.timing.start(k.config.Now)()
	image, err := k.config.Process(ctx, file)
	if err != nil {
		return imaging.Image{}, fmt.Errorf("process a photo: %w", err)
	}
	return image, nil
}

// queue limits how many photos are processed at the same time, and how many wait.
type queue struct {
	slots   chan struct{} // photos that are being processed
	jobs    chan struct{} // of these, photos of background jobs
	waiting atomic.Int64  // photos of requests that wait or are being processed
	limit   int64         // of waiting
}

const (
	// waitingPerSlot is how many photos of requests may wait or be processed for each slot.
	waitingPerSlot = 8
	// maxWait is how long a request waits for a slot.
	maxWait = 10 * time.Second
)

// newQueue returns a queue with n slots. If n is more than one, background jobs leave one of them
// to requests.
func newQueue(n int) *queue {
	return &queue{slots: make(chan struct{}, n), jobs: make(chan struct{}, max(1, n-1)), limit: int64(n) * waitingPerSlot}
}

// acquire waits until a photo may be processed, and returns the function to call afterwards.
func (q *queue) acquire(ctx context.Context) (release func(), err error) {
	if catalog.WorkloadOf(ctx) == catalog.JobWorkload {
		if err := acquireSlot(ctx, q.jobs); err != nil {
			return nil, err
		}
		if err := acquireSlot(ctx, q.slots); err != nil {
			<-q.jobs
			return nil, err
		}
		return func() { <-q.slots; <-q.jobs }, nil
	}
	if q.waiting.Add(1) > q.limit {
		q.waiting.Add(-1)
		return nil, errTooManyPhotos()
	}
	waiting, cancel := context.WithTimeoutCause(ctx, maxWait, errTooManyPhotos())
	defer cancel()
	if err := acquireSlot(waiting, q.slots); err != nil {
		q.waiting.Add(-1)
		return nil, err
	}
	return func() { <-q.slots; q.waiting.Add(-1) }, nil
}

func acquireSlot(ctx context.Context, slots chan struct{}) error {
	select {
	case slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func errTooManyPhotos() error {
	return catalog.Errorf(catalog.Unavailable, errcode.Overloaded, "The server receives more photos than it can process. Nothing was stored. Send the request again after the time in Retry-After.")
}
