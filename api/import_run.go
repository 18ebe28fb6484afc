package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"trailcat/internal/catalog"
	"trailcat/internal/ingest"
)

// heartbeatInterval is how often a running import extends its lease.
const heartbeatInterval = catalog.ImportLease / 6

// importJob is one file on its way into a shelter.
type importJob struct {
	api     *API
	cats    *catalog.Catalog
	tries   bool // nothing is kept
	listing *ingest.Dataset
	in      ImportQuery
	record  catalog.Import
	touched time.Time
	missing []string // external ids of cats that the snapshot lacks
	report  *ImportReport
}

// newImporting reads the file. Nothing is written yet.
func (a *API) newImporting(c echo.Context, in ImportQuery, shelter catalog.Shelter) (*importJob, error) {
	file, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return nil, readFailure(err)
	}
	listing, err := readListing(file, in, shelter.Address.Country, a.Now())
	if err != nil {
		return nil, err
	}
	hash := sha256.Sum256(file)
	i := &importJob{
		api: a, cats: a.catalogFor(c), tries: in.DryRun || principalFrom(c).Test, listing: listing, in: in, touched: a.Now(), missing: nil,
		record: catalog.Import{
			ShelterID: shelter.ID, Format: listing.Format.Name, Mode: catalog.ImportMode(in.Mode),
			FileHash: hex.EncodeToString(hash[:]), FileSize: int64(len(file)), File: file,
		},
		report: &ImportReport{TookFor: orNull(listing.DetectedFormat), SetAsideBy: map[string]int{}},
	}
	if in.DryRun {
		i.cats = i.cats.DryRun()
	}
	return i, nil
}

// readFailure is for a body that did not come whole. Where it is too large,
// problem.go says so; else the caller has most likely gone.
func readFailure(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return err
	}
	return &catalog.Error{Kind: catalog.Malformed, Code: "incomplete_body", Detail: "The body did not come whole. Nothing was done; send it again.", Faults: nil}
}

// run does the import and keeps a record of it, whatever comes: where it fails
// midway, each batch is done or not, and the record says that it was interrupted.
func (i *importJob) run(ctx context.Context, header http.Header) (catalog.Import, error) {
	var err error
	if i.record, err = i.cats.BeginImport(ctx, i.record); err != nil {
		return catalog.Import{}, err
	}
	if !i.tries {
		header.Set(echo.HeaderLocation, "/v1/imports/"+i.record.ID)
	}
	status, err := i.execute(ctx)
	if status == catalog.ImportRefused {
		header.Set("Trailcat-Confirm", *i.report.Confirm)
	}
	kept, failed := json.Marshal(i.report)
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
func (i *importJob) execute(ctx context.Context) (catalog.ImportStatus, error) {
	plan, err := i.plan(ctx)
	if err != nil {
		return catalog.ImportInterrupted, err
	}
	if plan.ConfirmationReason() != "" {
		i.report.Confirm = new(ingest.ConfirmationToken(i.record.FileHash, i.record.ShelterID))
		if !i.in.DryRun && i.in.Confirm != *i.report.Confirm {
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
func (i *importJob) plan(ctx context.Context) (ingest.SnapshotPlan, error) {
	if i.record.Mode != catalog.ModeSnapshot {
		return ingest.SnapshotPlan{}, nil
	}
	var before []string
	err := i.api.Store.ListedCats(ctx, i.record.ShelterID, func(batch []catalog.Cat) error {
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
func (i *importJob) refuse(ctx context.Context, plan ingest.SnapshotPlan) (catalog.ImportStatus, error) {
	i.missing = plan.Missing
	if err := i.load(ctx, i.cats.DryRun()); err != nil {
		return catalog.ImportInterrupted, err
	}
	say := fmt.Sprintf("%s It would also create %d cats, update %d and leave %d as they are.",
		plan.ConfirmationReason(), i.report.Created, i.report.Updated, i.report.Unchanged)
	return catalog.ImportRefused, &catalog.Error{
		Kind: catalog.Conflict, Code: "confirm_needed",
		Detail: say + " Nothing was done. If that is what you want, send the same file again with confirm=" + *i.report.Confirm + ".",
		Faults: []catalog.FieldError{{Pointer: "", Parameter: "confirm", Code: "confirm_needed", Message: say}},
	}
}

// load writes the rows, then ends the listings that a snapshot lacks, a batch at a time.
func (i *importJob) load(ctx context.Context, cats *catalog.Catalog) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	rows, err := ingest.Load(ctx, cats, i.record.ShelterID, i.listing, func(int, int) { i.heartbeat(ctx, stop) })
	i.report.take(rows)
	for batch := range slices.Chunk(i.missing, removedAtOnce) {
		if err != nil {
			break
		}
		var outcomes []catalog.CatResult
		outcomes, err = cats.RemoveMissing(ctx, i.record.ShelterID, i.record.Format, batch)
		if err == nil {
			i.report.Removed += len(outcomes)
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
func (i *importJob) heartbeat(ctx context.Context, stop context.CancelCauseFunc) {
	if now := i.api.Now(); now.Sub(i.touched) >= heartbeatInterval {
		i.touched = now
		if err := i.cats.TouchImport(ctx, i.record.ID); err != nil {
			stop(err)
		}
	}
}
