package main

import (
	"fmt"

	"trailcat/internal/errcode"
)

// listCodes turns x-codes=place into the enum of the codes of errors and warnings that
// appear in that place.
func listCodes(doc object) error {
	places := map[string]errcode.Place{
		"problem": errcode.Problem, "field": errcode.Field, "warning": errcode.Warning,
		"filter": errcode.Filter, "ignored": errcode.Ignored, "oauth": errcode.OAuth,
	}
	for s := range schemas(doc) {
		name, ok := s["x-codes"].(string)
		if !ok {
			continue
		}
		place, ok := places[name]
		if !ok {
			return fmt.Errorf("x-codes=%s: no such place of package errcode", name)
		}
		delete(s, "x-codes")
		var values []any
		for _, code := range errcode.In(place) {
			values = append(values, string(code))
		}
		s["enum"] = values
	}
	return nil
}
