package api

import (
	"testing"

	"trailcat/internal/proptest"
)

// TestMain checks few cases per property: most of them send requests to a server.
func TestMain(m *testing.M) { proptest.Main(m, "20") }
