package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// parameterGroups is the order of query parameters, in groups with a heading. Each is followed by
// its exclusion, whose name begins with not_.
var parameterGroups = []struct {
	heading string
	names   []string
}{
	{"Place", []string{"near", "radius_km", "radius_mi", "region", "country", "shelter"}},
	{"Words", []string{"q"}},
	{"Age, sex and looks", []string{
		"age_group", "age_months_min", "age_months_max", "sex", "breed", "mixed", "color", "color_all", "pattern", "coat", "size",
	}},
	{"Home and character", []string{
		"good_with_children", "good_with_dogs", "good_with_cats", "house_trained", "indoor_only", "bonded", "temperament", "temperament_all",
	}},
	{"Health", []string{"altered", "special_needs", "shots_current", "microchipped", "declawed", "fiv", "felv"}},
	{"Adventure", []string{"activity", "activity_all", "readiness", "grade", "score_min", "impression", "best_fit"}},
	{"Listing", []string{
		"status", "urgent", "needs_foster", "fee_min", "fee_max", "fee_waived", "courtesy", "has_photos", "has_videos", "tag", "tag_all",
		"listed_since", "updated_since", "stale", "source", "ids", "external_id", "kind", "resource", "issue",
	}},
	{"Options", []string{
		"mode", "dry_run", "confirm", "atomic", "reason", "from", "version", "immediately", "allow_last", "wait",
		"rubric", "as_of", "lang", "style", "color_scheme", "alt",
	}},
	{"Result and pages", []string{"sort", "seed", "facets", "include_total", "expand", "fields", "format", "limit", "cursor"}},
}

// minimumOfHeadings is the number of query parameters from which the reference shows the
// headings of their groups.
const minimumOfHeadings = 10

// orderParameters sorts the parameters of operations: those of the path, of the query in the
// order of parameterGroups, and headers. It marks the first parameter of each group with the
// heading of the group as x-heading. It is an error if a query parameter has no group.
func orderParameters(doc object) error {
	headings, ranks := map[string]string{}, map[string]int{}
	for _, group := range parameterGroups {
		for _, name := range group.names {
			for _, name := range []string{name, "not_" + name} {
				headings[name], ranks[name] = group.heading, len(ranks)+1
			}
		}
	}
	rank := func(param object) int {
		switch name, _ := param["name"].(string); param["in"] {
		case "path":
			return 0
		case "header":
			return len(ranks) + 1
		default:
			return ranks[name]
		}
	}
	var missing error
	for where, op := range operations(doc, "paths") {
		params, _ := op["parameters"].([]any)
		for param := range objects(params) {
			if param["in"] == "query" && rank(param) == 0 {
				missing = errors.Join(missing, fmt.Errorf("%s: the parameter %s has no place; add it to parameterGroups in reference.go", where, param["name"]))
			}
		}
		slices.SortStableFunc(params, func(a, b any) int { return rank(a.(object)) - rank(b.(object)) })
		markGroups(params, headings)
	}
	return missing
}

// markGroups marks the first query parameter of each group and the first header with their
// heading, if there are many parameters.
func markGroups(params []any, headings map[string]string) {
	queries, previous := 0, ""
	for param := range objects(params) {
		if param["in"] == "query" {
			queries++
		}
	}
	if queries < minimumOfHeadings {
		return
	}
	for param := range objects(params) {
		name, _ := param["name"].(string)
		heading := headings[name]
		if param["in"] == "header" {
			heading = "Headers"
		}
		if heading != previous {
			param["x-heading"] = heading
		}
		previous = heading
	}
}

// leaveOptionalEmpty moves the examples of optional parameters to their schemas and descriptions. Swagger UI
// fills in the example of a parameter, which would restrict lists.
func leaveOptionalEmpty(doc object) {
	for _, op := range operations(doc, "paths") {
		for param := range objects(op["parameters"]) {
			if example, ok := param["example"]; ok && param["required"] != true {
				within(param, "schema")["examples"] = []any{example}
				param["description"] = fmt.Sprintf("%s For example `%s`.", sentence(fmt.Sprint(param["description"])), join(example))
				delete(param, "example")
			}
		}
	}
}

// join returns an example as callers write it in a query, with commas between values.
func join(example any) string {
	if values, ok := example.([]any); ok {
		words := make([]string, len(values))
		for i, value := range values {
			words[i] = fmt.Sprint(value)
		}
		return strings.Join(words, ",")
	}
	return fmt.Sprint(example)
}

// sampleID is the ID that examples of parameters have behind the prefix, and resources of the demo.
const sampleID = "01kabq4z8vf3ht2v0xw9r6m5ec"

var testID = regexp.MustCompile(`^([a-z]+_)0100000000000000000000[0-9a-z]{4}$`)

// nameSamples gives the examples of requests, which tests write, the IDs that resources of the
// demo have.
func nameSamples(doc object) {
	for _, op := range operations(doc, "paths") {
		body, _ := op["requestBody"].(object)
		for _, content := range sorted(body["content"]) {
			content["example"] = replaceIDs(content["example"])
			if content["example"] == nil {
				delete(content, "example")
			}
		}
	}
}

// replaceIDs returns a JSON value with other IDs.
func replaceIDs(v any) any {
	switch v := v.(type) {
	case string:
		return testID.ReplaceAllString(v, "${1}"+sampleID)
	case []any:
		for i := range v {
			v[i] = replaceIDs(v[i])
		}
	case object:
		for key := range v {
			v[key] = replaceIDs(v[key])
		}
	}
	return v
}
