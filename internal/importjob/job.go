package importjob

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/ingest"
)

const (
	// heartbeatInterval is how often a running import extends its lease.
	heartbeatInterval = catalog.ImportLease / 6
	// removalBatch is how many listings are removed in one transaction.
	removalBatch = 500
	// recordTimeout limits the recording of the result after the caller has gone.
	recordTimeout = 30 * time.Second
)

// Store reads the listings of a shelter and its previous imports.
type Store interface {
	ListedCats(ctx context.Context, shelterID string, each func(batch []catalog.Cat) error) error
	// Imports returns imports of shelters, the latest first, from before an ID on; "" is
	// the latest.
	Imports(ctx context.Context, shelterIDs []string, before string, limit int) ([]catalog.Import, error)
}

// Job is the import of one file into one shelter. It runs once.
type Job struct {
	store     Store
	cats      *catalog.Catalog
	formats   *catalog.Catalog // also keeps that a dry run tried a format
	now       func() time.Time
	file      *File
	shelter   catalog.Shelter
	options   Options
	photos    Photos          // nil: photos are not kept
	dataset   *ingest.Dataset // nil until the file was read
	record    catalog.Import
	heartbeat time.Time // of the last heartbeat
	result    Result
}

// Result is the result of a job.
type Result struct {
	Import catalog.Import // the record; without an ID if the import did not begin
	Report *wire.ImportReport
}

// New returns the job that imports a file into a shelter with the writes of cats. It
// writes nothing yet.
func New(store Store, cats *catalog.Catalog, now func() time.Time, file *File, shelter catalog.Shelter) *Job {
	formats := cats
	if file.options.KeepsNothing() {
		cats = cats.DryRun()
	}
	return &Job{
		store: store, cats: cats, formats: formats, now: now, file: file, shelter: shelter, options: file.options, photos: nil, dataset: nil,
		record: catalog.Import{
			ShelterID: shelter.ID, Format: file.options.Format.Name, FormatVersion: file.options.Version, Mode: file.options.Mode, FileHash: file.hash, FileSize: file.size,
		},
		heartbeat: now(),
		result:    Result{Import: catalog.Import{}, Report: &wire.ImportReport{SkippedByReason: map[string]int{}, Statuses: map[catalog.Status]int{}}},
	}
}

// Photos keeps photos.
type Photos interface {
	// Keep stores a photo and records it.
	Keep(ctx context.Context, file []byte) (catalog.KeptPhoto, error)
	// Read returns what would be kept, and stores nothing.
	Read(ctx context.Context, file []byte) (catalog.KeptPhoto, error)
	// CheckQuota returns an error if a shelter has as many photos as it may have, unless its
	// cats show the photo in a file already.
	CheckQuota(ctx context.Context, shelter catalog.Shelter, file []byte) error
}

// WithPhotos makes the job keep the photos beside the table of a zip file, and returns it.
func (j *Job) WithPhotos(photos Photos) *Job {
	j.photos = photos
	return j
}

// Run imports the file and records the import. If it fails midway, each batch is
// either written or not, the report covers those that were written, and the record
// has the status interrupted. The result is valid also if there is an error.
//
// The error is Conflict with code import_running while another import of the shelter
// runs, Malformed for a file that cannot be read, and with errcode.ConfirmationRequired for a
// snapshot that needs confirmation; nothing is written in any of these cases.
func (j *Job) Run(ctx context.Context) (Result, error) {
	ctx = catalog.WithWorkload(ctx, catalog.JobWorkload)
	var err error
	if j.record, err = j.cats.BeginImport(ctx, j.record); err != nil {
		return j.result, err
	}
	status := catalog.ImportInterrupted
	err = j.withHeartbeat(ctx, func(ctx context.Context, beat func()) error {
		err := j.read(ctx, beat)
		if err == nil {
			status, err = j.execute(ctx, beat)
		}
		return err
	})
	if report := j.result.Report; err == nil && j.options.DryRun && j.options.Version > 0 && report.Created+report.Updated+report.Unchanged > 0 {
		err = j.formats.TryImportFormat(ctx, j.record.ShelterID, j.record.Format, j.options.Version)
	}
	if j.dataset == nil && catalog.KindOf(err) == catalog.Malformed {
		ctx, cancel := afterCaller(ctx)
		defer cancel()
		return j.result, errors.Join(err, j.cats.DeleteImport(ctx, j.record.ID))
	}
	return j.end(ctx, status, err)
}

// afterCaller returns a context for recording the result, also when the caller has gone.
func afterCaller(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
}

// read reads the file, unless that was done before, and stores it.
func (j *Job) read(ctx context.Context, beat func()) error {
	content := readerAtFunc(func(p []byte, offset int64) (int, error) {
		beat()
		if ctx.Err() != nil {
			return 0, context.Cause(ctx)
		}
		return j.file.content.ReadAt(p, offset)
	})
	dataset := j.file.dataset
	if dataset == nil {
		var err error
		if dataset, err = j.file.read(content, j.now()); err != nil {
			return err
		}
	}
	j.dataset = dataset.WithPlace(j.shelter.Address.Country, j.shelter.Address.Region)
	if j.photos != nil {
		j.dataset = j.dataset.WithPhotos(func(ctx context.Context, photo []byte) (catalog.KeptPhoto, error) {
			beat()
			return j.keepPhoto(ctx, photo)
		})
	}
	if j.options.ListingsOnly {
		j.dataset = j.dataset.ListingsOnly()
	}
	j.record.Format, j.result.Report.DetectedFormat = dataset.Format.Name, wire.OrNull(dataset.DetectedFormat)
	if j.options.KeepsNothing() {
		return nil
	}
	return j.cats.SaveImportFile(ctx, j.record.ID, io.NewSectionReader(content, 0, j.file.size))
}

// keepPhoto keeps a photo, or only reads it if the job keeps nothing.
func (j *Job) keepPhoto(ctx context.Context, photo []byte) (catalog.KeptPhoto, error) {
	if err := j.photos.CheckQuota(ctx, j.shelter, photo); err != nil {
		return catalog.KeptPhoto{}, err
	}
	if j.options.KeepsNothing() {
		return j.photos.Read(ctx, photo)
	}
	return j.photos.Keep(ctx, photo)
}

// readerAtFunc is a function that implements io.ReaderAt.
type readerAtFunc func(p []byte, offset int64) (int, error)

func (f readerAtFunc) ReadAt(p []byte, offset int64) (int, error) { return f(p, offset) }

// end records the result, also when the caller has gone meanwhile.
func (j *Job) end(ctx context.Context, status catalog.ImportStatus, err error) (Result, error) {
	report, encodeErr := json.Marshal(j.result.Report)
	if encodeErr != nil {
		return j.result, errors.Join(err, fmt.Errorf("encode import report: %w", encodeErr))
	}
	ctx, cancel := afterCaller(ctx)
	defer cancel()
	record, endErr := j.cats.EndImport(ctx, j.record, status, report)
	j.result.Import = record
	return j.result, errors.Join(err, endErr)
}

// execute plans the import, and writes it unless it keeps nothing or needs
// confirmation.
func (j *Job) execute(ctx context.Context, beat func()) (catalog.ImportStatus, error) {
	plan, err := j.plan(ctx)
	if err != nil {
		return catalog.ImportInterrupted, err
	}
	rejected, err := j.decide(ctx, plan)
	if err != nil {
		return catalog.ImportInterrupted, err
	}
	if rejected || j.options.KeepsNothing() {
		err = j.preview(ctx, plan, beat)
	} else {
		err = j.write(ctx, plan, beat)
	}
	switch {
	case err != nil:
		return catalog.ImportInterrupted, err
	case rejected:
		return catalog.ImportRejected, j.confirmationError(plan)
	default:
		return catalog.ImportDone, nil
	}
}

// decide reports whether a snapshot is rejected because it needs confirmation, which is
// its token or the same list on an earlier day. The report says why.
func (j *Job) decide(ctx context.Context, plan ingest.SnapshotPlan) (rejected bool, err error) {
	report := j.result.Report
	report.MissingDigest = wire.OrNull(plan.MissingDigest())
	reason := plan.ConfirmationReason()
	if reason == "" {
		return false, nil
	}
	report.RemovalReason = &reason
	if plan.ConfirmsByRepetition() {
		earlier, err := j.earlierRejection(ctx, plan.MissingDigest())
		if err != nil {
			return false, err
		}
		if !earlier.IsZero() {
			*report.RemovalReason += fmt.Sprintf(" The file of %s lacked the same listings, which confirms it.", earlier.UTC().Format(time.DateOnly))
			return false, nil
		}
	}
	report.Confirm = new(ingest.ConfirmationToken(j.record.FileHash, j.record.ShelterID))
	return !j.options.DryRun && j.options.Confirm != *report.Confirm, nil
}

// importsPage is how many earlier imports are read at once.
const importsPage = 50

// earlierRejection returns when the latest snapshots of the same format, all of which
// were rejected because they lacked the same listings, began to come. It is zero unless
// one of them came on an earlier day, in UTC.
func (j *Job) earlierRejection(ctx context.Context, digest string) (time.Time, error) {
	today := j.now().UTC().Truncate(24 * time.Hour)
	for before := ""; ; {
		imports, err := j.store.Imports(ctx, []string{j.record.ShelterID}, before, importsPage)
		if err != nil || len(imports) == 0 {
			return time.Time{}, err
		}
		for _, i := range imports {
			if i.Format != j.record.Format || i.Mode != catalog.ModeSnapshot || i.Status == catalog.ImportRunning || i.Status == catalog.ImportInterrupted {
				continue
			}
			report, err := wire.DecodeReport(i.Report)
			if err != nil {
				return time.Time{}, err
			}
			switch {
			case i.Status != catalog.ImportRejected || report == nil || report.MissingDigest == nil || *report.MissingDigest != digest:
				return time.Time{}, nil
			case i.StartedAt.Before(today):
				return i.StartedAt, nil
			}
		}
		before = imports[len(imports)-1].ID
	}
}

// plan compares a snapshot with the listings of the same source.
func (j *Job) plan(ctx context.Context) (ingest.SnapshotPlan, error) {
	if j.record.Mode != catalog.ModeSnapshot {
		return ingest.SnapshotPlan{}, nil
	}
	var listed []string
	err := j.store.ListedCats(ctx, j.record.ShelterID, func(batch []catalog.Cat) error {
		for _, cat := range batch {
			if cat.Source == j.record.Format {
				listed = append(listed, cat.ExternalID)
			}
		}
		return nil
	})
	return ingest.PlanSnapshot(listed, j.dataset), err
}

// confirmationError says what a snapshot that needs confirmation would do.
func (j *Job) confirmationError(plan ingest.SnapshotPlan) error {
	report := j.result.Report
	message := fmt.Sprintf("%s It would also create %d cats, update %d and leave %d unchanged.", plan.ConfirmationReason(), report.Created, report.Updated, report.Unchanged)
	when := ""
	if plan.ConfirmsByRepetition() {
		when = " tomorrow (UTC), or now"
	}
	return catalog.Errorf(catalog.Conflict, errcode.ConfirmationRequired,
		"%s Nothing was changed. To import the file anyway, send it again%s with confirm=%s.", message, when, *report.Confirm,
	).WithFields(catalog.FieldError{Pointer: "", Parameter: "confirm", Code: errcode.ConfirmationRequired, Message: message})
}

// previewWriter computes the results of writes without writing.
type previewWriter struct{ cats *catalog.Catalog }

func (w previewWriter) UpsertCats(ctx context.Context, shelterID string, updates []catalog.CatUpdate) ([]catalog.CatResult, error) {
	return w.cats.PreviewUpsert(ctx, shelterID, updates)
}

// preview computes the report that the import would have. It writes no cat.
func (j *Job) preview(ctx context.Context, plan ingest.SnapshotPlan, beat func()) error {
	if err := j.load(ctx, previewWriter{j.cats}, beat); err != nil {
		return err
	}
	j.result.Report.Removed = len(plan.Missing)
	return nil
}

// write writes the rows, then removes the listings that a snapshot lacks.
func (j *Job) write(ctx context.Context, plan ingest.SnapshotPlan, beat func()) error {
	if err := j.load(ctx, j.cats, beat); err != nil {
		return err
	}
	for batch := range slices.Chunk(plan.Missing, removalBatch) {
		removed, err := j.cats.RemoveMissing(ctx, j.record.ShelterID, j.record.Format, batch)
		if err != nil {
			return err
		}
		j.result.Report.Removed += len(removed)
		beat()
	}
	return nil
}

// load passes the rows to w in batches and reports the results.
func (j *Job) load(ctx context.Context, w ingest.Writer, beat func()) error {
	rows, err := ingest.Load(ctx, w, j.record.ShelterID, j.dataset, func(done, total int) {
		if j.options.Progress != nil {
			j.options.Progress(done, total)
		}
		beat()
	})
	j.result.Report.SetCounts(rows)
	return err
}

// withHeartbeat runs work with a function that extends the lease of the import; work
// calls it whenever it makes progress. An import that has lost its lease, because it made no
// progress for too long, stops: its context ends and the error says why.
func (j *Job) withHeartbeat(ctx context.Context, work func(ctx context.Context, beat func()) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	err := work(ctx, func() {
		if now := j.now(); now.Sub(j.heartbeat) >= heartbeatInterval {
			j.heartbeat = now
			if err := j.cats.TouchImport(ctx, j.record.ID); err != nil {
				stop(err)
			}
		}
	})
	if cause := context.Cause(ctx); err != nil && cause != nil {
		return cause
	}
	return err
}
