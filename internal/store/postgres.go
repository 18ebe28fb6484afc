package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"io"
	"net"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

func postgresDialect() dialect {
	return dialect{
		name:  "postgres",
		open:  openPostgres,
		gorm:  func(db *sql.DB) gorm.Dialector { return postgres.New(postgres.Config{Conn: db}) },
		batch: 500,
		anyOf: func(column string, values []string) clause.Expr {
			return gorm.Expr(column+" = ANY(?)", &values) // GORM expands a plain slice to one variable per value
		},
		snapshot:   sql.LevelRepeatableRead,
		hasTable:   "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = ?",
		classify:   classifyPostgres,
		goose:      goose.DialectPostgres,
		oneAtATime: lockPostgres,
	}
}

func openPostgres(dsn string) (pools, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return pools{}, err
	}
	config.RuntimeParams["application_name"] = cmp.Or(config.RuntimeParams["application_name"], "trailcat")
	config.RuntimeParams["timezone"] = "UTC"
	config.ConnectTimeout = cmp.Or(config.ConnectTimeout, 5*time.Second)
	db := openPool(config, max(8, 4*runtime.GOMAXPROCS(0))) // more do not help, and Postgres has 100 for all nodes by default
	// Numbers are reserved outside of the write transaction: within it, the counter would
	// be locked until the commit and writers would wait for each other. They use a pool
	// of their own, because writes that occupy all other connections wait for them.
	return pools{dsn: dsn, writer: db, reader: db, counters: openPool(config, 2)}, nil
}

func openPool(config *pgx.ConnConfig, size int) *sql.DB {
	db := stdlib.OpenDB(*config, stdlib.OptionShouldPing(pingIfIdle))
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	db.SetConnMaxLifetime(30 * time.Minute) // so that connections move to a new primary
	return db
}

// pingIfIdle requests a ping before an idle connection is used: after a restart of
// Postgres all pooled connections are dead.
func pingIfIdle(_ context.Context, p stdlib.ShouldPingParams) bool {
	return p.IdleDuration > 200*time.Millisecond
}

func lockPostgres(string) (goose.ProviderOption, error) {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300)) // try each second, for five minutes
	if err != nil {
		return nil, err
	}
	return goose.WithSessionLocker(locker), nil
}

// classifyPostgres recognizes serialization failures, which distributed databases
// return often, deadlocks and failed connections. A database that cannot be reached
// is unavailable instead of lost, since an immediate retry would only take longer.
func classifyPostgres(err error) errorClass {
	var connectErr *pgconn.ConnectError
	var pgErr *pgconn.PgError
	var netErr *net.OpError
	switch {
	case err == nil:
		return otherError
	case errors.As(err, &connectErr):
		return unavailable
	case errors.As(err, &pgErr):
		return classifySQLState(pgErr.Code)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE),
		errors.As(err, &netErr) && !netErr.Timeout(), strings.HasSuffix(err.Error(), "conn closed"):
		return connectionLost
	default:
		return otherError
	}
}

// classifySQLState classifies the SQLSTATE codes of Postgres.
func classifySQLState(code string) errorClass {
	switch {
	case code == "40001", code == "40P01": // serialization failure, deadlock
		return serializationFailure
	case strings.HasPrefix(code, "57P"), strings.HasPrefix(code, "08"): // shut down, connection
		return connectionLost
	default:
		return otherError
	}
}
