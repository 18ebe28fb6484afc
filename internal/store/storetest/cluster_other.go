//go:build !unix

package storetest

import (
	"context"
	"errors"
)

// startCluster needs a shell and signals.
func startCluster(context.Context, durability) (server, error) {
	return server{}, errors.New("a temporary Postgres server is not supported on this operating system")
}
