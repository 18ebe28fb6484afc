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

// sqliteDialector teaches GORM the SQLite that is written in Go. GORM's own
// dialect brings one that needs a C compiler, and does not understand the errors
// of this one. The schema is not GORM's business here, so this is all it takes.
type sqliteDialector struct{ db *sql.DB }

var (
	_ gorm.Dialector       = sqliteDialector{}
	_ gorm.ErrorTranslator = sqliteDialector{}
)

// Name is what GORM calls the engine.
func (sqliteDialector) Name() string { return "sqlite" }

// Initialize sets up the statements that GORM builds.
func (d sqliteDialector) Initialize(db *gorm.DB) error {
	callbacks.RegisterDefaultCallbacks(db, &callbacks.Config{
		LastInsertIDReversed: true,
		CreateClauses:        []string{"INSERT", "VALUES", "ON CONFLICT", "RETURNING"},
		QueryClauses:         nil, // GORM's defaults
		UpdateClauses:        []string{"UPDATE", "SET", "FROM", "WHERE", "RETURNING"},
		DeleteClauses:        []string{"DELETE", "FROM", "WHERE", "RETURNING"},
	})
	db.ConnPool = d.db
	// A writer has the whole file to itself: there is no SELECT … FOR UPDATE, and no need.
	db.ClauseBuilders["FOR"] = func(clause.Clause, clause.Builder) {}
	return nil
}

// Translate turns broken constraints into GORM's errors, and keeps the words.
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

// BindVarTo writes the place of a variable.
func (sqliteDialector) BindVarTo(w clause.Writer, _ *gorm.Statement, _ any) {
	_ = w.WriteByte('?') // into memory
}

// QuoteTo writes a name in quotes, part by part.
func (sqliteDialector) QuoteTo(w clause.Writer, name string) {
	quoted := quoteIdent.Replace(name)
	_, _ = w.WriteString(`"` + quoted + `"`) // into memory
}

// Explain is a statement with its variables filled in, for reading.
func (sqliteDialector) Explain(sql string, vars ...any) string {
	return logger.ExplainSQL(sql, nil, `'`, vars...)
}

// Migrator is GORM's general one; goose keeps our schema.
func (d sqliteDialector) Migrator(db *gorm.DB) gorm.Migrator {
	return migrator.Migrator{Config: migrator.Config{CreateIndexAfterCreateTable: true, DB: db, Dialector: d}}
}

// DataTypeOf names the type of a column.
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

// DefaultValueOf is what an insert writes for a field without a value.
func (sqliteDialector) DefaultValueOf(*schema.Field) clause.Expression {
	return clause.Expr{SQL: "NULL", Vars: nil, WithoutParentheses: false}
}

// quoteIdent makes a quoted name of the parts of a name.
var quoteIdent = strings.NewReplacer(`"`, `""`, `.`, `"."`)
