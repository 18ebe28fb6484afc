package importjob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/ingest"
)

// heartbeatInterval is how often a running import extends its lease.
const heartbeatInterval = catalog.ImportLease / 6

// Store finds the cats that are listed.
type Store interface {
	ListedCats(ctx context.Context, shelterID string, each func(batch []catalog.Cat) error) error
}

// Options says what a file is, and what it says of cats that it lacks.
type Options struct {
	Format  string // the name of a format, or ingest.Auto
	Mode    catalog.ImportMode
	DryRun  bool
	Confirm string    // the token that confirms this import
	AsOf    time.Time // the day on which the ages in the file were true; zero for today
}

// Job is one file on its way into a shelter.
type Job struct {
	store   Store
	now     func() time.Time
	cats    *catalog.Catalog
	Tries   bool // nothing is kept
	listing *ingest.Dataset
	in      Options
	record  catalog.Import
	touched time.Time
	missing []string // external ids of cats that the snapshot lacks
	Report  *wire.ImportReport
}

// New reads the file. Nothing is written yet. With tries, cats keeps nothing
// of what it is told to write.
func New(store Store, cats *catalog.Catalog, now func() time.Time, file []byte, in Options, shelter catalog.Shelter, tries bool) (*Job, error) {
	listing, err := readListing(file, in, shelter.Address.Country, now())
	if err != nil {
		return nil, err
	}
	hash := sha256.Sum256(file)
	i := &Job{
		store: store, now: now, cats: cats, Tries: in.DryRun || tries, listing: listing, in: in, touched: now(), missing: nil,
		record: catalog.Import{
			ShelterID: shelter.ID, Format: listing.Format.Name, Mode: in.Mode,
			FileHash: hex.EncodeToString(hash[:]), FileSize: int64(len(file)), File: file,
		},
		Report: &wire.ImportReport{DetectedFormat: wire.OrNull(listing.DetectedFormat), SkippedByReason: map[string]int{}},
	}
	if in.DryRun {
		i.cats = i.cats.DryRun()
	}
	return i, nil
}

// Run does the import and keeps a record of it, whatever comes: where it fails
// midway, each batch is done or not, and the record says that it was interrupted.
func (i *Job) Run(ctx context.Context, begun func(catalog.Import)) (catalog.Import, error) {
	var err error
	if i.record, err = i.cats.BeginImport(ctx, i.record); err != nil {
		return catalog.Import{}, err
	}
	if !i.Tries {
		begun(i.record)
	}
	status, err := i.execute(ctx)
	kept, failed := json.Marshal(i.Report)
	if failed != nil {
		return catalog.Import{}, errors.Join(err, fmt.Errorf("encode import report: %w", failed))
	}
	// The caller may have gone; what was done is noted all the same.
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	done, failed := i.cats.EndImport(ending, i.record, status, kept)
	return done, errors.Join(err, failed)
}

// execute does the work: find out what a snapshot lacks, write the rows, remove.
func (i *Job) execute(ctx context.Context) (catalog.ImportStatus, error) {
	plan, err := i.plan(ctx)
	if err != nil {
		return catalog.ImportInterrupted, err
	}
	if plan.ConfirmationReason() != "" {
		i.Report.Confirm = new(ingest.ConfirmationToken(i.record.FileHash, i.record.ShelterID))
		if !i.in.DryRun && i.in.Confirm != *i.Report.Confirm {
			return i.refuse(ctx, plan)
		}
	}
	i.missing = plan.Missing
	if err := i.load(ctx, i.cats); err != nil {
		return catalog.ImportInterrupted, err
	}
	return catalog.ImportDone, nil
}

// plan compares a snapshot with what the same source listed before.
func (i *Job) plan(ctx context.Context) (ingest.SnapshotPlan, error) {
	if i.record.Mode != catalog.ModeSnapshot {
		return ingest.SnapshotPlan{}, nil
	}
	var before []string
	err := i.store.ListedCats(ctx, i.record.ShelterID, func(batch []catalog.Cat) error {
		for _, cat := range batch {
			if cat.Source == i.record.Format {
				before = append(before, cat.ExternalID)
			}
		}
		return nil
	})
	return ingest.PlanSnapshot(before, i.listing), err
}

// refuse says what a snapshot would do that needs to be confirmed.
func (i *Job) refuse(ctx context.Context, plan ingest.SnapshotPlan) (catalog.ImportStatus, error) {
	i.missing = plan.Missing
	if err := i.load(ctx, i.cats.DryRun()); err != nil {
		return catalog.ImportInterrupted, err
	}
	say := fmt.Sprintf("%s It would also create %d cats, update %d and leave %d as they are.",
		plan.ConfirmationReason(), i.Report.Created, i.Report.Updated, i.Report.Unchanged)
	return catalog.ImportRejected, &catalog.Error{
		Kind: catalog.Conflict, Code: "confirmation_required",
		Detail: say + " Nothing was done. If that is what you want, send the same file again with confirm=" + *i.Report.Confirm + ".",
		Fields: []catalog.FieldError{{Pointer: "", Parameter: "confirm", Code: "confirmation_required", Message: say}},
	}
}

// load writes the rows, then ends the listings that a snapshot lacks, a batch at a time.
func (i *Job) load(ctx context.Context, cats *catalog.Catalog) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	rows, err := ingest.Load(ctx, cats, i.record.ShelterID, i.listing, func(int, int) { i.heartbeat(ctx, stop) })
	i.Report.Take(rows)
	for batch := range slices.Chunk(i.missing, removedAtOnce) {
		if err != nil {
			break
		}
		var outcomes []catalog.CatResult
		outcomes, err = cats.RemoveMissing(ctx, i.record.ShelterID, i.record.Format, batch)
		if err == nil {
			i.Report.Removed += len(outcomes)
			i.heartbeat(ctx, stop)
		}
	}
	if cause := context.Cause(ctx); err != nil && cause != nil {
		return cause
	}
	return err
}

const removedAtOnce = 500

// heartbeat says that the import gets on. An import that lost its turn, because it
// was silent for too long, stops.
func (i *Job) heartbeat(ctx context.Context, stop context.CancelCauseFunc) {
	if now := i.now(); now.Sub(i.touched) >= heartbeatInterval {
		i.touched = now
		if err := i.cats.TouchImport(ctx, i.record.ID); err != nil {
			stop(err)
		}
	}
}
