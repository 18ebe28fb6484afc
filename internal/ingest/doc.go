// Package ingest reads the files that shelters' software exports and turns their
// rows into edits of cats, with a report that says what became of every row.
//
// It knows tables: how they are packed, encoded and parted into fields, JSON as
// another way to write them, and the formats that say what the columns of one
// system mean. A format is a table too, written in YAML; those of formats/ are
// built in, and anybody can bring another in the same language (docs/import.md).
// What the words in the fields mean is vocab's business, what may be true of a cat
// is the catalog's. It knows what a snapshot lacks, and not what is done about it.
//
// It knows no command line and no HTTP: both hand in a reader and pass on the
// report. A wrong row never stops a good one.
package ingest
