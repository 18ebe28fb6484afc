// Package swaggerui contains the files of Swagger UI that the documentation page of the
// API uses, compressed with gzip. It depends on no other package.
//
// The module github.com/swaggo/files/v2 embeds all files of Swagger UI, 11 MB of source
// maps and variants that no page loads. So the files are copied from it; the test of
// this package compares them, and go test -update copies them again.
package swaggerui

import "embed"

// Files contains the files, each under its name with the suffix .gz.
//
//go:embed *.gz
var Files embed.FS
