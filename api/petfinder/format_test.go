package petfinder

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"trailcat/internal/demo"
	"trailcat/internal/store/storetest"
)

// field is a member of an object in Petfinder's format: its name and the types that were
// observed. A type is a word (integer, number, string, bool, null, date), an enumeration
// (=A=B), a []field of an object, or a listOf one of these.
type field struct {
	name  string
	types []any
}

func member(name string, types ...any) field { return field{name, types} }

type listOf struct{ item any }

var (
	wirePhoto    = []field{member("small", "string"), member("medium", "string"), member("large", "string"), member("full", "string")}
	wireLink     = []field{member("href", "string")}
	wireAddress  = []field{member("address1", "string", "null"), member("address2", "string", "null"), member("city", "string"), member("state", "string"), member("postcode", "string"), member("country", "=US=CA")}
	wireTypeName = "=Dog=Cat=Rabbit=Small & Furry=Horse=Bird=Scales, Fins & Other=Barnyard"
	wireAnimal   = []field{
		member("id", "integer"), member("organization_id", "string"), member("url", "string"), member("type", wireTypeName), member("species", "string"),
		member("breeds", []field{member("primary", "string", "null"), member("secondary", "string", "null"), member("mixed", "bool"), member("unknown", "bool")}),
		member("colors", []field{member("primary", "string", "null"), member("secondary", "string", "null"), member("tertiary", "string", "null")}),
		member("age", "=Baby=Young=Adult=Senior"), member("gender", "=Male=Female=Unknown"), member("size", "=Small=Medium=Large=Extra Large"),
		member("coat", "=Hairless=Short=Medium=Long", "null"),
		member("attributes", []field{member("spayed_neutered", "bool"), member("house_trained", "bool"), member("declawed", "bool"), member("special_needs", "bool"), member("shots_current", "bool")}),
		member("environment", []field{member("children", "bool", "null"), member("dogs", "bool", "null"), member("cats", "bool", "null")}),
		member("tags", listOf{"string"}), member("name", "string"), member("description", "string", "null"), member("organization_animal_id", "string", "null"),
		member("photos", listOf{wirePhoto}), member("primary_photo_cropped", wirePhoto, "null"), member("videos", listOf{[]field{member("embed", "string")}}),
		member("status", "=adoptable=adopted=found"), member("status_changed_at", "date"), member("published_at", "date"), member("distance", "number", "null"),
		member("contact", []field{member("email", "string", "null"), member("phone", "string", "null"), member("address", wireAddress)}),
		member("_links", []field{member("self", wireLink), member("type", wireLink), member("organization", wireLink)}),
		member("adventure", "null"), // added by this server
	}
	wireOrganization = []field{
		member("id", "string"), member("name", "string"), member("email", "string"), member("phone", "string", "null"), member("address", wireAddress),
		member("hours", []field{
			member("monday", "string", "null"), member("tuesday", "string", "null"), member("wednesday", "string", "null"), member("thursday", "string", "null"),
			member("friday", "string", "null"), member("saturday", "string", "null"), member("sunday", "string", "null"),
		}),
		member("url", "string"), member("website", "string", "null"), member("mission_statement", "string", "null"),
		member("adoption", []field{member("policy", "string", "null"), member("url", "string", "null")}),
		member("social_media", []field{
			member("facebook", "string", "null"), member("twitter", "string", "null"), member("youtube", "string", "null"), member("instagram", "string", "null"), member("pinterest", "string", "null"),
		}),
		member("photos", listOf{wirePhoto}), member("distance", "number", "null"), member("_links", []field{member("self", wireLink), member("animals", wireLink)}),
	}
	wireType = []field{
		member("name", wireTypeName), member("coats", listOf{"string"}), member("colors", listOf{"string"}), member("genders", listOf{"string"}),
		member("_links", []field{member("self", wireLink), member("breeds", wireLink)}),
	}
	wirePagination = []field{member("count_per_page", "integer"), member("total_count", "integer"), member("current_page", "integer"), member("total_pages", "integer"), member("_links", "object")}
)

// TestFormat_MatchesPetfinder compares every response for the demo listings with the
// table: the names and their order, types, nulls and enumerations.
func TestFormat_MatchesPetfinder(t *testing.T) {
	t.Parallel()

	s := newTestServer(t, storetest.New(t))
	s.addFixtures(t)
	if _, err := demo.LoadListings(t.Context(), s.catalog, s.places, *s.now, false); err != nil {
		t.Fatal(err)
	}
	s.fillIndex(t)
	animals := []field{member("animals", listOf{wireAnimal}), member("pagination", wirePagination)}
	organizations := []field{member("organizations", listOf{wireOrganization}), member("pagination", wirePagination)}
	formats := map[string][]field{
		"/v2/animals?status=adoptable,adopted&limit=50":                         animals,
		"/v2/animals?location=20850&distance=500&sort=distance":                 animals,
		"/v2/animals?location=47.6,-122.3&distance=500&sort=-distance&limit=30": animals,
		"/v2/organizations?limit=1":                                             organizations,
		"/v2/organizations?location=98032":                                      organizations,
		"/v2/organizations/md1":                                                 {member("organization", wireOrganization)},
		"/v2/types":                                                             {member("types", listOf{wireType})},
		"/v2/types/barnyard":                                                    {member("type", wireType)},
		"/v2/types/cat/breeds":                                                  {member("breeds", listOf{[]field{member("name", "string"), member("_links", []field{member("type", wireLink)})}})},
	}
	pages := 0
	for path, format := range formats {
		for path != "" {
			pages++
			path = s.checkFormat(t, path, format)
		}
	}
	for number := 1; number <= 90; number++ {
		s.checkFormat(t, fmt.Sprint("/v2/animals/", number), []field{member("animal", wireAnimal)})
	}
	if pages < 12 {
		t.Errorf("checked %d pages, want at least 12", pages)
	}
}

// checkFormat requests a path, compares the response with a format, and returns the link
// to the next page, or an empty string.
func (s *testServer) checkFormat(t *testing.T, path string, format []field) string {
	t.Helper()
	rec := s.get(t, path)
	if rec.Code == http.StatusNotFound {
		format = []field{member("type", "string"), member("status", "integer"), member("title", "=Not Found"), member("detail", "=Not Found")}
	}
	for _, err := range formatErrors("", rec.Body.Bytes(), format) {
		t.Errorf("GET %s: %s", path, err)
	}
	var page animalPage
	if err := json.Unmarshal(rec.Body.Bytes(), &page); err != nil || page.Pagination.Links.Next == nil {
		return ""
	}
	return page.Pagination.Links.Next.Href
}

// formatErrors returns why the value at a pointer has none of the types; nil if it has one.
func formatErrors(pointer string, value json.RawMessage, types ...any) []string {
	var errs []string
	for _, typ := range types {
		found := typeErrors(pointer, value, typ)
		if found == nil {
			return nil
		}
		errs = append(errs, found...)
	}
	return errs
}

var (
	wireDate    = regexp.MustCompile(`^"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}"$`)
	wireInteger = regexp.MustCompile(`^\d+$`)
	wireNumber  = regexp.MustCompile(`^\d+(\.\d{1,4})?$`)
)

func typeErrors(pointer string, value json.RawMessage, typ any) []string {
	ok := false
	switch typ := typ.(type) {
	case []field:
		return objectErrors(pointer, value, typ)
	case listOf:
		var list []json.RawMessage
		if json.Unmarshal(value, &list) != nil || list == nil {
			return []string{fmt.Sprintf("%s is %.60s, want an array", pointer, value)}
		}
		var errs []string
		for i, item := range list {
			errs = append(errs, formatErrors(fmt.Sprint(pointer, "/", i), item, typ.item)...)
		}
		return errs
	case string:
		switch text := string(value); typ {
		case "string":
			ok = text[0] == '"'
		case "bool":
			ok = text == "true" || text == "false"
		case "null":
			ok = text == "null"
		case "object":
			ok = text[0] == '{'
		case "date":
			ok = wireDate.MatchString(text)
		case "integer":
			ok = wireInteger.MatchString(text)
		case "number":
			ok = wireNumber.MatchString(text)
		default:
			var word string
			ok = json.Unmarshal(value, &word) == nil && text[0] == '"' && slices.Contains(strings.Split(typ, "=")[1:], word)
		}
	}
	if ok {
		return nil
	}
	return []string{fmt.Sprintf("%s is %.60s, want %v", pointer, value, typ)}
}

func objectErrors(pointer string, value json.RawMessage, format []field) []string {
	d := json.NewDecoder(bytes.NewReader(value))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return []string{fmt.Sprintf("%s is %.60s, want an object", pointer, value)}
	}
	var errs, names, want []string
	for i := 0; d.More(); i++ {
		name, err := d.Token()
		var inner json.RawMessage
		if err == nil {
			err = d.Decode(&inner)
		}
		if err != nil && err != io.EOF { //nolint:errorlint // it ends the loop either way
			return append(errs, err.Error())
		}
		names = append(names, fmt.Sprint(name))
		if i < len(format) {
			errs = append(errs, formatErrors(fmt.Sprint(pointer, "/", name), inner, format[i].types...)...)
		}
	}
	for _, f := range format {
		want = append(want, f.name)
	}
	if !slices.Equal(names, want) {
		errs = append(errs, fmt.Sprintf("%s has the members %v, want %v", pointer, names, want))
	}
	return errs
}
