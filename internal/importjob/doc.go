// Package importjob runs the import of one file into a shelter: it detects the format,
// reads the rows, plans removals of a snapshot, writes in batches and keeps a record with
// a report. The API and the command line run the same job.
//
// It depends on catalog, ingest and api/wire. It knows no HTTP.
package importjob
