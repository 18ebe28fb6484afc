// Package migrations contains the SQL migrations of the database schema.
//
// Each engine has a directory with the same migrations under the same numbers.
// Migrations are applied once each, in order, and their statements never change
// after a release. The package depends on nothing; internal/store applies them.
package migrations

import "embed"

// FS contains a directory per engine: postgres and sqlite.
//
//go:embed postgres/*.sql sqlite/*.sql
var FS embed.FS
