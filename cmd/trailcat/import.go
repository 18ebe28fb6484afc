package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/ingest"
	"trailcat/internal/store"
)

// importCommand imports listing files.
type importCommand struct {
	databaseFlags
	Files   []string  `arg:"" help:"Listing files; .gz files are decompressed." placeholder:"FILE"`
	Format  string    `help:"Format of the files; auto detects it from the columns (default auto). Built-in formats: ${formats}." xor:"format" placeholder:"NAME"`
	Mapping string    `help:"Custom format, as a YAML file or an import.cfg; see docs/import.md." xor:"format" type:"existingfile" placeholder:"FILE"`
	Shelter string    `help:"Shelter of the listings, by ID or code; not needed for formats of a single shelter." placeholder:"ID"`
	AsOf    time.Time `help:"Date to which the ages in the files refer (default today)." format:"2006-01-02" placeholder:"DATE"`
	Report  string    `help:"Write a JSON report with the result of every row to this file." type:"path" placeholder:"FILE"`
}

// Run reads all files before it writes any of them, so that an unreadable file
// does not leave an import half done. It then imports them one after the other.
func (c *importCommand) Run(p *process) (err error) {
	format, err := c.format()
	if err != nil {
		return err
	}
	datasets := make([]*ingest.Dataset, len(c.Files))
	for i, file := range c.Files {
		if datasets[i], err = ingest.ReadFile(file, format, ingest.Options{AsOf: c.AsOf, Now: now()}); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if err := c.printFormat(p, file, datasets[i]); err != nil {
			return err
		}
	}
	db, err := c.open(p.ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	cats, err := ratingCatalog(db)
	if err != nil {
		return err
	}
	shelters := make([]catalog.Shelter, len(datasets))
	for i, d := range datasets {
		if shelters[i], err = c.shelter(p, db, cats, d.Format); err != nil {
			return err
		}
	}
	reports := map[string]ingest.Report{}
	for i, file := range c.Files {
		report, err := ingest.Load(p.ctx, cats, shelters[i].ID, datasets[i].WithCountry(shelters[i].Address.Country), progress(p, "importing"))
		reports[file] = report
		if err != nil {
			return errors.Join(fmt.Errorf("%s: %w", file, err), c.report(p, reports))
		}
	}
	return c.report(p, reports)
}

// format returns the format that the flags name, or automatic detection.
func (c *importCommand) format() (*ingest.Format, error) {
	switch {
	case c.Mapping != "":
		text, err := os.ReadFile(c.Mapping)
		if err != nil {
			return nil, err
		}
		return ingest.ParseFormat(text)
	default:
		return ingest.Find(cmp.Or(c.Format, ingest.Auto))
	}
}

// printFormat prints the format of a file if it was detected.
func (c *importCommand) printFormat(p *process, file string, d *ingest.Dataset) error {
	if d.DetectedFormat == "" {
		return nil
	}
	_, err := fmt.Fprintf(p.stdout, "%s: detected format %s\n", file, d.DetectedFormat)
	return err
}

// shelter returns the shelter of the listings. For the format of a single shelter
// it creates that shelter if necessary.
func (c *importCommand) shelter(p *process, db *store.Store, cats *catalog.Catalog, format *ingest.Format) (catalog.Shelter, error) {
	if c.Shelter != "" {
		shelter, err := db.ShelterByCode(p.ctx, c.Shelter)
		if catalog.KindOf(err) == catalog.NotFound {
			shelter, err = db.Shelter(p.ctx, c.Shelter)
		}
		return shelter, err
	}
	if format.Shelter == nil {
		return catalog.Shelter{}, fmt.Errorf("the format %s does not determine the shelter; name it with --shelter, by ID or code", format.Name)
	}
	places := geo.Default()
	shelter, _, err := cats.PutShelter(p.ctx, places, format.Shelter.ExternalID, format.Shelter.Profile)
	return shelter, err
}

// report prints a summary per file and the first errors, and writes the report
// file. It returns a rejectedError if any row was rejected.
func (c *importCommand) report(p *process, reports map[string]ingest.Report) error {
	rejected := 0
	for _, file := range c.Files {
		r, ok := reports[file]
		if !ok {
			continue
		}
		rejected += r.Rejected
		_, err := fmt.Fprintf(p.stdout, "%s: %d rows: %d created, %d updated, %d unchanged, %d skipped%s, %d rejected\n",
			file, r.Rows, r.Created, r.Updated, r.Unchanged, r.Skipped, skipReasons(r), r.Rejected)
		if err != nil {
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
	}
	if err := c.writeReport(reports); err != nil {
		return err
	}
	if rejected > 0 {
		return rejectedError{rejected}
	}
	return nil
}

// maxPrintedErrors is how many errors per file are printed.
const maxPrintedErrors = 10

// skipReasons returns how many rows were skipped by reason, as " (reason n, …)".
func skipReasons(r ingest.Report) string {
	if len(r.SkippedByReason) == 0 {
		return ""
	}
	var parts []string
	for reason, n := range r.SkippedByReason {
		parts = append(parts, fmt.Sprintf("%s %d", reason, n))
	}
	slices.Sort(parts)
	return " (" + strings.Join(parts, ", ") + ")"
}

// writeReport writes the report file: the report of a single file, or an object of
// reports by file name.
func (c *importCommand) writeReport(reports map[string]ingest.Report) error {
	if c.Report == "" {
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

// formatNames returns the names of the built-in formats.
func formatNames() string {
	var names []string
	for _, f := range ingest.Formats() {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
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
