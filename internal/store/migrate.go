package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	"gorm.io/gorm"

	"trailcat/migrations"
)

// Migration is a step of the schema. AppliedAt is zero if it is not applied yet.
type Migration struct {
	Number    int64
	Name      string
	AppliedAt time.Time
}

// MigrateUp applies the missing migrations and returns how many it applied. Several
// processes may call it concurrently: one migrates and the others wait.
func (s *Store) MigrateUp(ctx context.Context) (int, error) {
	steps, err := s.migrator()
	if err != nil {
		return 0, err
	}
	applied, err := steps.Up(ctx)
	if err != nil {
		return len(applied), fmt.Errorf("migrate %s up: %w", s.pools.name, err)
	}
	return len(applied), nil
}

// MigrateDown rolls back the latest migration, including the data that only its schema
// can hold.
func (s *Store) MigrateDown(ctx context.Context) error {
	steps, err := s.migrator()
	if err != nil {
		return err
	}
	if _, err := steps.Down(ctx); errors.Is(err, goose.ErrNoNextVersion) {
		return errors.New("no migration to roll back: the database has none")
	} else if err != nil {
		return fmt.Errorf("migrate %s down: %w", s.pools.name, err)
	}
	return nil
}

// MigrationStatus returns the migrations that this program knows, in order.
func (s *Store) MigrationStatus(ctx context.Context) ([]Migration, error) {
	steps, err := s.migrator()
	if err != nil {
		return nil, err
	}
	known, err := steps.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("migrations of %s: %w", s.dialect.name, err)
	}
	out := make([]Migration, len(known))
	for i, m := range known {
		_, name, _ := strings.Cut(strings.TrimSuffix(path.Base(m.Source.Path), ".sql"), "_")
		out[i] = Migration{Number: m.Source.Version, Name: name, AppliedAt: m.AppliedAt.UTC()}
	}
	return out, nil
}

// SchemaError reports that the schema of a database is not the one that this program
// needs.
type SchemaError struct {
	Have int64 // the latest migration that is applied; 0 if there are no tables
	Want int64 // the latest migration that this program knows
}

// Error returns what differs.
func (e *SchemaError) Error() string {
	if e.Have == 0 {
		return "the database has no Trailcat tables yet"
	}
	return fmt.Sprintf("the database schema has version %d, but this program needs version %d", e.Have, e.Want)
}

// IsNewer reports whether a newer program migrated the database.
func (e *SchemaError) IsNewer() bool { return e.Have > e.Want }

// CheckSchema returns a *SchemaError unless the schema is the one that this program
// needs. It changes nothing.
func (s *Store) CheckSchema(ctx context.Context) error {
	steps, err := s.migrator()
	if err != nil {
		return err
	}
	sources := steps.ListSources()
	want := sources[len(sources)-1].Version
	have, err := s.schemaVersion(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("check schema: %w", err)
	case have != want:
		return &SchemaError{Have: have, Want: want}
	default:
		return nil
	}
}

// schemaVersion returns the number of the latest applied migration, 0 for none.
func (s *Store) schemaVersion(ctx context.Context) (int64, error) {
	var version int64
	err := s.read(ctx, func(db *gorm.DB) error {
		var tables int64
		if err := db.Raw(s.dialect.hasTable, goose.DefaultTablename).Scan(&tables).Error; err != nil || tables == 0 {
			return err
		}
		return db.Table(goose.DefaultTablename).Select("coalesce(max(version_id), 0)").Where("is_applied").Scan(&version).Error
	})
	return version, err
}

func (s *Store) migrator() (*goose.Provider, error) {
	files, err := fs.Sub(migrations.FS, s.dialect.name)
	if err != nil {
		return nil, err
	}
	oneAtATime, err := s.dialect.oneAtATime(s.pools.dsn)
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(s.dialect.goose, s.pools.writer, files, oneAtATime, goose.WithDisableGlobalRegistry(true))
}
