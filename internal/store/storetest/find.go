package storetest

import (
	"bytes"
	"compress/gzip"
	"database/sql"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// Find returns where a database contains a text: TABLE.COLUMN, and the files of an SQLite
// database. It reads every value of every table, and decompresses what is compressed with
// gzip or zstd. It ignores case.
func Find(tb testing.TB, url, text string) []string {
	tb.Helper()
	db := openSQL(tb, url)
	defer func() { _ = db.Close() }()
	var found []string
	for _, table := range tables(tb, db, url) {
		found = append(found, findInTable(tb, db, table, text)...)
	}
	if file, ok := strings.CutPrefix(url, "sqlite:"); ok {
		for _, name := range []string{file, file + "-wal"} {
			if content, err := os.ReadFile(name); err == nil && contains(content, text) {
				found = append(found, name)
			}
		}
	}
	return found
}

// tables returns the names of all tables.
func tables(tb testing.TB, db *sql.DB, url string) []string {
	tb.Helper()
	query := "SELECT name FROM sqlite_master WHERE type = 'table'"
	if !strings.HasPrefix(url, "sqlite:") {
		query = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
	}
	rows, err := db.QueryContext(tb.Context(), query)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			tb.Fatal(err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil || len(names) < 10 {
		tb.Fatalf("found %d tables, %v", len(names), err)
	}
	return names
}

// findInTable returns the columns of a table that contain a text, once per row.
func findInTable(tb testing.TB, db *sql.DB, table, text string) (found []string) {
	tb.Helper()
	rows, err := db.QueryContext(tb.Context(), `SELECT * FROM "`+table+`"`)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		tb.Fatal(err)
	}
	values, dest := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		dest[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			tb.Fatal(err)
		}
		for i, value := range values {
			content, ok := value.([]byte)
			if !ok {
				content = fmt.Append(nil, value)
			}
			if contains(content, text) {
				found = append(found, table+"."+columns[i])
			}
		}
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
	return found
}

// contains reports whether content or what it is after decompression contains a text.
func contains(content []byte, text string) bool {
	if bytes.Contains(bytes.ToLower(content), []byte(strings.ToLower(text))) {
		return true
	}
	if r, err := gzip.NewReader(bytes.NewReader(content)); err == nil {
		plain, _ := io.ReadAll(r) // as much as can be read
		return contains(plain, text)
	}
	if d, err := zstd.NewReader(nil); err == nil {
		defer d.Close()
		if plain, err := d.DecodeAll(content, nil); err == nil && len(plain) > 0 {
			return contains(plain, text)
		}
	}
	return false
}

// TablesWith returns the tables in which a column of this name has a value.
func TablesWith(tb testing.TB, url, column, value string) (found []string) {
	tb.Helper()
	db := openSQL(tb, url)
	defer func() { _ = db.Close() }()
	for _, table := range tables(tb, db, url) {
		var n int
		err := db.QueryRowContext(tb.Context(), `SELECT count(*) FROM "`+table+`" AS t WHERE t.`+column+` = $1`, value).Scan(&n)
		if err == nil && n > 0 { // an error means that there is no such column
			found = append(found, table)
		}
	}
	slices.Sort(found)
	return found
}
