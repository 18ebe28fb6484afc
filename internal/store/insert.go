package store

import (
	"fmt"
	"reflect"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/schema"
)

// insertValues inserts rows with a parameter for each value, some rows at a time.
func insertValues(rowsAtATime int) func(db *gorm.DB, rows any, replace bool) error {
	return func(db *gorm.DB, rows any, replace bool) error {
		if replace {
			db = db.Clauses(clause.OnConflict{UpdateAll: true})
		}
		return db.CreateInBatches(rows, rowsAtATime).Error
	}
}

// arrayTypes are the Postgres types of arrays of the values of fields, by the type that GORM
// gives them or that a model declares.
var arrayTypes = map[schema.DataType]string{
	schema.Bool: "boolean[]", schema.Int: "bigint[]", schema.String: "text[]", schema.Time: "timestamptz[]", "json": "json[]",
}

// insertArrays inserts rows with a parameter for each column, an array. Compared with a parameter
// for each value, Postgres has less to parse, and one prepared statement serves any number of
// rows. A single row takes less time with a parameter for each value.
func insertArrays(db *gorm.DB, rows any, replace bool) error {
	if reflect.ValueOf(rows).Len() == 1 {
		return insertValues(1)(db, rows, replace)
	}
	statement := &gorm.Statement{DB: db} //nolint:exhaustruct_v5 // only parses the model
	if err := statement.Parse(rows); err != nil {
		return fmt.Errorf("read the columns of a table: %w", err)
	}
	var names, keys, parameters, replacements []string
	var arrays []any
	for _, field := range statement.Schema.Fields {
		if field.AutoIncrement {
			continue
		}
		arrays = append(arrays, columnOf(db, rows, field))
		names, parameters = append(names, field.DBName), append(parameters, "?::"+arrayTypes[field.DataType])
		if field.PrimaryKey {
			keys = append(keys, field.DBName)
		} else {
			replacements = append(replacements, field.DBName+" = excluded."+field.DBName)
		}
	}
	query := fmt.Sprintf("INSERT INTO %s (%s) SELECT * FROM unnest(%s)", statement.Schema.Table, strings.Join(names, ", "), strings.Join(parameters, ", "))
	if replace {
		query += fmt.Sprintf(" ON CONFLICT (%s) DO UPDATE SET %s", strings.Join(keys, ", "), strings.Join(replacements, ", "))
	}
	return db.Exec(query, arrays...).Error
}

// columnOf returns a pointer to a slice of the values that a field has in rows. GORM would expand
// a plain slice to one parameter per value.
func columnOf(db *gorm.DB, rows any, field *schema.Field) any {
	list := reflect.ValueOf(rows)
	values := reflect.MakeSlice(reflect.SliceOf(field.FieldType), list.Len(), list.Len())
	for i := range list.Len() {
		values.Index(i).Set(field.ReflectValueOf(db.Statement.Context, list.Index(i)))
	}
	column := reflect.New(values.Type())
	column.Elem().Set(values)
	return column.Interface()
}
