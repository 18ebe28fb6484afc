//go:build !unix

package storetest

import "errors"

// startCluster needs a shell and signals.
func startCluster() (server, error) {
	return server{}, errors.New("on this system no throwaway Postgres can be started")
}
