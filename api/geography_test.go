package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/httpkit"
)

// Regions and countries are found by code or name. An unknown one is an error, not an empty
// list.
func TestLists_RegionAndCountryWords(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	count := func(t *testing.T, path string) (int, *httptest.ResponseRecorder) {
		t.Helper()
		rec := get(t, api, path)
		var page struct {
			Data []json.RawMessage
			Page struct{ Total *int }
		}
		if err := json.Unmarshal(rec.Body.Bytes(), &page); err != nil {
			t.Fatal(err)
		}
		if page.Page.Total != nil {
			return *page.Page.Total, rec
		}
		return len(page.Data), rec
	}
	for _, list := range []string{"/v1/cats?include_total=true&limit=1&", "/v1/shelters?limit=100&"} {
		for _, same := range [][]string{
			{"region=MD", "region=md", "region=Maryland", "region=maryland&country=USA", "region=US-MD"},
			{"country=US", "country=USA", "country=United+States", "country=us"},
			{"country=CA", "country=Canada"},
			{"country=GB", "country=UK", "country=United+Kingdom"},
			{"region=WA&country=US", "region=Washington"},
			{"region=MD,WA", "region=Maryland,WA"},
		} {
			want, rec := count(t, list+same[0])
			if rec.Code != http.StatusOK || strings.Contains(same[0], "region") && want == 0 {
				t.Errorf("%s%s: got %d with %d results", list, same[0], rec.Code, want)
			}
			for _, query := range same[1:] {
				if got, rec := count(t, list+query); rec.Code != http.StatusOK || got != want {
					t.Errorf("%s%s: got %d with %d results, want %d as for %s", list, query, rec.Code, got, want, same[0])
				}
			}
		}
		for query, message := range map[string]string{
			"region=XX":                    `Unknown region "XX".`,
			"region=Marylnd":               `Did you mean "Maryland"?`,
			"region=ON&country=US":         `Unknown region "ON" in US. It is Ontario in CA.`,
			"region=Western+Australia,MD":  "Add country=AU.",
			"country=Cannada":              `Did you mean "Canada"?`,
			"country=XX":                   `Unknown country "XX".`,
			"near=London&country=Atlantis": `Unknown country "Atlantis".`,
		} {
			rec := get(t, api, list+query)
			var problem httpkit.Problem
			if err := json.Unmarshal(rec.Body.Bytes(), &problem); err != nil || rec.Code != http.StatusBadRequest || len(problem.Errors) != 1 || !strings.Contains(problem.Errors[0].Message, message) {
				t.Errorf("%s%s: got %d %s, want 400 with %q", list, query, rec.Code, rec.Body, message)
			}
		}
	}
}

// The territories of the United States are part of the country, also if an address has their
// own code.
func TestLists_CountryIncludesTerritories(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	shelterID := putShelter(t, api.catalog, geo.Default(), "guam", catalog.Profile{Name: "Guam Cats", Address: catalog.Address{PostalCode: "96910", Country: "GU"}})
	putCats(t, api.catalog, shelterID, cat("g1", "Tasi", 24, nil))
	if err := api.index.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]bool{
		"/v1/cats?country=US": true, "/v1/cats?country=GU": true, "/v1/cats?country=CA": false,
		"/v1/cats?not_country=US": false, "/v1/cats?not_country=GB": true,
		"/v1/shelters?country=US": true, "/v1/shelters?country=CA": false,
	} {
		body := get(t, api, query+"&fields=id,name&limit=100").Body.String()
		if strings.HasPrefix(query, "/v1/shelters") {
			body = get(t, api, query+"&limit=100").Body.String()
		}
		if got := strings.Contains(body, "Tasi") || strings.Contains(body, "Guam Cats"); got != want {
			t.Errorf("%s: has the cat or shelter in Guam: %t, want %t", query, got, want)
		}
	}
}

// The response says which place near was taken for, and country narrows the choice.
func TestLists_NearNamesThePlace(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	for _, list := range []string{"/v1/cats?limit=1&", "/v1/shelters?limit=1&"} {
		for query, want := range map[string]string{
			"near=London":              "London, England, GB",
			"near=London&country=CA":   "London, ON, CA",
			"near=12345":               "Schenectady, NY 12345, US",
			"near=10115+Berlin":        "Berlin, 10115, DE",
			"near=SW1A+1AA":            "Westminster Abbey, England SW1A, GB",
			"near=D02":                 "Dublin 2, Leinster D02, IE",
			"near=1011+Amsterdam":      "Amsterdam, North Holland 1011, NL",
			"near=Montr%C3%A9al":       "Montreal, QC, CA",
			"near=39.08,-77.15":        "39.08,-77.15",
			"near=2000&country=BE":     "Antwerpen, Vlaanderen 2000, BE",
			"near=96910":               "Hagatna, GU 96910",
			"near=Rockville,+Maryland": "Rockville, MD, US",
		} {
			var page struct{ Page wire.PageInfo }
			rec := get(t, api, list+query)
			if err := json.Unmarshal(rec.Body.Bytes(), &page); err != nil || rec.Code != http.StatusOK || page.Page.Near == nil || page.Page.Near.Label != want {
				t.Errorf("%s%s: got %d %s, want near %s", list, query, rec.Code, rec.Body, want)
			}
		}
		if rec := get(t, api, list); strings.Contains(rec.Body.String(), `"near"`) {
			t.Errorf("%s: got %s, want no place without near", list, rec.Body)
		}
	}
}

// The towns of the Canadian north are where they are, and not at the center of a postal
// area of their size.
func TestPlaces_RuralCanada(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	for text, want := range map[string]geo.Point{
		"Iqaluit, NU": {Lat: 63.75, Lng: -68.52}, "Whistler, BC": {Lat: 50.12, Lng: -122.96}, "Inuvik, NT": {Lat: 68.36, Lng: -133.72}, "X0A 0H0": {},
	} {
		var places PlaceList
		rec := get(t, api, "/v1/places?q="+url.QueryEscape(text))
		if err := json.Unmarshal(rec.Body.Bytes(), &places); err != nil || len(places.Data) != 1 {
			t.Fatalf("%s: got %d %s, want one place", text, rec.Code, rec.Body)
		}
		got := places.Data[0]
		if km := want.DistanceKm(geo.Point{Lat: got.Lat, Lng: got.Lng}); got.Precision != "area" && km > 5 {
			t.Errorf("%s: got %+v, %.0f km off, want it within 5 km or an area", text, got, km)
		}
	}
}

// Addresses take names of countries and regions, and keep codes. The point of a shelter
// decides where its postal code is unknown.
func TestShelters_Addresses(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	for name, tt := range map[string]struct{ body, want string }{
		"names":                    {`"address": {"postal_code": "20855", "country": "United States", "region": "Maryland"}`, `MD Derwood 20855 MD US postal`},
		"an alpha-3 code":          {`"address": {"postal_code": "M5V 2T6", "country": "CAN", "region": "ontario"}`, `ON Toronto M5V 2T6 ON CA postal`},
		"a territory as a state":   {`"address": {"postal_code": "96910", "country": "US", "region": "GU"}`, `GU Hagatna 96910 GU US postal`},
		"a territory by itself":    {`"address": {"postal_code": "96910", "country": "Guam"}`, `GU Hagatna 96910 GU GU postal`},
		"a postal area":            {`"address": {"postal_code": "X0A 0H0", "country": "CA", "city": "Grise"}`, `NU Grise X0A 0H0 NU CA area`},
		"a city in a postal area":  {`"address": {"postal_code": "X0A 0H0", "country": "CA", "city": "Iqaluit"}`, `NU Iqaluit X0A 0H0 NU CA city`},
		"an outward code":          {`"address": {"postal_code": "SW1A 1AA", "country": "UK", "city": "London"}`, `ENG London SW1A 1AA ENG GB area`},
		"a region of digits":       {`"address": {"postal_code": "1010", "country": "Austria", "city": "Wien"}`, `AT Wien 1010 9 AT postal`},
		"a point, no such code":    {`"address": {"postal_code": "75001", "country": "FR", "city": "Paris"}, "location": {"lat": 48.86, "lng": 2.34}`, `FR Paris 75001 <nil> FR exact`},
		"a point, an unknown code": {`"address": {"postal_code": "20999", "country": "US", "city": "Laurel", "region": "MD"}, "location": {"lat": 39.1, "lng": -76.85}`, `MD Laurel 20999 MD US exact`},
		"no point, no such code":   {`"address": {"postal_code": "75001", "country": "FR", "city": "Paris"}`, `/address/postal_code: Unknown postal code "75001" in FR. Correct it, or send the location with latitude and longitude.`},
		"a point, no city":         {`"address": {"postal_code": "75001", "country": "FR"}, "location": {"lat": 48.86, "lng": 2.34}`, `/address/city: Must not be empty, because postal code "75001" in FR is unknown.`},
		"an unknown country":       {`"address": {"postal_code": "20855", "country": "Cannada"}`, `/address/country: Unknown country "Cannada". Did you mean "Canada"?`},
		"an unknown region":        {`"address": {"postal_code": "20855", "country": "US", "region": "Marylnd"}`, `/address/region: Unknown region "Marylnd" in US. Did you mean "Maryland"? Omit the region to use that of the postal code.`},
		"a region of another land": {`"address": {"postal_code": "20855", "country": "US", "region": "Ontario"}`, `/address/region: Unknown region "Ontario" in US. It is Ontario in CA. Omit the region to use that of the postal code.`},
		"a swapped point abroad":   {`"address": {"postal_code": "10115", "country": "DE"}, "location": {"lat": 13.38, "lng": 52.53}`, `/location: The point 13.38,52.53 is`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			rec := send(t, api, http.MethodPost, "/v1/shelters", `{"name": "Cats", `+tt.body+`}`, "admin")
			if rec.Code != http.StatusCreated {
				var problem httpkit.Problem
				if err := json.Unmarshal(rec.Body.Bytes(), &problem); err != nil || len(problem.Errors) != 1 {
					t.Fatalf("got %d %s", rec.Code, rec.Body)
				}
				if got := problem.Errors[0].Pointer + ": " + problem.Errors[0].Message; !strings.HasPrefix(got, tt.want) {
					t.Errorf("got %s, want %s", got, tt.want)
				}
				return
			}
			var s wire.Shelter
			if err := json.Unmarshal(rec.Body.Bytes(), &s); err != nil {
				t.Fatal(err)
			}
			region := "<nil>"
			if s.Address.Region != nil {
				region = *s.Address.Region
			}
			got := fmt.Sprintf("%s %s %s %s %s %s", strings.TrimRight(s.Code, "0123456789"), s.Address.City, s.Address.PostalCode, region, s.Address.Country, s.Location.Precision)
			if got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}
