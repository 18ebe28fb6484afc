package binding

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// BindValues is bindQuery for a query that was read already.
func BindValues(values url.Values, in any) catalog.FieldErrors {
	target := reflect.ValueOf(in).Elem()
	known := Parameters(target.Type())
	var bad catalog.FieldErrors
	for _, p := range known {
		sent, ok := values[p.Name]
		if !ok {
			continue
		}
		if fault := bindField(target.FieldByIndex(p.Index), p.tag, sent); fault != nil {
			fault.Parameter = p.Name
			bad = append(bad, *fault)
		}
	}
	return append(bad, unknownParameters(values, known)...)
}

// Parameter is a parameter of a query struct.
type Parameter struct {
	Name  string
	Index []int // in the struct, or in one that it embeds
	tag   reflect.StructTag
}

// parametersByType remembers the parameters of each query struct, by its type.
var parametersByType sync.Map

func Parameters(t reflect.Type) []Parameter {
	if known, ok := parametersByType.Load(t); ok {
		return known.([]Parameter)
	}
	var known []Parameter
	for _, f := range reflect.VisibleFields(t) {
		if !f.Anonymous {
			known = append(known, Parameter{Name: f.Tag.Get("query"), Index: f.Index, tag: f.Tag})
		}
	}
	parametersByType.Store(t, known)
	return known
}

// ParseQuery parses a query. Bytes that are no text are refused: they match nothing and hide mistakes.
func ParseQuery(raw string) (url.Values, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, &catalog.Error{Kind: catalog.Malformed, Code: "malformed_query", Detail: "The query cannot be read: percent signs and semicolons in values must be escaped.", Fields: nil}
	}
	for name, list := range values {
		for _, v := range append(list, name) {
			if !utf8.ValidString(v) || strings.ContainsRune(v, 0) {
				return nil, &catalog.Error{Kind: catalog.Malformed, Code: "malformed_query", Detail: "The query holds bytes that are no UTF-8 text.", Fields: nil}
			}
		}
	}
	return values, nil
}

func unknownParameters(values url.Values, known []Parameter) catalog.FieldErrors {
	names := make([]string, len(known))
	for i, p := range known {
		names[i] = p.Name
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
		return NewFieldError("repeated", "May be sent only once.")
	}
	text := sent[0]
	switch v := field.Addr().Interface().(type) {
	case *string:
		*v = text
		return checkString(text, tag)
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
		return BindTime(v, text)
	default:
		return NewFieldError("malformed", fmt.Sprintf("cannot be read into a %s", field.Type()))
	}
}

// bindList reads a list parameter. Each time it was sent is one entry, commas and all: any of the entry's values, all of the entries.
func bindList(field reflect.Value, tag reflect.StructTag, sent []string) *catalog.FieldError {
	for _, entry := range sent {
		for one := range strings.SplitSeq(entry, ",") {
			if fault := checkString(one, tag); fault != nil {
				return fault
			}
		}
	}
	field.Set(reflect.ValueOf(sent))
	return nil
}

func checkString(text string, tag reflect.StructTag) *catalog.FieldError {
	if text == "" {
		return NewFieldError("empty", "Is empty. Leave it out to say nothing in particular.")
	}
	if enums := tag.Get("enums"); enums != "" && !slices.Contains(strings.Split(enums, ","), text) {
		return UnknownValue(text, strings.Split(enums, ","))
	}
	if longest, err := strconv.Atoi(tag.Get("maxLength")); err == nil && utf8.RuneCountInString(text) > longest {
		return NewFieldError("too_long", fmt.Sprintf("Is longer than %d letters.", longest))
	}
	return nil
}

func UnknownValue(text string, terms []string) *catalog.FieldError {
	said := fmt.Sprintf("%q is not one of the values that this takes", text)
	if near := vocab.Suggest(text, terms); near != "" {
		said += fmt.Sprintf("; did you mean %q?", near)
	} else if len(terms) <= 12 {
		said += ": " + strings.Join(terms, ", ") + "."
	} else {
		said += "; /v1/vocabulary lists them."
	}
	return NewFieldError("unknown_value", said)
}

func bindBool(v *bool, text string) *catalog.FieldError {
	*v = text == "true"
	return errorUnless(text == "true" || text == "false", "unknown_value", "Is neither true nor false.")
}

func bindInt(v *int, tag reflect.StructTag, text string) *catalog.FieldError {
	n, err := strconv.Atoi(text)
	if err != nil {
		return NewFieldError("malformed", "Is not a whole number.")
	}
	*v = n
	return checkRange(float64(n), tag)
}

func bindFloat(v *float64, tag reflect.StructTag, text string) *catalog.FieldError {
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return NewFieldError("malformed", "Is not a number.")
	}
	*v = x
	return checkRange(x, tag)
}

func checkRange(x float64, tag reflect.StructTag) *catalog.FieldError {
	low, lowErr := strconv.ParseFloat(tag.Get("minimum"), 64)
	high, highErr := strconv.ParseFloat(tag.Get("maximum"), 64)
	if lowErr == nil && x < low || highErr == nil && x > high {
		return NewFieldError("out_of_range", fmt.Sprintf("Is not between %s and %s.", tag.Get("minimum"), tag.Get("maximum")))
	}
	return nil
}

// BindTime reads a moment, or a day as its beginning in UTC. A plus sign that was not escaped arrives as a space.
func BindTime(v *time.Time, text string) *catalog.FieldError {
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, strings.ReplaceAll(text, " ", "+")); err == nil {
			*v = t.UTC()
			return nil
		}
	}
	return NewFieldError("malformed", "Is not a time such as 2026-11-20T09:00:00Z, nor a date such as 2026-11-20.")
}

func NewFieldError(code, message string) *catalog.FieldError {
	return &catalog.FieldError{Pointer: "", Parameter: "", Code: code, Message: message}
}

func errorUnless(ok bool, code, message string) *catalog.FieldError {
	if ok {
		return nil
	}
	return NewFieldError(code, message)
}

func DescribeJSONError(err error) string {
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, io.EOF):
		return "it is empty"
	case errors.As(err, &syntax):
		return fmt.Sprintf("%s, at byte %d", strings.TrimPrefix(syntax.Error(), "json: "), syntax.Offset)
	default:
		return strings.TrimPrefix(err.Error(), "json: ")
	}
}

// AddErrorIf notes a fault of a parameter if wrong.
func AddErrorIf(bad *catalog.FieldErrors, wrong bool, parameter, code, message string) {
	if wrong {
		*bad = append(*bad, catalog.FieldError{Pointer: "", Parameter: parameter, Code: code, Message: message})
	}
}

// SplitList takes list parameters apart: repeated or with commas, the entries of a shelter query are any of.
func SplitList(sent []string) []string {
	var out []string
	for _, entry := range sent {
		out = append(out, strings.Split(entry, ",")...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
