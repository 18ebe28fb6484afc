package wire

import (
	"fmt"
	"strings"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/rating"
)

// DateParser parses the dates of a request body and collects the errors.
type DateParser struct{ Errs catalog.FieldErrors }

// ParseDay parses the date at a JSON pointer. It returns the zero Day for nil, and for
// a date that it rejects.
func (p *DateParser) ParseDay(pointer string, text *string) rating.Day {
	t := p.parseDate(pointer, text)
	if t.IsZero() {
		return 0
	}
	return rating.DayOf(t)
}

func (p *DateParser) parseDate(pointer string, text *string) time.Time {
	if text == nil {
		return time.Time{}
	}
	t, err := time.Parse(time.DateOnly, *text)
	if err != nil || t.Year() < 1900 || t.Year() > 2200 {
		p.Errs.Check(false, pointer, errcode.Malformed, fmt.Sprintf("Expected a date such as 2026-11-22, got %q.", *text))
		return time.Time{}
	}
	return t
}

// ratingPointers replaces the pointers that a rubric uses for its input by those of
// the request bodies.
var ratingPointers = strings.NewReplacer("/cat/born", "/cat/birth_date", "/assessor_id", "/assessor/id", "/role", "/assessor/role")

// RatingFieldErrors returns the field errors of a rubric with the pointers of the
// request bodies.
func RatingFieldErrors(errs []rating.FieldError) catalog.FieldErrors {
	var out catalog.FieldErrors
	for _, e := range errs {
		out.Check(false, ratingPointers.Replace(e.Pointer), e.Code, e.Message)
	}
	return out
}

// MergeErrors returns the errors of the syntax of a body followed by those of its
// content. Of two content errors at one pointer it keeps the first, and none at a
// pointer with an error of the syntax.
func MergeErrors(syntax, content catalog.FieldErrors) catalog.FieldErrors {
	seen := map[string]bool{}
	for _, e := range syntax {
		seen[e.Pointer] = true
	}
	for _, e := range content {
		if !seen[e.Pointer] {
			seen[e.Pointer] = true
			syntax = append(syntax, e)
		}
	}
	return syntax
}
