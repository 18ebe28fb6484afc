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

type importCommand struct {
	databaseFlags
	Files   []string  `arg:"" help:"Listing files; .gz files are decompressed." placeholder:"FILE"`
	Format  string    `help:"Format of the files; auto detects it from the columns (default auto). Built-in formats: ${formats}." xor:"format" placeholder:"NAME"`
	Mapping string    `help:"Custom format, as a YAML file or an import.cfg; see docs/import.md." xor:"format" type:"existingfile" placeholder:"FILE"`
	Shelter string    `help:"Shelter of the listings, by ID or code; not needed for formats of a single shelter." placeholder:"ID"`
	AsOf    time.Time `help:"Date to which the ages in the files refer (default today)." format:"2006-01-02" placeholder:"DATE"`
	Report  string    `help:"Write a JSON report with the result of every row to this file." type:"path" placeholder:"FILE"`
}

// Run reads the files, one after the other.
func (c *importCommand) Run(p *process) (err error) {
	format, err := c.format()
	if err != nil {
		return err
	}
	// All files are read before anything is written: a wrong one stops nothing halfway.
	listings := make([]*ingest.Dataset, len(c.Files))
	for i, file := range c.Files {
		if listings[i], err = ingest.ReadFile(file, format, ingest.Options{AsOf: c.AsOf, Now: now()}); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if err := c.sayFormat(p, file, listings[i]); err != nil {
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
	shelters := make([]catalog.Shelter, len(listings))
	for i, l := range listings {
		if shelters[i], err = c.shelter(p, db, cats, l.Format); err != nil {
			return err
		}
	}
	reports := map[string]ingest.Report{}
	for i, file := range c.Files {
		report, err := ingest.Load(p.ctx, cats, shelters[i].ID, listings[i].WithCountry(shelters[i].Address.Country), progress(p, "importing"))
		reports[file] = report
		if err != nil {
			return errors.Join(fmt.Errorf("%s: %w", file, err), c.tell(p, reports))
		}
	}
	return c.tell(p, reports)
}

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

// sayFormat says what a file was taken for, where that was ours to find out.
func (c *importCommand) sayFormat(p *process, file string, l *ingest.Dataset) error {
	if l.DetectedFormat == "" {
		return nil
	}
	_, err := fmt.Fprintf(p.stdout, "%s: taken for %s\n", file, l.DetectedFormat)
	return err
}

// shelter finds whose listings they are. A format that knows its shelter makes it.
func (c *importCommand) shelter(p *process, db *store.Store, cats *catalog.Catalog, format *ingest.Format) (catalog.Shelter, error) {
	if c.Shelter != "" {
		shelter, err := db.ShelterByCode(p.ctx, c.Shelter)
		if catalog.KindOf(err) == catalog.NotFound {
			shelter, err = db.Shelter(p.ctx, c.Shelter)
		}
		return shelter, err
	}
	if format.Shelter == nil {
		return catalog.Shelter{}, fmt.Errorf("say whose listings these are: --shelter ID or CODE (format %s is not of one shelter only)", format.Name)
	}
	places := geo.Default()
	shelter, _, err := cats.PutShelter(p.ctx, places, format.Shelter.ExternalID, format.Shelter.Profile)
	return shelter, err
}

// tell says on stdout what became of the rows, and in the report file of each of them.
func (c *importCommand) tell(p *process, reports map[string]ingest.Report) error {
	refused := 0
	for _, file := range c.Files {
		r, ok := reports[file]
		if !ok {
			continue
		}
		refused += r.Rejected
		_, err := fmt.Fprintf(p.stdout, "%s: %d rows: %d created, %d updated, %d unchanged, %d set aside%s, %d refused\n",
			file, r.Rows, r.Created, r.Updated, r.Unchanged, r.Skipped, asides(r), r.Rejected)
		if err != nil {
			return err
		}
		for _, f := range r.Errors[:min(len(r.Errors), shownRefusals)] {
			if _, err := fmt.Fprintf(p.stderr, "%s:%d: %s %q: %s\n", file, f.Line, cmp.Or(f.Column, "row"), f.Value, f.Reason); err != nil {
				return err
			}
		}
		if more := len(r.Errors) - shownRefusals; more > 0 {
			if _, err := fmt.Fprintf(p.stderr, "%s: and %d more; --report FILE writes them all\n", file, more); err != nil {
				return err
			}
		}
	}
	if err := c.write(reports); err != nil {
		return err
	}
	if refused > 0 {
		return refusedError{refused}
	}
	return nil
}

// shownRefusals is how many refusals of a file are shown on the terminal.
const shownRefusals = 10

func asides(r ingest.Report) string {
	if len(r.SkippedByReason) == 0 {
		return ""
	}
	var parts []string
	for why, n := range r.SkippedByReason {
		parts = append(parts, fmt.Sprintf("%s %d", why, n))
	}
	slices.Sort(parts)
	return " (" + strings.Join(parts, ", ") + ")"
}

// write writes the report: that of the file, or where there were several, of each by its name.
func (c *importCommand) write(reports map[string]ingest.Report) error {
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
	return os.WriteFile(c.Report, append(text, '\n'), 0o644) //nolint:gosec // a report is for everyone to read
}

func formatNames() string {
	var names []string
	for _, f := range ingest.Formats() {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

// progress draws a bar on stderr if that is a terminal, and nothing if it is not.
func progress(p *process, doing string) func(done, total int) {
	if !onTerminal(p.stderr) {
		return nil
	}
	var bar *progressbar.ProgressBar
	return func(done, total int) {
		if bar == nil {
			bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(p.stderr), progressbar.OptionSetDescription(doing),
				progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionClearOnFinish())
		}
		_ = bar.Set(done) // a bar that cannot be drawn is no reason to stop
	}
}
