package rating

import (
	"flag"
	"os"
	"testing"
)

// TestMain sets the number of cases of every property, unless -rapid.checks is
// set: 10,000 as the reference requires, or 500 with -short.
func TestMain(m *testing.M) {
	flag.Parse()
	set := false
	flag.Visit(func(f *flag.Flag) { set = set || f.Name == "rapid.checks" })
	if !set {
		cases := "10000"
		if testing.Short() {
			cases = "500"
		}
		if err := flag.Set("rapid.checks", cases); err != nil {
			os.Exit(2)
		}
	}
	os.Exit(m.Run())
}
