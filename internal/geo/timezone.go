package geo

import (
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // servers may lack the database of time zones
)

// zones lists the time zones of regions, by ISO 3166 code. A country without regions
// has one zone, or one that most of its people live in; so have regions.
const zones = `
America/New_York            US-CT US-DC US-DE US-FL US-GA US-KY US-MA US-MD US-ME US-NC US-NH US-NJ US-NY US-OH US-PA US-RI US-SC US-VA US-VT US-WV
America/Indiana/Indianapolis US-IN
America/Detroit             US-MI
America/Chicago             US-AL US-AR US-IA US-IL US-KS US-LA US-MN US-MO US-MS US-ND US-NE US-OK US-SD US-TN US-TX US-WI
America/Denver              US-CO US-MT US-NM US-UT US-WY
America/Boise               US-ID
America/Phoenix             US-AZ
America/Los_Angeles         US-CA US-NV US-OR US-WA
America/Anchorage           US-AK
Pacific/Honolulu            US-HI
America/Puerto_Rico         PR US-PR VI US-VI
Pacific/Guam                GU US-GU MP US-MP
Pacific/Pago_Pago           AS US-AS
America/Vancouver           CA-BC
America/Edmonton            CA-AB CA-NT
America/Regina              CA-SK
America/Winnipeg            CA-MB
America/Toronto             CA-ON CA-QC
America/Iqaluit             CA-NU
America/Moncton             CA-NB
America/Halifax             CA-NS CA-PE
America/St_Johns            CA-NL
America/Whitehorse          CA-YT
Australia/Sydney            AU AU-NSW AU-ACT
Australia/Melbourne         AU-VIC
Australia/Hobart            AU-TAS
Australia/Brisbane          AU-QLD
Australia/Adelaide          AU-SA
Australia/Darwin            AU-NT
Australia/Perth             AU-WA
Pacific/Auckland            NZ
Europe/London               GB
Europe/Dublin               IE
Europe/Lisbon               PT
Europe/Madrid               ES
Europe/Paris                FR
Europe/Brussels             BE
Europe/Amsterdam            NL
Europe/Luxembourg           LU
Europe/Berlin               DE
Europe/Zurich               CH
Europe/Vienna               AT
Europe/Rome                 IT
Europe/Prague               CZ
Europe/Warsaw               PL
Europe/Copenhagen           DK
Europe/Oslo                 NO
Europe/Stockholm            SE
Europe/Helsinki             FI
Europe/Athens               GR
America/Mexico_City         MX
Asia/Tokyo                  JP
`

var zonesByRegion = sync.OnceValue(func() map[string]*time.Location {
	out := map[string]*time.Location{}
	for line := range strings.Lines(strings.TrimSpace(zones)) {
		words := strings.Fields(line)
		zone, err := time.LoadLocation(words[0])
		if err != nil {
			continue // cannot happen: TestZones_AreKnown
		}
		for _, code := range words[1:] {
			out[code] = zone
		}
	}
	return out
})

// TimeZone returns the time zone of a place by the ISO 3166 codes of its country and
// region, such as US and MD. Where a region has two zones it is that of most people. It
// returns UTC for a region that is not known.
func TimeZone(country, region string) *time.Location {
	country = strings.ToUpper(country)
	for _, code := range []string{country + "-" + strings.ToUpper(region), country} {
		if zone := zonesByRegion()[code]; zone != nil {
			return zone
		}
	}
	return time.UTC
}
