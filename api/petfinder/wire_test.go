package petfinder

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"trailcat/internal/demo"
	"trailcat/internal/store/storetest"
)

// field is a line of the table of Petfinder's wire format: a name and the types
// that were seen there. A type is a word (integer, number, string, bool, null,
// date), an enumeration (=A=B), fields of an object, or a list of one of these.
type field struct {
	name string
	is   []any
}

func of(name string, is ...any) field { return field{name, is} }

type listOf struct{ one any }

var (
	wirePhoto    = []field{of("small", "string"), of("medium", "string"), of("large", "string"), of("full", "string")}
	wireLink     = []field{of("href", "string")}
	wireAddress  = []field{of("address1", "string", "null"), of("address2", "string", "null"), of("city", "string"), of("state", "string"), of("postcode", "string"), of("country", "=US=CA")}
	wireTypeName = "=Dog=Cat=Rabbit=Small & Furry=Horse=Bird=Scales, Fins & Other=Barnyard"
	wireAnimal   = []field{
		of("id", "integer"), of("organization_id", "string"), of("url", "string"), of("type", wireTypeName), of("species", "string"),
		of("breeds", []field{of("primary", "string", "null"), of("secondary", "string", "null"), of("mixed", "bool"), of("unknown", "bool")}),
		of("colors", []field{of("primary", "string", "null"), of("secondary", "string", "null"), of("tertiary", "string", "null")}),
		of("age", "=Baby=Young=Adult=Senior"), of("gender", "=Male=Female=Unknown"), of("size", "=Small=Medium=Large=Extra Large"),
		of("coat", "=Hairless=Short=Medium=Long", "null"),
		of("attributes", []field{of("spayed_neutered", "bool"), of("house_trained", "bool"), of("declawed", "bool"), of("special_needs", "bool"), of("shots_current", "bool")}),
		of("environment", []field{of("children", "bool", "null"), of("dogs", "bool", "null"), of("cats", "bool", "null")}),
		of("tags", listOf{"string"}), of("name", "string"), of("description", "string", "null"), of("organization_animal_id", "string", "null"),
		of("photos", listOf{wirePhoto}), of("primary_photo_cropped", wirePhoto, "null"), of("videos", listOf{[]field{of("embed", "string")}}),
		of("status", "=adoptable=adopted=found"), of("status_changed_at", "date"), of("published_at", "date"), of("distance", "number", "null"),
		of("contact", []field{of("email", "string", "null"), of("phone", "string", "null"), of("address", wireAddress)}),
		of("_links", []field{of("self", wireLink), of("type", wireLink), of("organization", wireLink)}),
		of("adventure", "null"), // ours
	}
	wireOrganization = []field{
		of("id", "string"), of("name", "string"), of("email", "string"), of("phone", "string", "null"), of("address", wireAddress),
		of("hours", []field{
			of("monday", "string", "null"), of("tuesday", "string", "null"), of("wednesday", "string", "null"), of("thursday", "string", "null"),
			of("friday", "string", "null"), of("saturday", "string", "null"), of("sunday", "string", "null"),
		}),
		of("url", "string"), of("website", "string", "null"), of("mission_statement", "string", "null"),
		of("adoption", []field{of("policy", "string", "null"), of("url", "string", "null")}),
		of("social_media", []field{
			of("facebook", "string", "null"), of("twitter", "string", "null"), of("youtube", "string", "null"), of("instagram", "string", "null"), of("pinterest", "string", "null"),
		}),
		of("photos", listOf{wirePhoto}), of("distance", "number", "null"), of("_links", []field{of("self", wireLink), of("animals", wireLink)}),
	}
	wireType = []field{
		of("name", wireTypeName), of("coats", listOf{"string"}), of("colors", listOf{"string"}), of("genders", listOf{"string"}),
		of("_links", []field{of("self", wireLink), of("breeds", wireLink)}),
	}
	wirePagination = []field{of("count_per_page", "integer"), of("total_count", "integer"), of("current_page", "integer"), of("total_pages", "integer"), of("_links", "object")}
)

// TestEveryAnswerIsInPetfindersForm holds every answer over the whole demo set
// against the table: names and their order, types, nulls and enumerations.
func TestEveryAnswerIsInPetfindersForm(t *testing.T) {
	t.Parallel()

	s := newStage(t, storetest.New(t))
	s.setScene(t)
	if _, err := demo.LoadListings(t.Context(), s.catalog, s.places, *s.now); err != nil {
		t.Fatal(err)
	}
	s.fill(t)
	animals := []field{of("animals", listOf{wireAnimal}), of("pagination", wirePagination)}
	organizations := []field{of("organizations", listOf{wireOrganization}), of("pagination", wirePagination)}
	forms := map[string][]field{
		"/v2/animals?status=adoptable,adopted&limit=50":                         animals,
		"/v2/animals?location=20850&distance=500&sort=distance":                 animals,
		"/v2/animals?location=47.6,-122.3&distance=500&sort=-distance&limit=30": animals,
		"/v2/organizations?limit=1":                                             organizations,
		"/v2/organizations?location=98032":                                      organizations,
		"/v2/organizations/md1":                                                 {of("organization", wireOrganization)},
		"/v2/types":                                                             {of("types", listOf{wireType})},
		"/v2/types/barnyard":                                                    {of("type", wireType)},
		"/v2/types/cat/breeds":                                                  {of("breeds", listOf{[]field{of("name", "string"), of("_links", []field{of("type", wireLink)})}})},
	}
	seen := 0
	for path, form := range forms {
		for path != "" {
			seen++
			path = s.judge(t, path, form)
		}
	}
	for number := 1; number <= 90; number++ {
		s.judge(t, fmt.Sprint("/v2/animals/", number), []field{of("animal", wireAnimal)})
	}
	if seen < 12 {
		t.Errorf("only %d lists were judged", seen)
	}
}

// judge holds an answer against its form, and says where the next page is.
func (s *stage) judge(t *testing.T, path string, form []field) string {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody)
	req.Header.Set("Authorization", "Bearer "+s.token)
	rec := httptest.NewRecorder()
	s.ServeHTTP(rec, req)
	if rec.Code == http.StatusNotFound {
		form = []field{of("type", "string"), of("status", "integer"), of("title", "=Not Found"), of("detail", "=Not Found")}
	}
	for _, fault := range faultsOf("", rec.Body.Bytes(), form) {
		t.Errorf("%s: %s", path, fault)
	}
	var page listing
	if err := json.Unmarshal(rec.Body.Bytes(), &page); err != nil || page.Pagination.Links.Next == nil {
		return ""
	}
	return page.Pagination.Links.Next.Href
}

// faultsOf is all in which a value is none of the types.
func faultsOf(at string, value json.RawMessage, is ...any) []string {
	var faults []string
	for _, one := range is {
		found := faultsOfOne(at, value, one)
		if found == nil {
			return nil
		}
		faults = append(faults, found...)
	}
	return faults
}

var (
	wireDate    = regexp.MustCompile(`^"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}"$`)
	wireInteger = regexp.MustCompile(`^\d+$`)
	wireNumber  = regexp.MustCompile(`^\d+(\.\d{1,4})?$`)
)

func faultsOfOne(at string, value json.RawMessage, is any) []string {
	ok := false
	switch is := is.(type) {
	case []field:
		return faultsOfObject(at, value, is)
	case listOf:
		var list []json.RawMessage
		if json.Unmarshal(value, &list) != nil || list == nil {
			return []string{at + " is no list"}
		}
		var faults []string
		for i, one := range list {
			faults = append(faults, faultsOf(fmt.Sprint(at, "/", i), one, is.one)...)
		}
		return faults
	case string:
		switch text := string(value); is {
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
			ok = json.Unmarshal(value, &word) == nil && text[0] == '"' && slices.Contains(strings.Split(is, "=")[1:], word)
		}
	}
	if ok {
		return nil
	}
	return []string{fmt.Sprintf("%s is %.60s, not %v", at, value, is)}
}

func faultsOfObject(at string, value json.RawMessage, form []field) []string {
	d := json.NewDecoder(bytes.NewReader(value))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return []string{fmt.Sprintf("%s is %.60s, not an object", at, value)}
	}
	var faults, names, want []string
	for i := 0; d.More(); i++ {
		name, err := d.Token()
		var inner json.RawMessage
		if err == nil {
			err = d.Decode(&inner)
		}
		if err != nil && err != io.EOF { //nolint:errorlint // it ends the loop either way
			return append(faults, err.Error())
		}
		names = append(names, fmt.Sprint(name))
		if i < len(form) {
			faults = append(faults, faultsOf(fmt.Sprint(at, "/", name), inner, form[i].is...)...)
		}
	}
	for _, f := range form {
		want = append(want, f.name)
	}
	if !slices.Equal(names, want) {
		faults = append(faults, fmt.Sprintf("%s has the fields %v, not %v", at, names, want))
	}
	return faults
}
