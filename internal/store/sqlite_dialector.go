package store

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/callbacks"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"
	"gorm.io/gorm/migrator"
	"gorm.io/gorm/schema"
	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// sqliteDialector is the GORM dialect of the SQLite that is written in Go. GORM's own
// dialect depends on one that needs a C compiler, and does not know the errors of
// this one. GORM does not manage the schema here, so this is all that is needed.
type sqliteDialector struct{ db *sql.DB }

var (
	_ gorm.Dialector       = sqliteDialector{}
	_ gorm.ErrorTranslator = sqliteDialector{}
)

// Name returns GORM's name of the engine.
func (sqliteDialector) Name() string { return "sqlite" }

// Initialize configures the statements that GORM builds.
func (d sqliteDialector) Initialize(db *gorm.DB) error {
	callbacks.RegisterDefaultCallbacks(db, &callbacks.Config{
		LastInsertIDReversed: true,
		CreateClauses:        []string{"INSERT", "VALUES", "ON CONFLICT", "RETURNING"},
		QueryClauses:         nil, // GORM's defaults
		UpdateClauses:        []string{"UPDATE", "SET", "FROM", "WHERE", "RETURNING"},
		DeleteClauses:        []string{"DELETE", "FROM", "WHERE", "RETURNING"},
	})
	db.ConnPool = d.db
	// A write transaction locks the whole file, so SELECT … FOR UPDATE is neither supported nor needed.
	db.ClauseBuilders["FOR"] = func(clause.Clause, clause.Builder) {}
	return nil
}

// Translate converts constraint violations to GORM's errors and keeps the message.
func (sqliteDialector) Translate(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() {
	case lib.SQLITE_CONSTRAINT_UNIQUE, lib.SQLITE_CONSTRAINT_PRIMARYKEY, lib.SQLITE_CONSTRAINT_ROWID:
		return fmt.Errorf("%w: %w", gorm.ErrDuplicatedKey, err)
	case lib.SQLITE_CONSTRAINT_FOREIGNKEY:
		return fmt.Errorf("%w: %w", gorm.ErrForeignKeyViolated, err)
	case lib.SQLITE_CONSTRAINT_CHECK:
		return fmt.Errorf("%w: %w", gorm.ErrCheckConstraintViolated, err)
	default:
		return err
	}
}

// BindVarTo writes the placeholder of a variable.
func (sqliteDialector) BindVarTo(w clause.Writer, _ *gorm.Statement, _ any) {
	_ = w.WriteByte('?') // into memory
}

// QuoteTo writes a quoted name, part by part.
func (sqliteDialector) QuoteTo(w clause.Writer, name string) {
	quoted := quoteIdent.Replace(name)
	_, _ = w.WriteString(`"` + quoted + `"`) // into memory
}

// Explain returns a statement with its variables filled in, for people.
func (sqliteDialector) Explain(sql string, vars ...any) string {
	return logger.ExplainSQL(sql, nil, `'`, vars...)
}

// Migrator returns GORM's generic migrator. The schema is managed by goose.
func (d sqliteDialector) Migrator(db *gorm.DB) gorm.Migrator {
	return migrator.Migrator{Config: migrator.Config{CreateIndexAfterCreateTable: true, DB: db, Dialector: d}}
}

// DataTypeOf returns the type of a column.
func (sqliteDialector) DataTypeOf(field *schema.Field) string {
	types := map[schema.DataType]string{
		schema.Bool: "integer", schema.Int: "integer", schema.Uint: "integer",
		schema.Float: "real", schema.Bytes: "blob", schema.Time: "datetime",
	}
	if name, ok := types[field.DataType]; ok {
		return name
	}
	return "text"
}

// DefaultValueOf returns what an INSERT writes for a field without a value.
func (sqliteDialector) DefaultValueOf(*schema.Field) clause.Expression {
	return clause.Expr{SQL: "NULL", Vars: nil, WithoutParentheses: false}
}

// quoteIdent quotes the parts of a name.
var quoteIdent = strings.NewReplacer(`"`, `""`, `.`, `"."`)
