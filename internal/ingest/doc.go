// Package ingest reads the files that shelter software exports and turns their
// rows into edits of cats, with a report on every row.
//
// It handles compression, encodings, separators, JSON and XML as other forms of table,
// and formats, which say what the columns of a system mean. Formats are written in
// YAML; those in formats/ are built in, and callers can bring their own
// (docs/import.md). The meaning of the values is up to package vocab, the validity
// of facts up to package catalog. The package computes which cats a snapshot lacks
// but does not remove them.
//
// It depends on catalog, vocab and geo. It does not know the command line or HTTP: both
// pass an open file and present the report. An invalid row never stops a valid one.
package ingest
