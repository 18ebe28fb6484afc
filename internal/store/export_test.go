package store

import "database/sql"

// Rows returns the row types of tables.
func Rows() []any { return []any{catRow{}, shelterRow{}, changeRow{}, headRow{}} }

// SQL returns the connection pool for statements outside of the store.
func (s *Store) SQL() *sql.DB { return s.pools.writer }

// ReaderStats returns statistics of the pool for reading.
func (s *Store) ReaderStats() sql.DBStats { return s.pools.reader.Stats() }

// CloseIdleReaders closes the idle connections for reading.
func (s *Store) CloseIdleReaders() { s.pools.reader.SetMaxIdleConns(0) }
