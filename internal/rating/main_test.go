package rating

import (
	"testing"

	"trailcat/internal/proptest"
)

// TestMain checks 1,000 cases per property. The reference requires 10,000, which
// make test-properties checks.
func TestMain(m *testing.M) { proptest.Main(m, "1000") }
