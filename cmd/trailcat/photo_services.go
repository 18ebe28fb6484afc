package main

import (
	"context"
	"crypto/rand"
	"log/slog"
	"math"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"trailcat/api"
	"trailcat/internal/catalog"
	"trailcat/internal/photo"
	"trailcat/internal/photo/files"
	"trailcat/internal/photo/imaging"
	"trailcat/internal/publicnet"
	"trailcat/internal/store"
)

// photoService is what a server needs to keep photos.
type photoService struct {
	files     files.Store
	processor *photo.Processor
	keeper    *photo.Keeper
	fetcher   *photo.Fetcher // nil if the server fetches none
	collector photo.Collector
}

// defaultPhotoGrace is how long photos are kept that no cat shows any more, if this server serves
// them. Files that clients get from a bucket are deleted immediately.
const defaultPhotoGrace = 720 * time.Hour

// photoGrace returns how long photos are kept that no cat shows any more.
func (c *serveCommand) photoGrace() time.Duration {
	switch {
	case c.PhotoGrace != nil:
		return *c.PhotoGrace
	case c.photoBaseURL() != "":
		return 0
	default:
		return defaultPhotoGrace
	}
}

// openPhotoService returns what the server needs to keep photos, or nil if it keeps none. The
// server starts even if the storage is unavailable.
func (s *server) openPhotoService(ctx context.Context) (*photoService, error) {
	stored, err := s.flags.openPhotos(ctx, s.flags.Database)
	if stored == nil {
		return nil, err
	}
	if err != nil {
		s.log.ErrorContext(ctx, "photos cannot be stored at the moment", slog.Any("error", err))
	}
	p := &photoService{files: stored, processor: photo.NewProcessor(photoProcessor, s.log)}
	p.keeper = newPhotoKeeper(s.db, s.cats, stored, p.processor.Process, s.flags.quotas(), s.clock.Now)
	p.collector = photo.Collector{Store: s.db, Files: stored, Grace: s.flags.photoGrace(), Now: s.clock.Now, Holder: rand.Text()}
	if s.flags.FetchPhotos {
		base := string(s.flags.photoBase())
		p.fetcher = photo.NewFetcher(photo.FetcherConfig{
			Sources: s.db, Catalog: s.cats, Keeper: p.keeper, Policy: publicnet.Policy{Allow: s.flags.PhotoAllow},
			IsOwn:     func(url string) bool { return strings.HasPrefix(url, base+"/") },
			UserAgent: "Trailcat/" + version(), Log: s.log, Now: s.clock.Now, Jitter: mathrand.Float64,
		})
	}
	return p, nil
}

// newPhotoKeeper returns a keeper of photos. Process reads a file, in this process or a child process.
func newPhotoKeeper(db *store.Store, cats *catalog.Catalog, stored files.Store, process func(context.Context, []byte) (imaging.Image, error), quotas catalog.Quotas, now func() time.Time) *photo.Keeper {
	return photo.NewKeeper(photo.KeeperConfig{
		Store: db, Catalog: cats, Files: stored, Process: process, AtOnce: runtime.GOMAXPROCS(0), Usage: db, Quotas: quotas, Now: now,
	})
}

// metrics returns the metrics of photos; none if p is nil.
func (p *photoService) metrics() []prometheus.Collector {
	if p == nil {
		return nil
	}
	metrics := p.keeper.Metrics()
	if p.fetcher != nil {
		metrics = append(metrics, p.fetcher.Metrics()...)
	}
	return metrics
}

// configure sets what the API needs to keep and serve photos.
func (p *photoService) configure(config api.Config) api.Config {
	if p != nil {
		config.Photos, config.PhotoFiles, config.Metrics = p.keeper, p.files, p.metrics()
	}
	return config
}

// photoServices returns the services that fetch, queue and delete photos.
func (s *server) photoServices() []service {
	p := s.photos
	if p == nil {
		return nil
	}
	services := []service{
		{name: "photo_processor", run: func(ctx context.Context) error {
			<-ctx.Done()
			p.processor.Close()
			return nil
		}},
		periodic(s.log, "note_unused_photos", time.Minute, time.Hour, func(ctx context.Context) error { return s.db.NoteUnusedPhotos(ctx, s.clock.Now()) }),
		periodic(s.log, "delete_unused_photos", 30*time.Second, 30*time.Second, func(ctx context.Context) error {
			deleted, err := p.collector.DeleteUnused(ctx)
			if deleted > 0 {
				s.log.InfoContext(ctx, "unused photos deleted", slog.Int("photos", deleted))
			}
			return err
		}),
		daily(s.db, s.clock.Now, s.log, "mark_unknown_photo_files", func(ctx context.Context) error {
			marked, err := p.collector.MarkUnknownFiles(ctx)
			if marked > 0 {
				s.log.InfoContext(ctx, "files of photos that are not in the database are deleted", slog.Int64("photos", marked))
			}
			return err
		}),
	}
	if p.fetcher != nil {
		services = append(services, s.queueEarlierPhotos(), service{name: "photo_fetcher", run: func(ctx context.Context) error {
			p.fetcher.Run(ctx)
			return nil
		}})
	}
	return services
}

const (
	queuePhotosLease = "queue_photos"
	queuePhotosTTL   = 10 * time.Minute
	queuePhotosBatch = 200 // cats
	allPhotosQueued  = math.MaxInt64
)

// queueEarlierPhotos queues the photos of cats that earlier versions wrote, which kept no photos.
// It does so once, on one node. The checkpoint of its lease is the number of the last of these cats.
func (s *server) queueEarlierPhotos() service {
	holder := rand.Text()
	return periodic(s.log, "queue_earlier_photos", time.Minute, time.Hour, func(ctx context.Context) error {
		lease, ok, err := s.db.TakeLease(ctx, queuePhotosLease, holder, s.clock.Now(), queuePhotosTTL)
		if err != nil || !ok {
			return err
		}
		for last := lease.Checkpoint; err == nil && ok && last != allPhotosQueued; {
			if last, err = s.cats.QueuePhotos(catalog.WithWorkload(ctx, catalog.JobWorkload), last, queuePhotosBatch); err != nil {
				break
			}
			if last == 0 {
				last = allPhotosQueued
			}
			ok, err = s.db.KeepLease(ctx, queuePhotosLease, holder, last, s.clock.Now(), queuePhotosTTL)
		}
		if dropErr := s.db.DropLease(context.WithoutCancel(ctx), queuePhotosLease, holder); err == nil {
			err = dropErr
		}
		return err
	})
}

// processorMemory is the soft memory limit of a process for photos in bytes.
const processorMemory = 256 << 20

// photoProcessor returns the command that starts a process for photos. The process does not inherit
// the environment, which may contain secrets.
func photoProcessor() *exec.Cmd {
	program, err := os.Executable()
	if err != nil {
		program = os.Args[0]
	}
	cmd := exec.Command(program, photosProcess...) //nolint:noctx // the processor ends it
	cmd.Env = []string{"GOMAXPROCS=1", "GOMEMLIMIT=" + strconv.Itoa(processorMemory)}
	return cmd
}
