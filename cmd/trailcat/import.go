package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/importjob"
	"trailcat/internal/ingest"
	"trailcat/internal/photo"
	"trailcat/internal/store"
	"trailcat/internal/tempfile"
)

// importCommand imports listing files.
type importCommand struct {
	databaseFlags
	placesFlags
	photoFlags
	Files   []string  `arg:"" help:"Listing files; .gz and .zip files are decompressed." placeholder:"FILE"`
	Format  string    `help:"Format of the files, built-in or the shelter's own; auto detects a built-in one from the columns (default auto)." xor:"format" placeholder:"NAME"`
	Mapping string    `help:"Custom format, as a YAML file or an import.cfg; see docs/import.md." xor:"format" type:"existingfile" placeholder:"FILE"`
	Shelter string    `help:"Shelter of the listings, by ID or code; not needed for formats of a single shelter." placeholder:"ID"`
	AsOf    time.Time `help:"Date to which the ages in the files refer (default today)." format:"2006-01-02" placeholder:"DATE"`
	Mode    string    `help:"snapshot removes the listings of the same format that the file lacks; incremental keeps them (default ${default})." enum:"incremental,snapshot" default:"incremental"`
	DryRun  bool      `help:"Report what the import would do without doing it."`
	Confirm string    `help:"Token that confirms a snapshot; the error of an import that needs confirmation contains it." placeholder:"TOKEN"`
	Report  string    `help:"Write a JSON report with the result of every row to this file." type:"path" placeholder:"FILE"`
}

// Help lists the built-in formats.
func (importCommand) Help() string {
	var names []string
	for _, f := range ingest.Formats() {
		names = append(names, f.Name)
	}
	return "Built-in formats: " + strings.Join(names, ", ") + "."
}

// Validate checks flags that kong cannot check by their type; kong calls it.
func (c *importCommand) Validate() error {
	if c.Mode == string(catalog.ModeSnapshot) && len(c.Files) > 1 {
		return fmt.Errorf("--mode snapshot expects one file with all listings, got %d files", len(c.Files))
	}
	return nil
}

// Run reads all files before it writes any of them, so that an unreadable file
// does not leave an import half done. It then imports them one after the other.
func (c *importCommand) Run(p *process) error {
	if c.Shelter != "" && c.Format != "" && c.Format != ingest.Auto { // it may be the shelter's own
		return c.using(p, func(db *store.Store) error {
			shelter, err := findShelter(p, db, c.Shelter)
			if err != nil {
				return err
			}
			format, version, err := importjob.FindFormat(p.ctx, db, shelter.ID, c.Format, c.DryRun)
			if err != nil {
				return err
			}
			return c.withFiles(p, format, version, func(files []*importjob.File) error { return c.importFiles(p, db, files) })
		})
	}
	format, err := c.format()
	if err != nil {
		return err
	}
	return c.withFiles(p, format, 0, func(files []*importjob.File) error {
		return c.using(p, func(db *store.Store) error { return c.importFiles(p, db, files) })
	})
}

// withFiles reads the files in a format, of which version is that of a shelter's own, and passes
// them to fn.
func (c *importCommand) withFiles(p *process, format *ingest.Format, version int, fn func([]*importjob.File) error) error {
	files := make([]*importjob.File, len(c.Files))
	for i, path := range c.Files {
		content, err := openRegular(path)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		defer func() { _ = content.Close() }() // only read
		if files[i], err = c.read(p, content, format, version); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if err := c.printFormat(p, path, files[i]); err != nil {
			return err
		}
	}
	return fn(files)
}

// file is an open file that can be read more than once.
type file interface {
	io.Reader
	io.ReaderAt
	io.Closer
}

// openRegular opens a file. What is no regular file, such as a pipe, is copied to a temporary
// file.
func openRegular(path string) (file, error) {
	in, err := ingest.OpenFile(path)
	if err != nil {
		return nil, err
	}
	if info, err := in.Stat(); err != nil || info.Mode().IsRegular() {
		return in, err
	}
	defer func() { _ = in.Close() }() // only read
	out, err := tempfile.Create("", "trailcat-import-*")
	if err != nil {
		return nil, err
	}
	if _, err = io.Copy(out, in); err == nil {
		_, err = out.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read the file: %w", err), out.Close())
	}
	return out, nil
}

// read reads a file.
func (c *importCommand) read(p *process, content file, format *ingest.Format, version int) (*importjob.File, error) {
	hash := sha256.New()
	size, err := io.Copy(hash, content)
	if err != nil {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	read := importjob.NewFile(content, size, [sha256.Size]byte(hash.Sum(nil)), importjob.Options{
		Format:   format,
		Version:  version,
		Mode:     catalog.ImportMode(c.Mode),
		DryRun:   c.DryRun,
		Confirm:  c.Confirm,
		AsOf:     c.AsOf,
		Progress: progress(p, "importing"),
	})
	return read, read.Read(now())
}

// importFiles imports the files and prints their reports, also if one of them fails.
func (c *importCommand) importFiles(p *process, db *store.Store, files []*importjob.File) error {
	cats, err := ratingCatalog(db, p.now)
	if err != nil {
		return err
	}
	shelters := make([]catalog.Shelter, len(files))
	for i, file := range files {
		if shelters[i], err = c.shelter(p, db, cats, file.Format()); err != nil {
			return err
		}
	}
	var photos importjob.Photos
	stored, err := c.openPhotos(p.ctx, c.Database)
	if err != nil {
		return err
	}
	if stored != nil {
		processor := photo.NewProcessor(photoProcessor, slog.New(slog.DiscardHandler))
		defer processor.Close()
		photos = newPhotoKeeper(db, cats, stored, processor.Process, catalog.Quotas{}, p.now)
	}
	reports := map[string]importReport{}
	for i, path := range c.Files {
		result, err := importjob.New(db, cats, p.now, files[i], shelters[i]).WithPhotos(photos).Run(p.ctx)
		if status := result.Import.Status; status == catalog.ImportDone || status == catalog.ImportInterrupted {
			reports[path] = newImportReport(files[i].Format(), result)
		}
		if e, ok := errors.AsType[*catalog.Error](err); ok && e.Code == errcode.ConfirmationRequired {
			err = e.WithFields() // the field error repeats the detail
		}
		if err != nil {
			return errors.Join(fmt.Errorf("%s: %w", path, err), c.report(p, reports))
		}
	}
	return c.report(p, reports)
}

// importReport is the report of one file: that of the API with its format.
type importReport struct {
	Format string `json:"format"`
	wire.ImportReport

	Errors []wire.ImportRowError `json:"errors"` // in place of those of the API; empty if there are none
}

func newImportReport(format *ingest.Format, result importjob.Result) importReport {
	return importReport{Format: format.Name, ImportReport: *result.Report, Errors: append([]wire.ImportRowError{}, result.Report.Errors...)}
}

// format returns the format that the flags name, or automatic detection.
func (c *importCommand) format() (*ingest.Format, error) {
	if c.Mapping == "" {
		return ingest.Find(cmp.Or(c.Format, ingest.Auto))
	}
	text, err := os.ReadFile(c.Mapping)
	if err != nil {
		return nil, err
	}
	return ingest.ParseFormat(text)
}

// printFormat prints the format of a file if it was detected.
func (c *importCommand) printFormat(p *process, path string, file *importjob.File) error {
	if file.DetectedFormat() == "" {
		return nil
	}
	_, err := fmt.Fprintf(p.stdout, "%s: detected format %s\n", path, file.DetectedFormat())
	return err
}

// shelter returns the shelter of the listings. For the format of a single shelter
// it creates that shelter if necessary.
func (c *importCommand) shelter(p *process, db *store.Store, cats *catalog.Catalog, format *ingest.Format) (catalog.Shelter, error) {
	if c.Shelter != "" {
		return findShelter(p, db, c.Shelter)
	}
	if format.Shelter == nil {
		return catalog.Shelter{}, fmt.Errorf("the format %s does not determine the shelter; name it with --shelter, by ID or code", format.Name)
	}
	if c.DryRun {
		cats = cats.DryRun()
	}
	places, err := c.gazetteer()
	if err != nil {
		return catalog.Shelter{}, err
	}
	shelter, result, err := cats.PutShelter(p.ctx, places, format.Shelter.ExternalID, format.Shelter.Profile)
	if err == nil && c.DryRun && result == catalog.ResultCreated {
		err = fmt.Errorf("the shelter of format %s does not exist yet; import without --dry-run, which creates it", format.Name)
	}
	return shelter, err
}

// findShelter returns a shelter by its ID or code.
func findShelter(p *process, db *store.Store, idOrCode string) (catalog.Shelter, error) {
	shelter, err := db.ShelterByCode(p.ctx, idOrCode)
	if catalog.KindOf(err) == catalog.NotFound {
		shelter, err = db.Shelter(p.ctx, idOrCode)
	}
	return shelter, err
}

// report prints a summary per file and the first errors and warnings, and writes the report
// file. It returns a rejectedError if any row was rejected.
func (c *importCommand) report(p *process, reports map[string]importReport) error {
	rejected := 0
	for _, file := range c.Files {
		r, ok := reports[file]
		if !ok {
			continue
		}
		rejected += r.Rejected
		warned := ""
		if r.WarningCount > 0 {
			warned = fmt.Sprintf(", %d values not understood", r.WarningCount)
		}
		if r.Assessments > 0 {
			warned += fmt.Sprintf(", %d assessments", r.Assessments)
		}
		if r.Photos > 0 {
			warned += fmt.Sprintf(", %d photos", r.Photos)
		}
		if r.IgnoredFiles > 0 {
			warned += fmt.Sprintf(", %d other files ignored", r.IgnoredFiles)
		}
		_, err := fmt.Fprintf(p.stdout, "%s: %d rows: %d created, %d updated, %d unchanged, %d skipped%s, %d rejected%s%s\n",
			file, r.Rows, r.Created, r.Updated, r.Unchanged, r.Skipped, counts(r.SkippedByReason), r.Rejected, warned, c.snapshotSuffix(r))
		if err != nil {
			return err
		}
		if err := printUnavailable(p, file, r); err != nil {
			return err
		}
		for _, e := range r.Errors[:min(len(r.Errors), maxPrintedErrors)] {
			if _, err := fmt.Fprintf(p.stderr, "%s:%d: %s %q: %s\n", file, e.Line, cmp.Or(e.Column, "row"), e.Value, e.Reason); err != nil {
				return err
			}
		}
		if more := len(r.Errors) - maxPrintedErrors; more > 0 {
			if _, err := fmt.Fprintf(p.stderr, "%s: and %d more errors; write all of them with --report FILE\n", file, more); err != nil {
				return err
			}
		}
		if err := printWarnings(p, file, r); err != nil {
			return err
		}
	}
	if err := c.writeReport(reports); err != nil {
		return err
	}
	if rejected > 0 {
		return rejectedError{fmt.Sprintf("%d rows were rejected; --report FILE lists them with the reasons", rejected)}
	}
	return nil
}

// snapshotSuffix returns the number of listings that a snapshot removed, and whether
// the import was a dry run.
func (c *importCommand) snapshotSuffix(r importReport) string {
	suffix := ""
	if c.Mode == string(catalog.ModeSnapshot) {
		suffix = fmt.Sprintf(", %d removed", r.Removed)
	}
	if c.DryRun {
		suffix += " (dry run, nothing was written)"
	}
	return suffix
}

// printWarnings prints the first values of a file that were not understood.
func printWarnings(p *process, file string, r importReport) error {
	for _, w := range r.Warnings[:min(len(r.Warnings), maxPrintedErrors)] {
		rows := ""
		if w.Rows > 1 {
			rows = fmt.Sprintf(" (%d rows)", w.Rows)
		}
		column := ""
		if w.Column != "" {
			column = w.Column + " "
		}
		if _, err := fmt.Fprintf(p.stderr, "%s:%d: warning: %s%q: %s%s\n", file, w.Line, column, w.Value, w.Message, rows); err != nil {
			return err
		}
	}
	if more := len(r.Warnings) - maxPrintedErrors; more > 0 {
		if _, err := fmt.Fprintf(p.stderr, "%s: and %d more warnings; write them with --report FILE\n", file, more); err != nil {
			return err
		}
	}
	return nil
}

// maxPrintedErrors is how many errors, and warnings, per file are printed.
const maxPrintedErrors = 10

// printUnavailable prints a notice if a file listed cats, but none of them is available.
func printUnavailable(p *process, file string, r importReport) error {
	if len(r.Statuses) == 0 || r.Statuses[catalog.Available] > 0 {
		return nil
	}
	_, err := fmt.Fprintf(p.stderr, "%s: none of its cats is available%s; searches find them only with the parameter status\n", file, counts(r.Statuses))
	return err
}

// counts returns numbers by name as " (name n, …)", or nothing if there are none.
func counts[K ~string](numbers map[K]int) string {
	if len(numbers) == 0 {
		return ""
	}
	var parts []string
	for name, n := range numbers {
		parts = append(parts, fmt.Sprintf("%s %d", name, n))
	}
	slices.Sort(parts)
	return " (" + strings.Join(parts, ", ") + ")"
}

// writeReport writes the report file: the report of a single file, or an object of
// reports by file name.
func (c *importCommand) writeReport(reports map[string]importReport) error {
	if c.Report == "" || len(reports) == 0 {
		return nil
	}
	var document any = reports
	if len(c.Files) == 1 {
		document = reports[c.Files[0]]
	}
	text, err := json.MarshalIndent(document, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(c.Report, append(text, '\n'), 0o644) //nolint:gosec // the report contains no secrets
}

// progress returns a function that draws a progress bar on stderr, or nil if stderr
// is not a terminal.
func progress(p *process, description string) func(done, total int) {
	if !onTerminal(p.stderr) {
		return nil
	}
	var bar *progressbar.ProgressBar
	return func(done, total int) {
		if bar == nil {
			bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(p.stderr), progressbar.OptionSetDescription(description),
				progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionClearOnFinish())
		}
		_ = bar.Set(done) // a failure to draw must not stop the work
	}
}
