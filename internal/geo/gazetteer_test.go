package geo

import "testing"

func TestPostalCode(t *testing.T) {
	t.Parallel()
	g := Default()
	tests := map[string]struct{ country, code, want string }{
		"five digits":                   {"US", "20850", "Rockville, MD 20850, US"},
		"ZIP+4":                         {"US", "20850-1234", "Rockville, MD 20850, US"},
		"ZIP+4 without hyphen":          {"US", "208501234", "Rockville, MD 20850, US"},
		"leading zero":                  {"US", "02139", "Cambridge, MA 02139, US"},
		"any country":                   {"", "20850", "Rockville, MD 20850, US"},
		"US includes Puerto Rico":       {"US", "00901", "San Juan, PR 00901"},
		"Puerto Rico as a country":      {"pr", "00901", "San Juan, PR 00901"},
		"Puerto Rico excludes Maryland": {"PR", "20850", ""},
		"forward sortation area":        {"CA", "m5v", "Toronto, ON M5V, CA"},
		"complete Canadian code":        {"", "M5V 2T6", "Toronto, ON M5V, CA"},
		"US excludes Canadian codes":    {"US", "M5V", ""},
		"civilian city before military": {"US", "96860", "Jbphh, HI 96860, US"},
		"too short":                     {"US", "2085", ""},
		"unknown":                       {"US", "99999", ""},
		"blank":                         {"", "", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, ok := g.PostalCode(tt.country, tt.code)
			if ok != (tt.want != "") || ok && p.String() != tt.want {
				t.Errorf("PostalCode(%q, %q) = %v, %t, want %q", tt.country, tt.code, p, ok, tt.want)
			}
		})
	}
}

func TestFind_EveryPostalCode(t *testing.T) {
	t.Parallel()
	g := Default()
	for i := range g.rows {
		want := g.postalPlace(i)
		got, err := g.Find(want.String())
		if err != nil || got != want {
			t.Fatalf("Find(%q) = %v, %v, want the same place", want, got, err)
		}
		if !want.Point.Valid() || want.Point.IsZero() || want.City == "" || want.RegionName == "" {
			t.Fatalf("%q is incomplete: %+v", want, want)
		}
	}
}

func TestFind_EveryCityIsNearItsPostalCodes(t *testing.T) {
	t.Parallel()
	g := Default()
	first, radius := map[uint32]Point{}, map[uint32]float64{}
	for _, r := range g.rows {
		if _, seen := first[r.city]; !seen {
			first[r.city] = r.point.degrees()
		}
		radius[r.city] = max(radius[r.city], first[r.city].DistanceKm(r.point.degrees()))
	}
	for c := range g.cities.names.len() {
		want := g.cityPlace(c)
		if g.cityRegion(c).isMilitary() {
			continue
		}
		got, err := g.Find(want.Label())
		if err != nil || got != want {
			t.Fatalf("Find(%q) = %+v, %v, want %+v", want.Label(), got, err, want)
		}
		if km := got.Point.DistanceKm(first[uint32(c)]); km > radius[uint32(c)]+0.01 {
			t.Errorf("%s is %f km from its first postal code, want at most %f", want, km, radius[uint32(c)])
		}
	}
}

func TestSample_ReturnsCivilianPlaces(t *testing.T) {
	t.Parallel()
	g := Default()
	for _, i := range []int{0, 1, 5000, g.Len() - 1, g.Len(), -1, 1 << 40} {
		p := g.Sample(i)
		if p != g.Sample(i) || p.PostalCode == "" {
			t.Errorf("Sample(%d) = %+v, want the same postal code each time", i, p)
		}
	}
	for i := range g.Len() {
		if p := g.Sample(i); p.Region == "AE" || p.Region == "AA" || p.Region == "AP" {
			t.Fatalf("Sample(%d) = %v, want a civilian place", i, p)
		}
	}
}

func TestRegions(t *testing.T) {
	t.Parallel()
	g := Default()
	all := g.Regions()
	if len(all) != 69 { // 50 states, DC, the Marshall Islands, 3 military; 13 in Canada; Puerto Rico
		t.Errorf("len(Regions()) = %d, want 69", len(all))
	}
	all[0].Code = "XX"
	if g.Regions()[0].Code == "XX" {
		t.Error("Regions returns the gazetteer's own slice, want a copy")
	}
	for _, name := range []string{"MD", "md", "Maryland", " maryland "} {
		if r, ok := g.Region("US", name); !ok || r != (Region{"US", "MD", "Maryland"}) {
			t.Errorf("Region(US, %q) = %v, %t, want Maryland", name, r, ok)
		}
	}
	if r, ok := g.Region("", "Québec"); !ok || r.Code != "QC" {
		t.Errorf("Region(Québec) = %v, %t, want QC", r, ok)
	}
	if r, ok := g.Region("US", "ON"); ok {
		t.Errorf("Region(US, ON) = %v, want none", r)
	}
}
