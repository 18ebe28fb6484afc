package storetest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// server is a Postgres on which tests may make databases.
type server struct {
	url      string
	strategy string // how to make a database; empty leaves it to Postgres
}

// theServer is the one that all tests of this process share.
var theServer = sync.OnceValues(func() (server, error) {
	if url := os.Getenv("TEST_POSTGRES_URL"); url != "" { //nolint:forbidigo // tests have no main to be configured by
		return server{url: url, strategy: ""}, nil
	}
	return startCluster()
})

// made counts the databases of this process.
var made atomic.Int64

// newDatabase makes an empty database that lives as long as the test.
func newDatabase(tb testing.TB) string {
	tb.Helper()
	server, err := theServer()
	if err != nil {
		tb.Fatalf("no Postgres for tests: set TEST_POSTGRES_URL to one where databases may be made, or install Postgres (%v)", err)
	}
	name := fmt.Sprintf("trailcat_test_%d_%d_%d", os.Getpid(), time.Now().UnixMicro()%1e9, made.Add(1))
	server.exec(tb, "CREATE DATABASE "+name+" TEMPLATE template0"+server.strategy)
	tb.Cleanup(func() { server.exec(tb, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") })
	u, err := url.Parse(server.url)
	if err != nil {
		tb.Fatalf("TEST_POSTGRES_URL: %v", err)
	}
	u.Path = "/" + name
	return u.String()
}

// exec runs one statement, also after the test's own context has ended.
func (s server) exec(tb testing.TB, sql string) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(tb.Context()), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.url)
	if err != nil {
		tb.Fatal(err)
	}
	_, err = conn.Exec(ctx, sql)
	if closing := conn.Close(ctx); err == nil {
		err = closing
	}
	if err != nil {
		tb.Fatalf("%s: %v", sql, err)
	}
}
