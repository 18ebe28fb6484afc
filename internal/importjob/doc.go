// Package importjob imports one file into a shelter: it detects the format, parses the
// rows, plans the removals of a snapshot, writes in batches, and records the import
// with a report. The API and the command line run the same job.
//
// It depends on catalog, ingest and api/wire. It knows neither HTTP nor the command
// line: both pass an open file and present the result.
package importjob
