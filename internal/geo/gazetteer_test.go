package geo

import "testing"

func TestPostalCode(t *testing.T) {
	t.Parallel()
	g := Default()
	tests := map[string]struct{ country, code, want string }{
		"five digits":                        {"US", "20850", "Rockville, MD 20850, US"},
		"ZIP+4":                              {"US", "20850-1234", "Rockville, MD 20850, US"},
		"ZIP+4 without its hyphen":           {"US", "208501234", "Rockville, MD 20850, US"},
		"zeros in front stay":                {"US", "02139", "Cambridge, MA 02139, US"},
		"any country":                        {"", "20850", "Rockville, MD 20850, US"},
		"Puerto Rico is in the US":           {"US", "00901", "San Juan, PR 00901"},
		"and is a country of its own":        {"pr", "00901", "San Juan, PR 00901"},
		"but Maryland is not there":          {"PR", "20850", ""},
		"a forward sortation area":           {"CA", "m5v", "Toronto, ON M5V, CA"},
		"a whole Canadian code":              {"", "M5V 2T6", "Toronto, ON M5V, CA"},
		"a Canadian code is none of the US":  {"US", "M5V", ""},
		"the state's town before the navy's": {"US", "96860", "Jbphh, HI 96860, US"},
		"too short":                          {"US", "2085", ""},
		"not there":                          {"US", "99999", ""},
		"nothing":                            {"", "", ""},
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

func TestEveryPostalCodeFindsItself(t *testing.T) {
	t.Parallel()
	g := Default()
	for i := range g.rows {
		want := g.rowPlace(i)
		got, err := g.Find(want.String())
		if err != nil || got != want {
			t.Fatalf("Find(%q) = %v, %v", want, got, err)
		}
		if !want.Point.Valid() || want.Point.IsZero() || want.City == "" || want.RegionName == "" {
			t.Fatalf("%q is incomplete: %+v", want, want)
		}
	}
}

func TestEveryCityLiesAmongItsPostalCodes(t *testing.T) {
	t.Parallel()
	g := Default()
	first, radius := map[uint32]Point{}, map[uint32]float64{}
	for _, r := range g.rows {
		if _, seen := first[r.city]; !seen {
			first[r.city] = r.at.point()
		}
		radius[r.city] = max(radius[r.city], first[r.city].DistanceKm(r.at.point()))
	}
	for c := range g.cities.names.len() {
		want := g.cityPlace(c)
		if g.regions[g.cities.region[c]].isMailOnly() {
			continue
		}
		got, err := g.Find(want.Label())
		if err != nil || got != want {
			t.Fatalf("Find(%q) = %+v, %v, want %+v", want.Label(), got, err, want)
		}
		if km := got.Point.DistanceKm(first[uint32(c)]); km > radius[uint32(c)]+0.01 {
			t.Errorf("%s is %f km from its first postal code, whose others are within %f", want, km, radius[uint32(c)])
		}
	}
}

func TestSampleStaysAshore(t *testing.T) {
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
			t.Fatalf("Sample(%d) = %v, want a civil place", i, p)
		}
	}
}

func TestRegions(t *testing.T) {
	t.Parallel()
	g := Default()
	all := g.Regions()
	if len(all) != 69 { // 50 states, DC, the Marshall Islands, 3 military; 13 in Canada; Puerto Rico
		t.Errorf("there are %d regions, want 69", len(all))
	}
	all[0].Code = "XX"
	if g.Regions()[0].Code == "XX" {
		t.Error("a caller can change the gazetteer's regions")
	}
	for _, name := range []string{"MD", "md", "Maryland", " maryland "} {
		if r, ok := g.Region("US", name); !ok || r != (Region{"US", "MD", "Maryland"}) {
			t.Errorf("Region(US, %q) = %v, %t", name, r, ok)
		}
	}
	if r, ok := g.Region("", "Québec"); !ok || r.Code != "QC" {
		t.Errorf("Region(Québec) = %v, %t", r, ok)
	}
	if r, ok := g.Region("US", "ON"); ok {
		t.Errorf("Region(US, ON) = %v, want none", r)
	}
}
