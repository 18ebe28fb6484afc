package store

import "database/sql"

// Rows are the shapes of all tables of ours.
func Rows() []any { return []any{catRow{}, shelterRow{}, changeRow{}, headRow{}} }

// SQL is the database below, for what a test does behind the store's back.
func (s *Store) SQL() *sql.DB { return s.pools.writer }

// ReaderStats tells of the connections that read.
func (s *Store) ReaderStats() sql.DBStats { return s.pools.reader.Stats() }
