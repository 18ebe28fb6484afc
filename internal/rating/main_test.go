package rating

import (
	"flag"
	"os"
	"testing"
)

// TestMain sets 1,000 cases per property unless RAPID_CHECKS or -rapid.checks is
// set. The reference requires 10,000, which make test-properties runs.
func TestMain(m *testing.M) {
	flag.Parse()
	set := os.Getenv("RAPID_CHECKS") != ""
	flag.Visit(func(f *flag.Flag) { set = set || f.Name == "rapid.checks" })
	if !set {
		if err := flag.Set("rapid.checks", "1000"); err != nil {
			os.Exit(2)
		}
	}
	os.Exit(m.Run())
}
