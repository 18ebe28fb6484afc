package geo

import (
	"strings"
	"testing"
)

func TestZones_AreKnown(t *testing.T) {
	t.Parallel()

	for word := range strings.FieldsSeq(zones) {
		country, region, _ := strings.Cut(word, "-")
		if !strings.Contains(word, "/") && TimeZone(country, region).String() == "UTC" {
			t.Errorf("%s: got UTC, want the zone of its line", word)
		}
	}
}
