// Package migrations holds the schema of the database, as SQL, for each engine.
//
// The two folders say the same thing in two dialects, file by file, under the
// same numbers. Files are applied in order, once each, and never change after a
// release. The package knows nothing else: internal/store applies them.
package migrations

import "embed"

// FS has a folder for each engine: postgres and sqlite.
//
//go:embed postgres/*.sql sqlite/*.sql
var FS embed.FS
