package store

import (
	"context"
	"time"

	"gorm.io/gorm/logger"
)

type statementHookKey struct{}

// WithStatementHook returns a context that calls hook with each SQL statement of the
// store's calls that receive it. BEGIN and COMMIT are not reported. It serves tests
// and diagnosis; hook must be safe for concurrent use.
func WithStatementHook(ctx context.Context, hook func(sql string)) context.Context {
	return context.WithValue(ctx, statementHookKey{}, hook)
}

// statementLogger is a GORM logger that only serves statement hooks: errors are
// returned, and logged once where they end.
type statementLogger struct{ logger.Interface }

// LogMode returns the logger unchanged.
func (l statementLogger) LogMode(logger.LogLevel) logger.Interface { return l }

// Trace passes a statement to the hook of its context.
func (statementLogger) Trace(ctx context.Context, _ time.Time, statement func() (string, int64), _ error) {
	if hook, ok := ctx.Value(statementHookKey{}).(func(string)); ok {
		sql, _ := statement()
		hook(sql)
	}
}
