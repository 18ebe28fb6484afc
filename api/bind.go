package api

import (
	"fmt"
	"math"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// bindQuery reads the query of a request into the struct that in points to. The
// tags from which the documentation is made are the rules: enums, minimum,
// maximum, maxLength. A field that is not sent keeps its value. A parameter
// that in does not have is refused, with the nearest name that it has. The
// faults are for the caller to add to; the error is for a query that cannot be
// read at all.
func bindQuery(c echo.Context, in any) (catalog.FieldErrors, error) {
	values, err := queryValues(c.Request().URL.RawQuery)
	if err != nil {
		return nil, err
	}
	return bindValues(values, in), nil
}

// bindValues is bindQuery for a query that was read already.
func bindValues(values url.Values, in any) catalog.FieldErrors {
	target := reflect.ValueOf(in).Elem()
	known := parametersOf(target.Type())
	var bad catalog.FieldErrors
	for _, p := range known {
		sent, ok := values[p.name]
		if !ok {
			continue
		}
		if fault := bindField(target.FieldByIndex(p.at), p.tag, sent); fault != nil {
			fault.Parameter = p.name
			bad = append(bad, *fault)
		}
	}
	return append(bad, unknownParameters(values, known)...)
}

// parameter is a parameter of a query struct.
type parameter struct {
	name string
	at   []int // in the struct, or in one that it embeds
	tag  reflect.StructTag
}

// parameters remembers the parameters of each query struct, by its type.
var parameters sync.Map

func parametersOf(t reflect.Type) []parameter {
	if known, ok := parameters.Load(t); ok {
		return known.([]parameter)
	}
	var known []parameter
	for _, f := range reflect.VisibleFields(t) {
		if !f.Anonymous {
			known = append(known, parameter{name: f.Tag.Get("query"), at: f.Index, tag: f.Tag})
		}
	}
	parameters.Store(t, known)
	return known
}

// bindValidQuery is bindQuery where nothing else can be wrong.
func bindValidQuery(c echo.Context, in any) error {
	bad, err := bindQuery(c, in)
	if err != nil {
		return err
	}
	return bad.Err(catalog.Malformed)
}

// queryValues parses a query. Bytes that are no text are refused: they match nothing and hide mistakes.
func queryValues(raw string) (url.Values, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, &catalog.Error{Kind: catalog.Malformed, Code: "malformed_query", Detail: "The query cannot be read: percent signs and semicolons in values must be escaped.", Faults: nil}
	}
	for name, list := range values {
		for _, v := range append(list, name) {
			if !utf8.ValidString(v) || strings.ContainsRune(v, 0) {
				return nil, &catalog.Error{Kind: catalog.Malformed, Code: "malformed_query", Detail: "The query holds bytes that are no UTF-8 text.", Faults: nil}
			}
		}
	}
	return values, nil
}

func unknownParameters(values url.Values, known []parameter) catalog.FieldErrors {
	names := make([]string, len(known))
	for i, p := range known {
		names[i] = p.name
	}
	var bad catalog.FieldErrors
	for name := range values {
		if slices.Contains(names, name) {
			continue
		}
		said := fmt.Sprintf("There is no parameter %q; /docs lists those that there are.", name)
		if near := vocab.Suggest(name, names); near != "" {
			said = fmt.Sprintf("There is no parameter %q; did you mean %q?", name, near)
		}
		bad = append(bad, catalog.FieldError{Pointer: "", Parameter: name, Code: "unknown_parameter", Message: said})
	}
	slices.SortFunc(bad, func(a, b catalog.FieldError) int { return strings.Compare(a.Parameter, b.Parameter) })
	return bad
}

// bindField puts what was sent into one field.
func bindField(field reflect.Value, tag reflect.StructTag, sent []string) *catalog.FieldError {
	if field.Kind() == reflect.Slice {
		return bindList(field, tag, sent)
	}
	if len(sent) > 1 {
		return fault("repeated", "May be sent only once.")
	}
	text := sent[0]
	switch v := field.Addr().Interface().(type) {
	case *string:
		*v = text
		return checkText(text, tag)
	case *bool:
		return bindBool(v, text)
	case **int:
		*v = new(int)
		return bindInt(*v, tag, text)
	case *int:
		return bindInt(v, tag, text)
	case *int64:
		n, err := strconv.ParseInt(text, 10, 64)
		*v = n
		return errorUnless(err == nil, "malformed", "Is not a whole number.")
	case **float64:
		*v = new(float64)
		return bindFloat(*v, tag, text)
	case *float64:
		return bindFloat(v, tag, text)
	case *time.Time:
		return bindTime(v, text)
	default:
		return fault("malformed", fmt.Sprintf("cannot be read into a %s", field.Type()))
	}
}

// bindList reads a list parameter. Each time it was sent is one entry, commas and all: any of the entry's values, all of the entries.
func bindList(field reflect.Value, tag reflect.StructTag, sent []string) *catalog.FieldError {
	for _, entry := range sent {
		for one := range strings.SplitSeq(entry, ",") {
			if fault := checkText(one, tag); fault != nil {
				return fault
			}
		}
	}
	field.Set(reflect.ValueOf(sent))
	return nil
}

func checkText(text string, tag reflect.StructTag) *catalog.FieldError {
	if text == "" {
		return fault("empty", "Is empty. Leave it out to say nothing in particular.")
	}
	if enums := tag.Get("enums"); enums != "" && !slices.Contains(strings.Split(enums, ","), text) {
		return unknownValue(text, strings.Split(enums, ","))
	}
	if longest, err := strconv.Atoi(tag.Get("maxLength")); err == nil && utf8.RuneCountInString(text) > longest {
		return fault("too_long", fmt.Sprintf("Is longer than %d letters.", longest))
	}
	return nil
}

func unknownValue(text string, terms []string) *catalog.FieldError {
	said := fmt.Sprintf("%q is not one of the values that this takes", text)
	if near := vocab.Suggest(text, terms); near != "" {
		said += fmt.Sprintf("; did you mean %q?", near)
	} else if len(terms) <= 12 {
		said += ": " + strings.Join(terms, ", ") + "."
	} else {
		said += "; /v1/vocabulary lists them."
	}
	return fault("unknown_value", said)
}

func bindBool(v *bool, text string) *catalog.FieldError {
	*v = text == "true"
	return errorUnless(text == "true" || text == "false", "unknown_value", "Is neither true nor false.")
}

func bindInt(v *int, tag reflect.StructTag, text string) *catalog.FieldError {
	n, err := strconv.Atoi(text)
	if err != nil {
		return fault("malformed", "Is not a whole number.")
	}
	*v = n
	return checkRange(float64(n), tag)
}

func bindFloat(v *float64, tag reflect.StructTag, text string) *catalog.FieldError {
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return fault("malformed", "Is not a number.")
	}
	*v = x
	return checkRange(x, tag)
}

func checkRange(x float64, tag reflect.StructTag) *catalog.FieldError {
	low, lowErr := strconv.ParseFloat(tag.Get("minimum"), 64)
	high, highErr := strconv.ParseFloat(tag.Get("maximum"), 64)
	if lowErr == nil && x < low || highErr == nil && x > high {
		return fault("out_of_range", fmt.Sprintf("Is not between %s and %s.", tag.Get("minimum"), tag.Get("maximum")))
	}
	return nil
}

// bindTime reads a moment, or a day as its beginning in UTC. A plus sign that was not escaped arrives as a space.
func bindTime(v *time.Time, text string) *catalog.FieldError {
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, strings.ReplaceAll(text, " ", "+")); err == nil {
			*v = t.UTC()
			return nil
		}
	}
	return fault("malformed", "Is not a time such as 2026-11-20T09:00:00Z, nor a date such as 2026-11-20.")
}

func fault(code, message string) *catalog.FieldError {
	return &catalog.FieldError{Pointer: "", Parameter: "", Code: code, Message: message}
}

func errorUnless(ok bool, code, message string) *catalog.FieldError {
	if ok {
		return nil
	}
	return fault(code, message)
}
