package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/cespare/xxhash/v2"

	"trailcat/internal/catalog"
	"trailcat/internal/search"
)

// noCheckpoint is the value of --index-checkpoint for none.
const noCheckpoint = "off"

const (
	checkpointDelay    = time.Minute
	checkpointInterval = time.Hour
	// checkpointOnStop is the time to read the log to its end when the server stops.
	checkpointOnStop = 5 * time.Second
	// compareInterval is how often a loaded index is compared with the database.
	compareInterval = 24 * time.Hour
)

// checkpointFile returns the file of the checkpoint of the index, or "" for none.
func (f databaseFlags) checkpointFile(dir string) string {
	database, isSQLite := strings.CutPrefix(f.Database, "sqlite:")
	database = strings.TrimPrefix(database, "//")
	switch {
	case dir == noCheckpoint, dir == "" && !isSQLite:
		return ""
	case dir == "":
		return database + "-index"
	case isSQLite:
		return filepath.Join(dir, filepath.Base(database)+"-index")
	default:
		return filepath.Join(dir, "trailcat-index")
	}
}

// buildID identifies the program, the files of places and the base URL of photos: what decides,
// apart from the database, what is in the index.
func buildID(placesFiles []string, photos catalog.PhotoBase) (string, error) {
	program, err := os.Executable()
	if err != nil {
		return "", err
	}
	hash := xxhash.New()
	_, _ = hash.WriteString(string(photos) + "\n") // never fails
	for _, name := range append([]string{program}, placesFiles...) {
		if err := hashFile(hash, name); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

func hashFile(hash io.Writer, name string) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	n, err := io.Copy(hash, file)
	if err == nil {
		_, err = fmt.Fprintf(hash, "\n%d\n", n)
	}
	return err
}

// indexCheckpoint is a copy of the search index in a file, from which the next start fills the
// index.
type indexCheckpoint struct {
	index *search.Index
	file  string // "" for none
	log   *slog.Logger

	mu    sync.Mutex
	saved catalog.LogPosition // of the file that save wrote last
}

// newIndexCheckpoint returns the checkpoint of an index. It is removed when the index applies
// an erasure.
func newIndexCheckpoint(index *search.Index, file string, log *slog.Logger) *indexCheckpoint {
	c := &indexCheckpoint{index: index, file: file, log: log}
	if file != "" {
		index.OnErased(func(catalog.Change) { c.remove(context.Background()) })
	}
	return c
}

// fill fills the index from the checkpoint if there is one that can be used, else from the
// database. loaded tells which.
func (c *indexCheckpoint) fill(ctx context.Context) (loaded bool, err error) {
	switch err := c.load(ctx); {
	case err == nil:
		return true, nil
	case errors.Is(err, fs.ErrNotExist): // also if there is to be none
	case ctx.Err() != nil:
		return false, err
	default:
		c.log.WarnContext(ctx, "the checkpoint of the search index is not used, reading all cats", slog.String("file", c.file), slog.Any("error", err))
		if errors.Is(err, search.ErrCheckpoint) {
			c.remove(ctx)
		}
	}
	return false, c.index.Fill(ctx)
}

func (c *indexCheckpoint) load(ctx context.Context) error {
	file, err := os.Open(c.file)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	return c.index.LoadCheckpoint(ctx, file, info.Size())
}

// save replaces the file, unless it has all changes. A file that was not written completely
// is never named as the checkpoint; one that the system did not store completely before it
// failed has a wrong checksum.
func (c *indexCheckpoint) save(ctx context.Context) (err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.file == "" || !c.index.State().Ready {
		return nil
	}
	if _, err := os.Stat(c.file); err == nil && c.index.Head() == c.saved {
		return nil
	}
	unfinished := c.file + ".new"
	file, err := os.OpenFile(unfinished, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("write the checkpoint of the search index: %w", err)
	}
	written, err := c.index.WriteCheckpoint(ctx, file, func() error {
		if err := file.Close(); err != nil {
			return err
		}
		if err := os.Rename(unfinished, c.file); err != nil { // now, so that an erasure that follows removes it
			return err
		}
		c.saved = c.index.Head()
		return nil
	})
	if !written || err != nil {
		_ = file.Close()
		err = errors.Join(err, os.Remove(unfinished))
	}
	return err
}

// remove removes the file.
func (c *indexCheckpoint) remove(ctx context.Context) {
	if err := os.Remove(c.file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		c.log.ErrorContext(ctx, "the checkpoint of the search index cannot be removed; remove it", slog.String("file", c.file), slog.Any("error", err))
	}
}

// services returns the service that saves the checkpoint every hour and the one that compares
// the index with the database every day.
func (c *indexCheckpoint) services() []service {
	if c.file == "" {
		return nil
	}
	return []service{
		periodic(c.log, "save_index_checkpoint", checkpointDelay, checkpointInterval, c.save),
		periodic(c.log, "compare_index", compareInterval, compareInterval, c.compare),
	}
}

// compare compares the index with the database and, if they differ, removes the checkpoint and
// fills the index from the database.
func (c *indexCheckpoint) compare(ctx context.Context) error {
	different, err := c.index.Compare(ctx)
	if err != nil || different == 0 {
		return err
	}
	c.log.ErrorContext(ctx, "the search index differs from the database, reading all cats", slog.Int("cats", different))
	c.remove(ctx)
	return c.index.Fill(ctx)
}
