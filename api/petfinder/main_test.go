package petfinder

import (
	"testing"

	"trailcat/internal/proptest"
)

// TestMain checks few cases per property: each of them writes to a database.
func TestMain(m *testing.M) { proptest.Main(m, "20") }
