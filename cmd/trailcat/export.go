package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"trailcat/internal/catalog"
	"trailcat/internal/export"
	"trailcat/internal/store"
)

// exportCommand exports all cats or shelters.
type exportCommand struct {
	databaseFlags
	Resource  string `help:"Resource to export: cats or shelters (default ${default})." enum:"cats,shelters" default:"cats" placeholder:"NAME"`
	Format    string `help:"File format: ndjson, csv, or geojson for shelters (default ${default})." enum:"ndjson,csv,geojson" default:"ndjson" placeholder:"NAME"`
	Output    string `help:"Output file, created only when the export is complete; - is standard output (default ${default})." short:"o" default:"-" type:"path" placeholder:"FILE"`
	Gzip      bool   `help:"Compress with gzip." xor:"compression"`
	Zstd      bool   `help:"Compress with zstd." xor:"compression"`
	PublicURL string `help:"Public base URL of the server, used in attributions." placeholder:"URL"`
}

// Run writes a consistent snapshot. It includes listings that shelters hide from
// some audiences, because the file belongs to the operator.
func (c *exportCommand) Run(p *process) (err error) {
	if formats := export.Formats(c.Resource); !slices.Contains(formats, c.Format) {
		return fmt.Errorf("%s cannot be exported as %s; available formats: %s", c.Resource, c.Format, strings.Join(formats, ", "))
	}
	if err := c.requireFile(); err != nil {
		return err
	}
	db, err := c.open(p.ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if c.Output == "-" {
		_, err := c.write(p, db, p.stdout)
		return err
	}
	part := c.Output + ".part"
	file, err := os.Create(part)
	if err != nil {
		return err
	}
	count, err := c.write(p, db, file)
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, os.Remove(part))
	}
	if err := os.Rename(part, c.Output); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "%s: %d %s\n", c.Output, count, c.Resource)
	return err
}

// write writes the export and returns the number of items.
func (c *exportCommand) write(p *process, db *store.Store, to io.Writer) (int, error) {
	buffer := bufio.NewWriterSize(to, 1<<16)
	out, err := c.compressor(buffer)
	if err != nil {
		return 0, err
	}
	total, err := c.total(p, db)
	if err != nil {
		return 0, err
	}
	show := progress(p, "exporting")
	e := export.Export{Resource: c.Resource, Format: c.Format, At: p.now(), PublicURL: c.PublicURL, PhotoBase: catalog.NewPhotoBase("", c.PublicURL), Hidden: nil}
	result, err := e.Write(p.ctx, db, out, func(done int) {
		if show != nil {
			show(done, max(done, total))
		}
	})
	return result.Count, errors.Join(err, out.Close(), buffer.Flush())
}

// total returns the approximate number of items, for the progress bar.
func (c *exportCommand) total(p *process, db *store.Store) (total int, err error) {
	if c.Resource != "cats" || !onTerminal(p.stderr) {
		return 0, nil
	}
	err = db.Snapshot(p.ctx, func(view catalog.Snapshot) error {
		counts, err := view.CountCats(p.ctx, "")
		for _, n := range counts {
			total += n
		}
		return err
	})
	return total, err
}

// compressor returns a writer that compresses to w as the flags say.
func (c *exportCommand) compressor(to io.Writer) (io.WriteCloser, error) {
	switch {
	case c.Gzip:
		return gzip.NewWriter(to), nil
	case c.Zstd:
		return zstd.NewWriter(to)
	default:
		return uncompressed{to}, nil
	}
}

// uncompressed writes data as it is.
type uncompressed struct{ io.Writer }

func (uncompressed) Close() error { return nil }
