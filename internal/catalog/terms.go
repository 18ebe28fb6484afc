package catalog

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"trailcat/internal/errcode"
)

// Terms say what others may do with the text and the photos of a listing. An empty
// field is not stated; it permits nothing.
type Terms struct {
	License string // SPDX identifier of a Creative Commons license, or the URL of another license
	Credit  string // whom to name
	URL     string // page that explains the terms
}

// MaxCredit is the maximum length of Terms.Credit, in characters.
const MaxCredit = 200

// Or returns the terms, completed by those of the shelter. A license and the page that
// explains it belong together, so the shelter's apply only if both are missing.
func (t Terms) Or(shelter Terms) Terms {
	if t.License == "" && t.URL == "" {
		t.License, t.URL = shelter.License, shelter.URL
	}
	if t.Credit == "" {
		t.Credit = shelter.Credit
	}
	return t
}

// creativeCommons matches the SPDX identifiers of the licenses of Creative Commons.
var creativeCommons = regexp.MustCompile(`^(?:CC0-(1\.0)|CC-(BY(?:-NC)?(?:-SA|-ND)?)-(1\.0|2\.0|2\.5|3\.0|4\.0))$`)

// LicenseURL returns the URL of the license, or "" if none is stated.
func (t Terms) LicenseURL() string {
	match := creativeCommons.FindStringSubmatch(t.License)
	switch {
	case match == nil:
		return t.License
	case match[1] != "":
		return "https://creativecommons.org/publicdomain/zero/" + match[1] + "/"
	default:
		return "https://creativecommons.org/licenses/" + strings.ToLower(match[2]) + "/" + match[3] + "/"
	}
}

func (t *Terms) normalize() {
	t.License, t.Credit, t.URL = normalizeText(t.License), normalizeText(t.Credit), normalizeText(t.URL)
	if upper := strings.ToUpper(t.License); creativeCommons.MatchString(upper) {
		t.License = upper
	}
}

func (t Terms) validate() FieldErrors {
	var errs FieldErrors
	errs.Check(t.License == "" || CheckLicense(t.License) == "", "/license", errcode.UnknownValue, CheckLicense(t.License))
	errs.Check(utf8.RuneCountInString(t.Credit) <= MaxCredit, "/credit", errcode.TooLong, fmt.Sprintf("Must be at most %d characters.", MaxCredit))
	errs.checkURL("/url", t.URL)
	return errs
}

// CheckLicense returns what is wrong with a license, or "" if nothing is.
func CheckLicense(text string) string {
	if creativeCommons.MatchString(strings.ToUpper(text)) || CheckURL(text) == "" {
		return ""
	}
	return "Expected the SPDX identifier of a Creative Commons license, such as CC-BY-4.0 or CC0-1.0, or the http or https URL of another license."
}
