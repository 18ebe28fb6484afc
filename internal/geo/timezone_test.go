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

// Every region of the gazetteer has a time zone, except those of military post offices and
// the Marshall Islands.
func TestTimeZone_OfEveryRegion(t *testing.T) {
	t.Parallel()

	for _, r := range geo.Default().Regions() {
		if r.Country == "US" && (r.Code == "AA" || r.Code == "AE" || r.Code == "AP" || r.Code == "MH") {
			continue
		}
		if got := geo.TimeZone(r.Country, r.Code).String(); got == "UTC" {
			t.Errorf("the time zone of %s (%s, %s) is UTC, want a local one", r.Name, r.Code, r.Country)
		}
	}
}
