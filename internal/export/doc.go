// Package export writes all listed cats, or all shelters, of one snapshot to a file, as
// NDJSON, CSV or GeoJSON, and keeps recent files so that several clients share one.
//
// It depends on catalog, ingest, changefeed and api/wire. It does not know HTTP: the
// handlers in package api send the files.
package export
