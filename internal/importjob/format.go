package importjob

import (
	"context"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/ingest"
)

// FormatStore reads the formats of shelters.
type FormatStore interface {
	ImportFormats(ctx context.Context, shelterID string) ([]catalog.ImportFormat, error)
	ImportFormatVersion(ctx context.Context, shelterID, name string, number int) (catalog.ImportFormatVersion, error)
}

// FindFormat returns the format with a name for imports into a shelter: one of its own, or else
// a built-in one. version is that of its own format: the newest for a dry run, otherwise the active
// one. The error is Conflict with code format_not_active if there is none, and Malformed for an
// unknown name.
func FindFormat(ctx context.Context, formats FormatStore, shelterID, name string, dryRun bool) (f *ingest.Format, version int, err error) {
	own, err := formats.ImportFormats(ctx, shelterID)
	if err != nil {
		return nil, 0, err
	}
	var names []string
	for _, format := range own {
		if format.Name == name {
			return findOwn(ctx, formats, format, dryRun)
		}
		names = append(names, format.Name)
	}
	f, err = ingest.Find(name, names...)
	return f, 0, err
}

func findOwn(ctx context.Context, formats FormatStore, format catalog.ImportFormat, dryRun bool) (*ingest.Format, int, error) {
	number := format.ActiveVersion
	if dryRun {
		number = format.Version
	}
	if number == 0 {
		return nil, 0, catalog.Errorf(catalog.Conflict, errcode.FormatNotActive,
			"No version of the format %q is active. Send the file with dry_run=true, read the report, and activate the version: PATCH the format with {\"active_version\": %d}.", format.Name, format.Version)
	}
	version, err := formats.ImportFormatVersion(ctx, format.ShelterID, format.Name, number)
	if err != nil {
		return nil, 0, err
	}
	f, err := ingest.ParseNamedFormat(format.Name, []byte(version.Text))
	return f, number, err
}
