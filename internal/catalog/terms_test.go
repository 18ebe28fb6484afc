package catalog_test

import (
	"testing"

	"trailcat/internal/catalog"
)

func TestTerms_LicenseAndItsPageBelongTogether(t *testing.T) {
	t.Parallel()

	shelter := catalog.Terms{License: "CC-BY-4.0", Credit: "Shelter", URL: "https://example.org/terms"}
	for name, test := range map[string]struct{ cat, want catalog.Terms }{
		"nothing stated": {catalog.Terms{}, shelter},
		"credit":         {catalog.Terms{Credit: "Jo"}, catalog.Terms{License: "CC-BY-4.0", Credit: "Jo", URL: "https://example.org/terms"}},
		"license":        {catalog.Terms{License: "CC0-1.0"}, catalog.Terms{License: "CC0-1.0", Credit: "Shelter"}},
		"page":           {catalog.Terms{URL: "https://example.org/jo"}, catalog.Terms{Credit: "Shelter", URL: "https://example.org/jo"}},
	} {
		if got := test.cat.Or(shelter); got != test.want {
			t.Errorf("%s: got %+v, want %+v", name, got, test.want)
		}
	}
}

func TestTerms_LicenseURL(t *testing.T) {
	t.Parallel()

	for license, want := range map[string]string{
		"CC-BY-NC-SA-4.0":             "https://creativecommons.org/licenses/by-nc-sa/4.0/",
		"CC0-1.0":                     "https://creativecommons.org/publicdomain/zero/1.0/",
		"https://example.org/license": "https://example.org/license",
		"":                            "",
	} {
		if got := (catalog.Terms{License: license}).LicenseURL(); got != want {
			t.Errorf("%q: got %q, want %q", license, got, want)
		}
	}
}

func TestCheckLicense(t *testing.T) {
	t.Parallel()

	for license, want := range map[string]bool{
		"CC-BY-4.0": true, "cc0-1.0": true, "https://example.org/license": true,
		"CC BY 4.0": false, "CC-BY-5.0": false, "CC-BY-ND-SA-4.0": false, "MIT": false, "All rights reserved": false, "ftp://example.org": false,
	} {
		if got := catalog.CheckLicense(license) == ""; got != want {
			t.Errorf("%q: got valid %t, want %t", license, got, want)
		}
	}
}
