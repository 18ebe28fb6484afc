//go:build bench

package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"github.com/jackc/pgx/v5"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/demo"
	"trailcat/internal/geo"
)

// createSQLTable is the schema of the baseline, an implementation in Postgres alone:
// a column per filter, and the list card and the whole cat as JSON documents.
const createSQLTable = `CREATE TABLE baseline_cats (
	id text NOT NULL, external_id text NOT NULL, shelter text NOT NULL,
	status text NOT NULL, sex text, age_group text, breed text, color text, coat text, size text,
	good_with_cats boolean, good_with_dogs boolean, good_with_children boolean, altered boolean,
	lat double precision NOT NULL, lng double precision NOT NULL,
	name text NOT NULL, description text NOT NULL, listed_at timestamptz NOT NULL,
	card json NOT NULL, facts json NOT NULL)`

var sqlColumns = []string{
	"id", "external_id", "shelter", "status", "sex", "age_group", "breed", "color", "coat", "size",
	"good_with_cats", "good_with_dogs", "good_with_children", "altered", "lat", "lng", "name", "description", "listed_at", "card", "facts",
}

// sqlRow returns the row of a cat.
func sqlRow(id string, of demo.Shelter, at geo.Point, edit catalog.CatUpdate, today func(catalog.Facts) string) ([]any, error) {
	cat := catalog.Cat{ID: id, ExternalID: edit.ExternalID, Source: edit.Source, Version: 1}
	edit.Edit(&cat.Facts)
	facts, err := json.Marshal(cat.Facts)
	f := cat.Facts
	return []any{
		id, edit.ExternalID, of.ExternalID, string(f.Status), string(f.Sex), today(f), f.Breed.Primary, f.Colors.Primary, string(f.Coat), string(f.Size),
		f.GoodWith.Cats, f.GoodWith.Dogs, f.GoodWith.Children, f.Altered, at.Lat, at.Lng, f.Name, f.Description, f.ListedAt, json.RawMessage(append(wire.CardEncoder("")(cat), '}')), json.RawMessage(facts),
	}, err
}

// copyRows copies rows to the baseline table.
func (b *benchServer) copyRows(ctx context.Context, rows [][]any) error {
	n, err := b.sql.CopyFrom(ctx, pgx.Identifier{"baseline_cats"}, sqlColumns, pgx.CopyFromRows(rows))
	if err == nil && int(n) != len(rows) {
		return fmt.Errorf("copied %d of %d rows", n, len(rows))
	}
	return err
}

// createSQLIndexes creates the indexes for the queries of the baseline.
func (b *benchServer) createSQLIndexes(t *testing.T) {
	t.Helper()
	for _, sql := range []string{
		`ALTER TABLE baseline_cats ADD PRIMARY KEY (id)`,
		`CREATE INDEX ON baseline_cats (lat, lng) WHERE status = 'available'`,
		`CREATE INDEX ON baseline_cats (listed_at DESC) WHERE status = 'available'`,
		`VACUUM ANALYZE baseline_cats`,
	} {
		if _, err := b.sql.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
}

// sqlNear runs the list search: the bounding box by index, then the great-circle
// distance.
func (b *benchServer) sqlNear(ctx context.Context, at geo.Point) error {
	const km = 150.0
	lat := km / 111.2
	lng := lat / math.Cos(at.Lat*math.Pi/180)
	rows, err := b.sql.Query(ctx, `SELECT card, d FROM (
		SELECT id, card, 6371 * 2 * asin(sqrt(sin(radians(lat - $1) / 2) ^ 2 + cos(radians($1)) * cos(radians(lat)) * sin(radians(lng - $2) / 2) ^ 2)) AS d
		FROM baseline_cats
		WHERE status = 'available' AND age_group IN ('kitten', 'young')
		AND lat BETWEEN $1 - $3::float8 AND $1 + $3::float8 AND lng BETWEEN $2 - $4::float8 AND $2 + $4::float8) near
		WHERE d <= 150 ORDER BY d, id LIMIT 20`, at.Lat, at.Lng, lat, lng)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var card []byte
		var d float64
		if err := rows.Scan(&card, &d); err != nil {
			return err
		}
	}
	return rows.Err()
}

// sqlCat reads one cat.
func (b *benchServer) sqlCat(ctx context.Context, id string) error {
	var name, description string
	var facts []byte
	return b.sql.QueryRow(ctx, `SELECT name, description, facts FROM cats WHERE id = $1`, id).Scan(&name, &description, &facts)
}

// sqlFacets counts the values of eight columns in one pass over the table.
func (b *benchServer) sqlFacets(ctx context.Context) error {
	rows, err := b.sql.Query(ctx, `SELECT grouping(sex, age_group, breed, color, coat, size, good_with_cats, good_with_dogs), count(*)
		FROM baseline_cats WHERE status = 'available'
		GROUP BY GROUPING SETS ((sex), (age_group), (breed), (color), (coat), (size), (good_with_cats), (good_with_dogs))`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(nil, nil); err != nil {
			return err
		}
	}
	return rows.Err()
}
