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
			return gorm.Expr(column+" = ANY(?)", &values) // GORM would spread a plain slice over 500 variables
		},
		snapshot:   sql.LevelRepeatableRead,
		hasTable:   "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = ?",
		trouble:    troubleOnPostgres,
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
	db := poolOf(config, max(8, 4*runtime.GOMAXPROCS(0))) // Postgres gains nothing from more, and has 100 for all nodes
	// Numbers are taken beside the write: inside it, the counter would be locked
	// until commit and writers would wait for each other. They have connections
	// of their own because writes that hold all the others wait for them.
	return pools{dsn: dsn, writer: db, reader: db, counters: poolOf(config, 2)}, nil
}

func poolOf(config *pgx.ConnConfig, most int) *sql.DB {
	db := stdlib.OpenDB(*config, stdlib.OptionShouldPing(idle))
	db.SetMaxOpenConns(most)
	db.SetMaxIdleConns(most)
	db.SetConnMaxLifetime(30 * time.Minute) // so that connections find their way to a new primary
	return db
}

// idle asks for a ping before a connection is used that lay still for a while:
// after a restart of Postgres a whole pool of them is dead.
func idle(_ context.Context, p stdlib.ShouldPingParams) bool {
	return p.IdleDuration > 200*time.Millisecond
}

func lockPostgres(string) (goose.ProviderOption, error) {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300)) // try each second, for five minutes
	if err != nil {
		return nil, err
	}
	return goose.WithSessionLocker(locker), nil
}

// troubleOnPostgres knows serialization failures, which distributed databases
// answer often, deadlocks, and connections that fail. A database that cannot be
// reached is away, not lost: to try again at once would only take longer.
func troubleOnPostgres(err error) errorClass {
	var refused *pgconn.ConnectError
	var pg *pgconn.PgError
	var broken *net.OpError
	switch {
	case err == nil:
		return noTrouble
	case errors.As(err, &refused):
		return unavailable
	case errors.As(err, &pg):
		return troubleOfCode(pg.Code)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE),
		errors.As(err, &broken) && !broken.Timeout(), strings.HasSuffix(err.Error(), "conn closed"):
		return connectionLost
	default:
		return noTrouble
	}
}

// troubleOfCode reads the SQLSTATE codes of Postgres.
func troubleOfCode(code string) errorClass {
	switch {
	case code == "40001", code == "40P01": // serialization failure, deadlock
		return serializationFailure
	case strings.HasPrefix(code, "57P"), strings.HasPrefix(code, "08"): // shut down, connection
		return connectionLost
	default:
		return noTrouble
	}
}
