package rating

import (
	"flag"
	"os"
	"testing"
)

// TestMain gives every property the number of cases that the reference asks
// for, unless -rapid.checks says otherwise. -short makes it a quick look.
func TestMain(m *testing.M) {
	flag.Parse()
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "rapid.checks" })
	if !asked {
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
