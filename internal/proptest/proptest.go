// Package proptest sets how many cases the property tests of a package check. It depends
// on no other package of this program.
package proptest

import (
	"flag"
	"os"
	"testing"
)

// Main runs the tests of a package, for its TestMain. Each property is checked with the
// given number of cases unless RAPID_CHECKS or -rapid.checks sets another.
func Main(m *testing.M, checks string) {
	flag.Parse()
	set := os.Getenv("RAPID_CHECKS") != ""
	flag.Visit(func(f *flag.Flag) { set = set || f.Name == "rapid.checks" })
	if !set {
		if err := flag.Set("rapid.checks", checks); err != nil {
			panic(err) // the package has no property tests
		}
	}
	os.Exit(m.Run())
}
