package binding

import (
	"cmp"
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

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/vocab"
)

// ParseQuery parses the query of a URL. It rejects values that are not valid UTF-8 or
// contain a zero byte, because they match nothing and hide mistakes.
func ParseQuery(raw string) (url.Values, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, catalog.Errorf(catalog.Malformed, errcode.MalformedQuery, "The query cannot be parsed. Escape percent signs and semicolons in values.")
	}
	for name, list := range values {
		for _, v := range append(list, name) {
			if !utf8.ValidString(v) || strings.ContainsRune(v, 0) {
				return nil, catalog.Errorf(catalog.Malformed, errcode.MalformedQuery, "The query is not valid UTF-8 text.")
			}
		}
	}
	return values, nil
}

// BindValues reads the values of a query into the struct that in points to. The struct
// tags are the rules: form is the name of the parameter, as the OpenAPI generator reads
// it, and enums, minimum, maximum, maxLength and maxItems limit its value. Parameters that are not
// sent keep the value of their field. The errors include parameters that the struct does
// not have.
func BindValues(values url.Values, in any) catalog.FieldErrors {
	target := reflect.ValueOf(in).Elem()
	known := Parameters(target.Type())
	var errs catalog.FieldErrors
	for _, p := range known {
		sent := p.sent(values)
		if len(sent) == 0 {
			continue
		}
		if err := p.bind(target.FieldByIndex(p.Index), sent); err != nil {
			err.Parameter = p.Name
			errs = append(errs, *err)
		}
	}
	return append(errs, unknownParameters(values, known)...)
}

// Parameter represents a query parameter of a struct.
type Parameter struct {
	Name  string
	Index []int // of the field, as reflect.Value.FieldByIndex takes it
	List  bool  // the parameter has any number of values
	// Excludes is the name of the list parameter whose values the parameter excludes, or
	// empty; see Exclusions.
	Excludes string
	Tag      reflect.StructTag // of the field that has the rules for values
}

// Exclusions has the values to exclude, by the name of the list parameter that includes
// them. In a struct with a field of this type, each list parameter with the extension
// x-excludable has a counterpart with the prefix not_ and the same rules for values.
type Exclusions map[string][]string

const (
	exclusionPrefix = "not_"
	excludable      = "x-excludable"
)

// Values returns the values of a list parameter in a struct that was bound.
func (p Parameter) Values(in reflect.Value) []string {
	switch v := in.FieldByIndex(p.Index).Interface().(type) {
	case []string:
		return v
	case Exclusions:
		return v[p.Excludes]
	default:
		return nil
	}
}

// arraySuffix may follow the name of a list parameter, as some HTTP clients send it.
const arraySuffix = "[]"

// sent returns what a query has for the parameter: the distinct, sorted values of a list,
// whether they are sent with commas or by repeating the parameter.
func (p Parameter) sent(values url.Values) []string {
	if !p.List {
		return values[p.Name]
	}
	var out []string
	for _, entry := range slices.Concat(values[p.Name], values[p.Name+arraySuffix]) {
		out = append(out, strings.Split(entry, ",")...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// NormalizeLists replaces each list parameter of a struct type by its distinct, sorted
// values, separated by commas.
func NormalizeLists(values url.Values, t reflect.Type) {
	for _, p := range Parameters(t) {
		if sent := p.sent(values); p.List && len(sent) > 0 {
			delete(values, p.Name+arraySuffix)
			values.Set(p.Name, strings.Join(sent, ","))
		}
	}
}

// parametersByType caches the parameters of each struct type.
var parametersByType sync.Map

// Parameters returns the query parameters of a struct type, including those of embedded
// structs. Callers share the slice and must not change it.
func Parameters(t reflect.Type) []Parameter {
	if known, ok := parametersByType.Load(t); ok {
		return known.([]Parameter)
	}
	var known []Parameter
	var exclusions []int // index of the field
	for _, f := range reflect.VisibleFields(t) {
		switch {
		case f.Type == reflect.TypeFor[Exclusions]():
			exclusions = f.Index
		case !f.Anonymous:
			known = append(known, Parameter{Name: f.Tag.Get("form"), Index: f.Index, List: f.Type.Kind() == reflect.Slice, Excludes: "", Tag: f.Tag})
		}
	}
	for _, p := range known {
		if exclusions != nil && strings.Contains(p.Tag.Get("extensions"), excludable) {
			known = append(known, Parameter{Name: exclusionPrefix + p.Name, Index: exclusions, List: true, Excludes: p.Name, Tag: p.Tag})
		}
	}
	parametersByType.Store(t, known)
	return known
}

// unknownParameters returns an error for each parameter that is not known, sorted by name.
func unknownParameters(values url.Values, known []Parameter) catalog.FieldErrors {
	names := make([]string, len(known))
	for i, p := range known {
		names[i] = p.Name
	}
	var errs catalog.FieldErrors
	for name := range values {
		if slices.ContainsFunc(known, func(p Parameter) bool { return p.Name == name || p.List && p.Name+arraySuffix == name }) {
			continue
		}
		help := helpWithExclusion(name, known)
		if help == "" {
			help = didYouMean(strings.TrimSuffix(name, arraySuffix), names)
		}
		if help == "" {
			help = " See /docs for the parameters."
		}
		AddErrorIf(&errs, true, name, errcode.UnknownParameter, fmt.Sprintf("Unknown parameter %q.", name)+help)
	}
	slices.SortFunc(errs, func(a, b catalog.FieldError) int { return strings.Compare(a.Parameter, b.Parameter) })
	return errs
}

// bind parses the values of the parameter into its field.
func (p Parameter) bind(field reflect.Value, sent []string) *catalog.FieldError {
	if p.Excludes == "" {
		return bindField(field, p.Tag, sent)
	}
	var values []string
	err := bindList(reflect.ValueOf(&values).Elem(), p.Tag, sent)
	if field.IsNil() {
		field.Set(reflect.ValueOf(Exclusions{}))
	}
	field.SetMapIndex(reflect.ValueOf(p.Excludes), reflect.ValueOf(values))
	return err
}

// bindField parses the values of one parameter into a field.
func bindField(field reflect.Value, tag reflect.StructTag, sent []string) *catalog.FieldError {
	if field.Kind() == reflect.Slice {
		return bindList(field, tag, sent)
	}
	if len(sent) > 1 {
		return NewFieldError(errcode.Repeated, "Must be sent only once.")
	}
	text := sent[0]
	switch v := field.Addr().Interface().(type) {
	case *string:
		if enums := tag.Get("enums"); enums != "" && strings.Contains(text, ",") {
			return NewFieldError(errcode.UnknownValue, fmt.Sprintf("Expected one value, got %q. Must be one of %s.", text, strings.ReplaceAll(enums, ",", ", ")))
		}
		var err *catalog.FieldError
		*v, err = parseString(text, tag)
		return err
	case *bool:
		answer, _ := vocab.ParseBool(text)
		*v = answer != nil && *answer
		return errorUnless(answer != nil, errcode.UnknownValue, fmt.Sprintf("Expected true or false, got %q.", text))
	case **int:
		*v = new(int)
		return bindInt(*v, tag, text)
	case *int:
		return bindInt(v, tag, text)
	case *int64:
		n, err := strconv.ParseInt(text, 10, 64)
		*v = n
		if err != nil {
			return expected("an integer", text)
		}
		return nil
	case **float64:
		*v = new(float64)
		return bindFloat(*v, tag, text)
	case *float64:
		return bindFloat(v, tag, text)
	case *time.Time:
		return BindTime(v, text)
	default:
		return NewFieldError(errcode.Malformed, fmt.Sprintf("Values of type %s are not supported.", field.Type()))
	}
}

// bindList parses and stores the values of a list parameter.
func bindList(field reflect.Value, tag reflect.StructTag, values []string) *catalog.FieldError {
	parsed := make([]string, len(values))
	for i, value := range values {
		if err := rejectNegation(value, tag); err != nil {
			return err
		}
		var err *catalog.FieldError
		if parsed[i], err = parseString(value, tag); err != nil {
			return err
		}
	}
	slices.Sort(parsed)
	parsed = slices.Compact(parsed)
	if most, err := strconv.Atoi(tag.Get("maxItems")); err == nil && len(parsed) > most {
		return NewFieldError(errcode.TooMany, fmt.Sprintf("Must have at most %d values, got %d.", most, len(parsed)))
	}
	field.Set(reflect.ValueOf(parsed))
	return nil
}

// negationSigns are the signs with which callers exclude a value, as in -Siamese.
const negationSigns = "-!~−"

func isNegated(text string) bool { return text != "" && strings.IndexAny(text, negationSigns) == 0 }

// rejectNegation returns an error for a value of a list with a sign that was meant to
// exclude it: names are compared without signs, so that the value would be included.
func rejectNegation(text string, tag reflect.StructTag) *catalog.FieldError {
	if !isNegated(text) {
		return nil
	}
	help, value := "Omit the sign.", strings.TrimLeft(text, negationSigns)
	switch name, enums := tag.Get("form"), tag.Get("enums"); {
	case strings.Contains(tag.Get("extensions"), excludable):
		help = fmt.Sprintf("Send %s%s=%s to exclude it.", exclusionPrefix, name, value)
	case enums != "":
		help = fmt.Sprintf("Must be one of %s.", strings.ReplaceAll(enums, ",", ", "))
	}
	return NewFieldError(errcode.UnknownValue, fmt.Sprintf("The value %q begins with a sign. %s", text, help))
}

// parseString returns a string that fits the tags enums and maxLength. A value of enums may
// have any case, or be a word that means it in the field of the tag. With an error it
// returns the text.
func parseString(text string, tag reflect.StructTag) (string, *catalog.FieldError) {
	if text == "" {
		return "", NewFieldError(errcode.Empty, "Must not be empty; omit it instead.")
	}
	if enums := tag.Get("enums"); enums != "" {
		name, _, _ := strings.Cut(cmp.Or(tag.Get("form"), tag.Get("json")), ",")
		return ParseTerm(name, text, strings.Split(enums, ","))
	}
	if longest, err := strconv.Atoi(tag.Get("maxLength")); err == nil && utf8.RuneCountInString(text) > longest {
		return text, NewFieldError(errcode.TooLong, fmt.Sprintf("Must have at most %d characters.", longest))
	}
	return text, nil
}

// ParseTerm returns the one of terms that a text means: it equals the term except for case
// and accents, or is one of its words in the field. A sign that negates it is not ignored. Otherwise it returns the
// text and an error.
func ParseTerm(field, text string, terms []string) (string, *catalog.FieldError) {
	if slices.Contains(terms, text) {
		return text, nil
	}
	if isNegated(text) { // the reverse order, or an exclusion
		return text, UnknownValue(text, terms)
	}
	folded := vocab.Fold(text)
	if i := slices.IndexFunc(terms, func(t string) bool { return vocab.Fold(t) == folded }); i >= 0 {
		return terms[i], nil
	}
	if term, ok := vocab.ParseTerm(field, text); ok && slices.Contains(terms, term) {
		return term, nil
	}
	return text, UnknownValue(text, terms)
}

// UnknownValue returns the error for a value that is none of terms. It suggests the term
// that was probably meant, or lists up to 12 terms.
func UnknownValue(text string, terms []string) *catalog.FieldError {
	message := fmt.Sprintf("Unknown value %q.", text)
	switch help := didYouMean(text, terms); {
	case help != "":
		message += help
	case len(terms) == 1:
		message += " Must be " + terms[0] + "."
	case len(terms) <= 12:
		message += " Must be one of " + strings.Join(terms, ", ") + "."
	default:
		message += " GET /v1/vocabulary lists the values."
	}
	return NewFieldError(errcode.UnknownValue, message)
}

func bindInt(v *int, tag reflect.StructTag, text string) *catalog.FieldError {
	n, err := strconv.Atoi(text)
	if err != nil {
		return expected("an integer", text)
	}
	*v = n
	return checkRange(float64(n), tag)
}

func bindFloat(v *float64, tag reflect.StructTag, text string) *catalog.FieldError {
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return expected("a number", text)
	}
	*v = x
	return checkRange(x, tag)
}

// checkRange checks a number by the tags minimum and maximum.
func checkRange(x float64, tag reflect.StructTag) *catalog.FieldError {
	low, lowErr := strconv.ParseFloat(tag.Get("minimum"), 64)
	high, highErr := strconv.ParseFloat(tag.Get("maximum"), 64)
	ok := (lowErr != nil || low <= x) && (highErr != nil || x <= high)
	return errorUnless(ok, errcode.OutOfRange, fmt.Sprintf("Must be between %s and %s.", tag.Get("minimum"), tag.Get("maximum")))
}

// BindTime parses a time in RFC 3339, or a date, which means its first moment in UTC. A
// plus sign that was not escaped in a URL arrives as a space and is accepted.
func BindTime(v *time.Time, text string) *catalog.FieldError {
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, strings.ReplaceAll(text, " ", "+")); err == nil {
			*v = t.UTC()
			return nil
		}
	}
	return NewFieldError(errcode.Malformed, "Expected a time such as 2026-11-20T09:00:00Z or a date such as 2026-11-20.")
}

// expected returns the error for a value that cannot be parsed.
func expected(want, got string) *catalog.FieldError {
	return NewFieldError(errcode.Malformed, fmt.Sprintf("Expected %s, got %q.", want, got))
}

// NewFieldError returns a field error; the caller sets its parameter or pointer.
func NewFieldError(code errcode.Code, message string) *catalog.FieldError {
	return &catalog.FieldError{Code: code, Message: message}
}

func errorUnless(ok bool, code errcode.Code, message string) *catalog.FieldError {
	if ok {
		return nil
	}
	return NewFieldError(code, message)
}

// AddErrorIf adds an error of a parameter if condition is true.
func AddErrorIf(errs *catalog.FieldErrors, condition bool, parameter string, code errcode.Code, message string) {
	if condition {
		*errs = append(*errs, catalog.FieldError{Parameter: parameter, Code: code, Message: message})
	}
}
