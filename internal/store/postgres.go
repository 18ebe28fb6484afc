package store

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
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
		name:   "postgres",
		open:   openPostgres,
		gorm:   func(db *sql.DB) gorm.Dialector { return postgres.New(postgres.Config{Conn: db}) },
		insert: insertArrays,
		anyOf: func(column string, values []string) clause.Expr {
			return gorm.Expr(column+" = ANY(?)", &values) // GORM expands a plain slice to one variable per value
		},
		jsonEach:   "json_array_elements",
		timeOf:     func(text string) string { return "CAST(" + text + " AS timestamptz)" },
		snapshot:   sql.LevelRepeatableRead,
		openAdvice: "check that Postgres runs there and that the URL is right",
		readOnly:   "SELECT current_setting('transaction_read_only')::boolean", // also on a standby
		now:        "SELECT clock_timestamp()",
		hasBytes:   "position(convert_to(?, 'UTF8') in body) > 0",
		purge:      nil, // by vacuum
		hasTable:   "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = ?",
		classify:   classifyPostgres,
		goose:      goose.DialectPostgres,
		oneAtATime: lockPostgres,
	}
}

func openPostgres(dsn string, timeout time.Duration) (pools, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return pools{}, err
	}
	config.RuntimeParams["application_name"] = cmp.Or(config.RuntimeParams["application_name"], "trailcat")
	config.RuntimeParams["timezone"] = "UTC"
	config.ConnectTimeout = cmp.Or(config.ConnectTimeout, 5*time.Second)
	dial := config.DialFunc
	config.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return pollingConn{conn}, nil
	}
	connections, jobLimits := &connectionSet{timeout: 0, generation: atomic.Int64{}}, ""
	if timeout > 0 && !hasStatementTimeout(config) {
		connections.timeout = timeout
		jobLimits = "SET LOCAL statement_timeout = %[1]d; SET LOCAL idle_in_transaction_session_timeout = %[1]d"
	}
	size := max(8, 4*runtime.GOMAXPROCS(0)) // more do not help, and Postgres has 100 for all nodes by default
	db := connections.openPool(config, size)
	// Numbers are reserved outside of the write transaction: within it, the counter would
	// be locked until the commit and writers would wait for each other. They use a pool
	// of their own, because writes that occupy all other connections wait for them.
	return pools{
		dsn: dsn, name: fmt.Sprintf("postgres://%s/%s", net.JoinHostPort(config.Host, strconv.Itoa(int(config.Port))), config.Database),
		writer: db, reader: db, counters: connections.openPool(config, 2), writes: size * 3 / 4, // reads need connections, too
		jobLimits: jobLimits, checkFiles: nil, reconnect: connections.replaceAll, close: nil,
	}, nil
}

// connectionSet is the connections of several pools, which can be replaced together.
type connectionSet struct {
	timeout    time.Duration // of statements and transactions; 0 for none
	generation atomic.Int64
}

// generationKey is the key of a connection's generation in its custom data.
const generationKey = "trailcat generation"

// replaceAll makes the pools close every connection that is open now before its next use.
func (s *connectionSet) replaceAll() { s.generation.Add(1) }

func (s *connectionSet) openPool(config *pgx.ConnConfig, size int) *sql.DB {
	db := stdlib.OpenDB(*config, stdlib.OptionShouldPing(pingIfIdle),
		stdlib.OptionAfterConnect(func(ctx context.Context, c *pgx.Conn) error {
			c.PgConn().CustomData()[generationKey] = s.generation.Load()
			return setTimeLimits(ctx, c, s.timeout)
		}),
		stdlib.OptionResetSession(func(_ context.Context, c *pgx.Conn) error {
			if c.PgConn().CustomData()[generationKey] != s.generation.Load() {
				return driver.ErrBadConn
			}
			return nil
		}))
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	db.SetConnMaxLifetime(30 * time.Minute) // so that connections move to a new primary
	return db
}

// hasStatementTimeout reports whether the URL sets the time limit of statements itself.
func hasStatementTimeout(config *pgx.ConnConfig) bool {
	_, ok := config.RuntimeParams["statement_timeout"]
	return ok || strings.Contains(config.RuntimeParams["options"], "statement_timeout")
}

// setTimeLimits makes Postgres end statements and idle transactions of a connection a
// second after timeout, unless that is 0. The store ends them earlier, unless the node or
// its link to the database has failed; then their locks must not block other nodes. These
// are no startup parameters because connection poolers reject those.
func setTimeLimits(ctx context.Context, c *pgx.Conn, timeout time.Duration) error {
	if timeout == 0 {
		return nil
	}
	_, err := c.Exec(ctx, fmt.Sprintf("SET statement_timeout = %[1]d; SET idle_in_transaction_session_timeout = %[1]d", (timeout+time.Second).Milliseconds()))
	return err
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
	case code == "57014", code == "55P03", code == "25P03": // time limits of statements, locks and idle transactions
		return unavailable
	case code == "40001", code == "40P01": // serialization failure, deadlock
		return serializationFailure
	case strings.HasPrefix(code, "57P"), strings.HasPrefix(code, "08"): // shut down, connection
		return connectionLost
	case code == "25006": // also of a primary that became a standby
		return readOnly
	case code == "53100":
		return storageFull
	case strings.HasPrefix(code, "53"), strings.HasPrefix(code, "58"): // out of resources, input and output
		return unavailable
	default:
		return otherError
	}
}

// pollingConn is a connection whose readers leave waiting for the network to others.
//
// A goroutine that reads is resumed by the thread that waits for all network events. If it then
// computes, as when an import has read the cats of a batch, the Go runtime (1.26) lets no other
// thread wait for events in its place for 10 ms, even if a processor is idle. Requests that arrive
// meanwhile have to wait. Starting a goroutine makes an idle processor look for work, and then
// wait for events.
type pollingConn struct{ net.Conn }

func (c pollingConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	go func() {}()
	return n, err
}
