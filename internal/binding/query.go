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
	known := parametersOf(target.Type())
	var errs catalog.FieldErrors
	indexes, complete := known.indexesOf(values)
	for _, i := range indexes {
		p := &known.list[i]
		sent := p.sent(values)
		if len(sent) == 0 {
			continue
		}
		if err := p.bind(target.FieldByIndex(p.Index), sent); err != nil {
			err.Parameter = p.Name
			errs = append(errs, *err)
		}
	}
	if !complete {
		errs = append(errs, unknownParameters(values, known.list)...)
	}
	return errs
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
	rules    *rules            // those of the tag
}

// Exclusions has the values to exclude, by the name of the list parameter that includes
// them. In a struct with a field of this type, each list parameter with the extension
// x-excludable has a counterpart with the prefix not_ and the same rules for values.
type Exclusions map[string][]string

const (
	exclusionPrefix = "not_"
	excludable      = "x-excludable"
)

// Values returns the values of a list parameter in a struct that was bound. The struct must
// be addressable.
func (p *Parameter) Values(in reflect.Value) []string {
	switch v := in.FieldByIndex(p.Index).Addr().Interface().(type) { // a pointer needs no copy
	case *[]string:
		return *v
	case *Exclusions:
		return (*v)[p.Excludes]
	default:
		return nil
	}
}

// arraySuffix may follow the name of a list parameter, as some HTTP clients send it.
const arraySuffix = "[]"

// sent returns what a query has for the parameter: the distinct, sorted values of a list,
// whether they are sent with commas or by repeating the parameter.
func (p *Parameter) sent(values url.Values) []string {
	if !p.List {
		return values[p.Name]
	}
	var out []string
	for _, entries := range [][]string{values[p.Name], values[p.Name+arraySuffix]} {
		for _, entry := range entries {
			out = append(out, strings.Split(entry, ",")...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// NormalizeLists replaces each list parameter of a struct type by its distinct, sorted
// values, separated by commas.
func NormalizeLists(values url.Values, t reflect.Type) {
	known := parametersOf(t)
	indexes, _ := known.indexesOf(values)
	for _, i := range indexes {
		p := &known.list[i]
		if sent := p.sent(values); p.List && len(sent) > 0 {
			delete(values, p.Name+arraySuffix)
			values.Set(p.Name, strings.Join(sent, ","))
		}
	}
}

// parameters are the query parameters of a struct type.
type parameters struct {
	list   []Parameter
	byName map[string]int // the index in the list, by each name that a query may have
}

// indexesOf returns the indexes of the parameters that a query has, in ascending order, and
// whether these are all that the query has.
func (p *parameters) indexesOf(values url.Values) (indexes []int, complete bool) {
	complete = true
	for name := range values {
		if i, ok := p.byName[name]; ok {
			indexes = append(indexes, i)
		} else {
			complete = false
		}
	}
	slices.Sort(indexes)
	return slices.Compact(indexes), complete
}

// parametersByType caches the parameters of each struct type.
var parametersByType sync.Map

// Parameters returns the query parameters of a struct type, including those of embedded
// structs. Callers share the slice and must not change it.
func Parameters(t reflect.Type) []Parameter { return parametersOf(t).list }

func parametersOf(t reflect.Type) *parameters {
	if known, ok := parametersByType.Load(t); ok {
		return known.(*parameters)
	}
	var known []Parameter
	var exclusions []int // index of the field
	for _, f := range reflect.VisibleFields(t) {
		switch {
		case f.Type == reflect.TypeFor[Exclusions]():
			exclusions = f.Index
		case !f.Anonymous:
			known = append(known, Parameter{Name: f.Tag.Get("form"), Index: f.Index, List: f.Type.Kind() == reflect.Slice, Excludes: "", Tag: f.Tag, rules: newRules(f.Tag)})
		}
	}
	for _, p := range known {
		if exclusions != nil && p.rules.excludable {
			known = append(known, Parameter{Name: exclusionPrefix + p.Name, Index: exclusions, List: true, Excludes: p.Name, Tag: p.Tag, rules: p.rules})
		}
	}
	out := &parameters{list: known, byName: map[string]int{}}
	for i, p := range known {
		out.byName[p.Name] = i
		if p.List {
			out.byName[p.Name+arraySuffix] = i
		}
	}
	parametersByType.Store(t, out)
	return out
}

// rules are the rules for the values of a field that its tag has.
type rules struct {
	name             string   // of the field, for words that mean one of enums
	enums            []string // the values, or nil for any
	maxLength        int      // in characters; math.MaxInt for no limit
	maxItems         int      // math.MaxInt for no limit
	minimum, maximum *float64 // nil for no limit
	excludable       bool     // values may be excluded
}

func newRules(tag reflect.StructTag) *rules {
	name, _, _ := strings.Cut(cmp.Or(tag.Get("form"), tag.Get("json")), ",")
	r := &rules{name: name, maxLength: math.MaxInt, maxItems: math.MaxInt, excludable: strings.Contains(tag.Get("extensions"), excludable)}
	if enums := tag.Get("enums"); enums != "" {
		r.enums = strings.Split(enums, ",")
	}
	for key, limit := range map[string]*int{"maxLength": &r.maxLength, "maxItems": &r.maxItems} {
		if n, err := strconv.Atoi(tag.Get(key)); err == nil {
			*limit = n
		}
	}
	for key, limit := range map[string]**float64{"minimum": &r.minimum, "maximum": &r.maximum} {
		if x, err := strconv.ParseFloat(tag.Get(key), 64); err == nil {
			*limit = &x
		}
	}
	return r
}

// rulesByTag caches the rules of the tags of fields of JSON objects.
var rulesByTag sync.Map

func rulesOf(tag reflect.StructTag) *rules {
	if known, ok := rulesByTag.Load(tag); ok {
		return known.(*rules)
	}
	r := newRules(tag)
	rulesByTag.Store(tag, r)
	return r
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
func (p *Parameter) bind(field reflect.Value, sent []string) *catalog.FieldError {
	if p.Excludes == "" {
		return bindField(field, p.rules, sent)
	}
	var values []string
	err := bindList(&values, p.rules, sent)
	if field.IsNil() {
		field.Set(reflect.ValueOf(Exclusions{}))
	}
	field.SetMapIndex(reflect.ValueOf(p.Excludes), reflect.ValueOf(values))
	return err
}

// bindField parses the values of one parameter into a field.
func bindField(field reflect.Value, rules *rules, sent []string) *catalog.FieldError {
	target := field.Addr().Interface()
	if list, ok := target.(*[]string); ok {
		return bindList(list, rules, sent)
	}
	if len(sent) > 1 {
		return NewFieldError(errcode.Repeated, "Must be sent only once.")
	}
	text := sent[0]
	switch v := target.(type) {
	case *string:
		if rules.enums != nil && strings.Contains(text, ",") {
			return NewFieldError(errcode.UnknownValue, fmt.Sprintf("Expected one value, got %q. Must be one of %s.", text, strings.Join(rules.enums, ", ")))
		}
		var err *catalog.FieldError
		*v, err = parseString(text, rules)
		return err
	case *bool:
		answer, _ := vocab.ParseBool(text)
		if answer == nil {
			return NewFieldError(errcode.UnknownValue, fmt.Sprintf("Expected true or false, got %q.", text))
		}
		*v = *answer
		return nil
	case **int:
		*v = new(int)
		return bindInt(*v, rules, text)
	case *int:
		return bindInt(v, rules, text)
	case *int64:
		n, err := strconv.ParseInt(text, 10, 64)
		*v = n
		if err != nil {
			return expected("an integer", text)
		}
		return nil
	case **float64:
		*v = new(float64)
		return bindFloat(*v, rules, text)
	case *float64:
		return bindFloat(v, rules, text)
	case *time.Time:
		return BindTime(v, text)
	default:
		return NewFieldError(errcode.Malformed, fmt.Sprintf("Values of type %s are not supported.", field.Type()))
	}
}

// bindList parses and stores the values of a list parameter.
func bindList(list *[]string, rules *rules, values []string) *catalog.FieldError {
	parsed := make([]string, len(values))
	for i, value := range values {
		if err := rejectNegation(value, rules); err != nil {
			return err
		}
		var err *catalog.FieldError
		if parsed[i], err = parseString(value, rules); err != nil {
			return err
		}
	}
	slices.Sort(parsed)
	parsed = slices.Compact(parsed)
	if len(parsed) > rules.maxItems {
		return NewFieldError(errcode.TooMany, fmt.Sprintf("Must have at most %d values, got %d.", rules.maxItems, len(parsed)))
	}
	*list = parsed
	return nil
}

// negationSigns are the signs with which callers exclude a value, as in -Siamese.
const negationSigns = "-!~−"

func isNegated(text string) bool { return text != "" && strings.IndexAny(text, negationSigns) == 0 }

// rejectNegation returns an error for a value of a list with a sign that was meant to
// exclude it: names are compared without signs, so that the value would be included.
func rejectNegation(text string, rules *rules) *catalog.FieldError {
	if !isNegated(text) {
		return nil
	}
	help, value := "Omit the sign.", strings.TrimLeft(text, negationSigns)
	switch {
	case rules.excludable:
		help = fmt.Sprintf("Send %s%s=%s to exclude it.", exclusionPrefix, rules.name, value)
	case rules.enums != nil:
		help = fmt.Sprintf("Must be one of %s.", strings.Join(rules.enums, ", "))
	}
	return NewFieldError(errcode.UnknownValue, fmt.Sprintf("The value %q begins with a sign. %s", text, help))
}

// parseString returns a string that fits the rules. A value of enums may have any case, or be
// a word that means it in the field of the rules. With an error it
// returns the text.
func parseString(text string, rules *rules) (string, *catalog.FieldError) {
	if text == "" {
		return "", NewFieldError(errcode.Empty, "Must not be empty; omit it instead.")
	}
	if rules.enums != nil {
		return ParseTerm(rules.name, text, rules.enums)
	}
	if utf8.RuneCountInString(text) > rules.maxLength {
		return text, NewFieldError(errcode.TooLong, fmt.Sprintf("Must have at most %d characters.", rules.maxLength))
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

func bindInt(v *int, rules *rules, text string) *catalog.FieldError {
	n, err := strconv.Atoi(text)
	if err != nil {
		return expected("an integer", text)
	}
	*v = n
	return checkRange(float64(n), rules)
}

func bindFloat(v *float64, rules *rules, text string) *catalog.FieldError {
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return expected("a number", text)
	}
	*v = x
	return checkRange(x, rules)
}

// checkRange checks a number by the rules minimum and maximum.
func checkRange(x float64, rules *rules) *catalog.FieldError {
	if (rules.minimum == nil || *rules.minimum <= x) && (rules.maximum == nil || x <= *rules.maximum) {
		return nil
	}
	limit := func(bound *float64) string {
		if bound == nil {
			return ""
		}
		return strconv.FormatFloat(*bound, 'f', -1, 64)
	}
	return NewFieldError(errcode.OutOfRange, fmt.Sprintf("Must be between %s and %s.", limit(rules.minimum), limit(rules.maximum)))
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

// AddErrorIf adds an error of a parameter if condition is true.
func AddErrorIf(errs *catalog.FieldErrors, condition bool, parameter string, code errcode.Code, message string) {
	if condition {
		*errs = append(*errs, catalog.FieldError{Parameter: parameter, Code: code, Message: message})
	}
}
