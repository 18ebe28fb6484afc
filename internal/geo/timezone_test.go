package geo_test

import (
	"testing"

	"trailcat/internal/geo"
)

func TestTimeZone(t *testing.T) {
	t.Parallel()

	for place, want := range map[[2]string]string{
		{"US", "MD"}: "America/New_York", {"us", "wa"}: "America/Los_Angeles", {"US", "PR"}: "America/Puerto_Rico", {"PR", ""}: "America/Puerto_Rico",
		{"CA", "QC"}: "America/Toronto", {"AU", "WA"}: "Australia/Perth", {"GB", "ENG"}: "Europe/London", {"DE", ""}: "Europe/Berlin",
		{"GU", ""}: "Pacific/Guam", {"US", ""}: "UTC", {"US", "ZZ"}: "UTC", {"", ""}: "UTC", {"XX", "MD"}: "UTC",
	} {
		if got := geo.TimeZone(place[0], place[1]).String(); got != want {
			t.Errorf("%s: got %s, want %s", place, got, want)
		}
	}
}
