package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// errReadOnly means that a session refuses writes.
var errReadOnly = errors.New("the session is read-only")

// WriteError returns why the database accepts no writes, and nil if it does, as far as
// is known from the last write or check. The error wraps a catalog.Error.
func (s *Store) WriteError() error {
	if err := s.writeError.Load(); err != nil {
		return *err
	}
	return nil
}

// CheckWritable returns an error that wraps a catalog.Error if the database accepts no
// writes. After a write that failed for that reason it writes a row to see whether the
// cause is resolved. WriteError returns the result.
func (s *Store) CheckWritable(ctx context.Context) error {
	if err := s.checkSession(ctx); err != nil {
		return s.recordWrite(err)
	}
	if s.WriteError() == nil {
		return nil
	}
	if err := s.probe(ctx); err != nil {
		return fmt.Errorf("write to the database: %w", err)
	}
	s.writeError.Store(nil)
	return nil
}

// checkSession returns an error if it is evident without writing that writes fail.
func (s *Store) checkSession(ctx context.Context) error {
	return s.read(ctx, func(db *gorm.DB) error {
		var refuses bool
		if err := db.Raw(s.dialect.readOnly).Scan(&refuses).Error; err != nil {
			return err
		}
		if refuses {
			s.replaceConnections()
			return errReadOnly
		}
		return s.checkFiles()
	})
}

// probeSize is how many bytes a probe writes: more than the rest of a page of the
// database that a full disk may have left.
const probeSize = 128 << 10

// probe writes a row of the table requests and deletes it again.
func (s *Store) probe(ctx context.Context) error {
	body := make([]byte, probeSize)
	_, _ = rand.NewChaCha8([32]byte{}).Read(body) // never fails; random, so that Postgres does not compress it
	row := requestRow{Holder: "", Name: "write probe", Fingerprint: "", Status: 0, Header: "", Body: body, At: time.Unix(0, 0).UTC()}
	_, err := s.execOnce(ctx, func(db *gorm.DB) *gorm.DB { return db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row) })
	if err != nil {
		return err
	}
	_, err = s.execOnce(ctx, func(db *gorm.DB) *gorm.DB { return db.Delete(&row) })
	return err
}

// recordWrite remembers that a write failed because the database accepts none, and
// returns the error.
func (s *Store) recordWrite(err error) error {
	switch s.classify(err) {
	case readOnly, storageFull, fileReplaced:
		s.writeError.Store(&err)
	default:
	}
	return err
}

// reconnectOnce returns a function that replaces all connections at its first call,
// unless the database is known to be read-only, and reports whether it did. A connection
// may lead to a primary that has become a standby.
func (s *Store) reconnectOnce() func() bool {
	useful := s.pools.reconnect != nil && s.WriteError() == nil
	return func() bool {
		if !useful {
			return false
		}
		useful = false
		s.pools.reconnect()
		return true
	}
}

func (s *Store) replaceConnections() {
	if s.pools.reconnect != nil {
		s.pools.reconnect()
	}
}

// checkFiles returns an error if the files of the database are no longer those that are
// open.
func (s *Store) checkFiles() error {
	if s.pools.checkFiles == nil {
		return nil
	}
	return s.pools.checkFiles()
}
