package ingest

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"maps"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/vocab"
)

const (
	// MaxFormat is the maximum size of the text of a format, in bytes.
	MaxFormat = 64 << 10
	// maxFormatValues limits the values of a format, with those of each alias.
	maxFormatValues = 10_000
	// maxFormatColumns limits the columns that a format names, each of which is looked up for
	// each row.
	maxFormatColumns = 1000
	// maxPatternCost limits the instructions of all regular expressions of a format.
	maxPatternCost = 500
	// maxFormatErrors is how many mistakes in a format are listed.
	maxFormatErrors = 100
)

// ParseFormat parses a format in YAML, as docs/import.md describes it, or an
// import.cfg of Adopt-a-Pet, which maps their format to a shelter's own columns.
// The error lists the mistakes, each with its line.
func ParseFormat(content []byte) (*Format, error) {
	text, err := DecodeFormat(content)
	if err != nil {
		return nil, err
	}
	if isImportCfg(text) {
		return parseImportCfg(text)
	}
	return parseYAML(text)
}

// ParseNamedFormat is ParseFormat for a format that is kept under a name. Its text either has
// that name or, as an import.cfg, none.
func ParseNamedFormat(name string, content []byte) (*Format, error) {
	f, err := ParseFormat(content)
	switch {
	case err != nil:
		return nil, err
	case f.mapping != nil:
		f.Name, f.aliases = name, nil
	case f.Name != name:
		message := fmt.Sprintf("The format is named %q, but is kept as %q. Use the same name for both.", f.Name, name)
		return nil, formatError(message, catalog.FieldErrors{{Pointer: "/name", Parameter: "", Code: errcode.Invalid, Message: message}})
	}
	return f, nil
}

// CheckNewName returns an error unless a format of a shelter may have a name.
func CheckNewName(name string) error {
	if !formatName.MatchString(name) {
		return catalog.Errorf(catalog.Invalid, errcode.BadFormatName, "Invalid name %q of a format. Use lower-case letters, digits and hyphens, at most 40 characters, and begin with a letter.", name)
	}
	if _, err := Find(name); err == nil {
		return catalog.Errorf(catalog.Invalid, errcode.BadFormatName, "The name %q belongs to a built-in format. Choose another one, such as %q.", name, "my-"+name)
	}
	return nil
}

// DecodeFormat returns the text of a format in UTF-8. It may be encoded as files are; see Read.
func DecodeFormat(content []byte) ([]byte, error) {
	text, err := io.ReadAll(decode(bufio.NewReader(bytes.NewReader(content)), content))
	switch {
	case err != nil:
		return nil, fmt.Errorf("decode the format: %w", err)
	case len(content) > MaxFormat, len(text) > MaxFormat:
		return nil, formatError(fmt.Sprintf("The format has more than %d KiB. Remove values that are not needed.", MaxFormat>>10), nil)
	case bytes.IndexByte(text, 0) >= 0:
		return nil, formatError("The format is not a text. Save it as UTF-8.", nil)
	default:
		return text, nil
	}
}

func parseYAML(text []byte) (*Format, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, formatError(fmt.Sprintf("The format is not YAML: %s.", strings.TrimPrefix(err.Error(), "yaml: ")), nil)
	}
	if len(doc.Content) == 0 {
		return nil, formatError("The format is empty.", nil)
	}
	if countValues(&doc, maxFormatValues) < 0 {
		return nil, formatError(fmt.Sprintf("The format has more than %d values, with those of its aliases.", maxFormatValues), nil)
	}
	var errs catalog.FieldErrors
	f := parseFormat(node{Node: doc.Content[0], path: "", errs: &errs})
	if len(errs) > 0 {
		return nil, formatError(fmt.Sprintf("The format has %d errors.", len(errs)), errs)
	}
	return f, nil
}

// countValues subtracts the number of values in a text from left, with those of each alias. The
// result is negative if there are more.
func countValues(n *yaml.Node, left int) int {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	for _, child := range n.Content {
		if left--; left < 0 {
			return left
		}
		left = countValues(child, left)
	}
	return left
}

// formatError returns the error for a format with its first maxFormatErrors mistakes.
func formatError(detail string, errs catalog.FieldErrors) error {
	return catalog.Errorf(catalog.Invalid, errcode.BadFormat, "%s", detail).WithFields(errs[:min(len(errs), maxFormatErrors)]...)
}

// formatName matches valid names of formats.
var formatName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)

func parseFormat(n node) *Format {
	f := &Format{
		Name: "", Title: "", About: "", Shelter: nil, zone: nil, dateOrder: "",
		aliases: nil, auto: false, escaped: false, mapping: nil, entries: map[string]condition{}, requiredColumns: nil, id: nil,
		skipRules: nil, duplicates: duplicatePolicy{reject: false, dateColumns: nil}, statuses: nil, fields: nil, evidenceFields: nil,
	}
	byName := false
	n.forEachSetting(map[string]func(node){
		"name":      setText(&f.Name),
		"title":     setText(&f.Title),
		"about":     setText(&f.About),
		"shelter":   func(n node) { f.Shelter = parseShelter(n) },
		"time_zone": func(n node) { f.zone = parseZone(n) },
		"dates":     func(n node) { f.dateOrder = vocab.DateOrder(n.oneOf(vocab.Words(vocab.DateOrders())...)) },
		"aliases":   func(n node) { f.aliases = n.texts() },
		"escaped":   func(n node) { f.escaped = n.boolean() },
		"entries": func(n node) {
			n.forEachEntry(func(list string, n node) { f.entries[columnKey(list)] = parseCondition(n) })
		},
		"columns":        func(n node) { f.requiredColumns = parseRequiredColumns(n) },
		"id":             setColumns(&f.id),
		"skip":           func(n node) { f.skipRules = parseSkipRules(n) },
		"repeats":        func(n node) { f.duplicates = parseDuplicatePolicy(n) },
		"status":         func(n node) { f.statuses = parseStatuses(n) },
		"fields":         func(n node) { f.fields, f.evidenceFields = parseFields(n) },
		"fields_by_name": func(n node) { byName = n.boolean() },
	})
	if byName {
		f.fields, f.evidenceFields = withFieldsByName(f.fields), withEvidenceByName(f.evidenceFields)
	}
	if !formatName.MatchString(f.Name) {
		n.addError("Missing or invalid name. Use lower-case letters, digits and hyphens, at most 40 characters.")
	}
	if len(f.id) == 0 {
		n.addError("Missing id: the column with the shelter's own ID of the cat.")
	}
	if len(f.fields) == 0 {
		n.addError("Missing fields: the columns that facts are read from.")
	}
	if len(f.allColumns()) > maxFormatColumns {
		n.addError("The format names more than %d columns.", maxFormatColumns)
	}
	if f.patternCost() > maxPatternCost {
		n.addError("The regular expressions are too costly. Use fewer, or smaller numbers of repetitions.")
	}
	if len(f.requiredColumns) == 0 {
		f.requiredColumns = [][]column{f.requiredByDefault()}
	}
	return f
}

// patternCost returns how many instructions the regular expressions of a format have. In the
// worst case each is run for each character of a file.
func (f *Format) patternCost() int {
	cost := 0
	for _, fld := range f.allFields() {
		for _, pattern := range []*regexp.Regexp{fld.extract, fld.dropThrough, fld.skip} {
			if pattern == nil {
				continue
			}
			parsed, err := syntax.Parse(pattern.String(), syntax.Perl)
			if err != nil {
				continue // not possible after regexp.Compile
			}
			if program, err := syntax.Compile(parsed.Simplify()); err == nil {
				cost += len(program.Inst)
			}
		}
	}
	return cost
}

// parseRequiredColumns parses a list of columns, or several alternative lists.
func parseRequiredColumns(n node) [][]column {
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 || n.Content[0].Kind != yaml.SequenceNode {
		return [][]column{n.columns()}
	}
	var sets [][]column
	for _, item := range n.items() {
		sets = append(sets, item.columns())
	}
	return sets
}

func parseZone(n node) *time.Location {
	zone, err := time.LoadLocation(n.text())
	if err != nil || n.Value == "Local" {
		n.addError("Unknown time zone %q. Expected a name such as America/New_York.", n.Value)
		return time.UTC
	}
	return zone
}

func parseSkipRules(n node) []skipRule {
	var rules []skipRule
	for _, item := range n.items() {
		var rule skipRule
		item.forEachSetting(map[string]func(node){
			"reason": setText(&rule.reason),
			"when":   func(n node) { rule.when = parseCondition(n) },
		})
		if rule.reason == "" || len(rule.when) == 0 {
			item.addError("Expected reason, a code for the report, and when.")
		}
		rules = append(rules, rule)
	}
	return rules
}

func parseDuplicatePolicy(n node) duplicatePolicy {
	var r duplicatePolicy
	keep := "newest"
	n.forEachSetting(map[string]func(node){
		"keep": func(n node) { keep = n.oneOf("newest", "none") },
		"by":   setColumns(&r.dateColumns),
	})
	r.reject = keep == "none"
	return r
}

// parseCondition parses tests of columns, as in
//
//	{Type: cat, Outcome: {blank: true}}
func parseCondition(n node) condition {
	var out condition
	n.forEachEntry(func(name string, value node) {
		t := columnTest{column: newColumn(name), anyOf: nil, noneOf: nil, prefixes: nil, blank: nil, cat: nil}
		if value.Kind == yaml.MappingNode {
			value.forEachSetting(map[string]func(node){
				"is":     func(n node) { t.anyOf = n.normalizedTexts() },
				"not":    func(n node) { t.noneOf = n.normalizedTexts() },
				"begins": func(n node) { t.prefixes = n.normalizedTexts() },
				"blank":  func(n node) { t.blank = new(n.boolean()) },
				"cat":    func(n node) { t.cat = new(n.boolean()) },
			})
		} else {
			t.anyOf = value.normalizedTexts()
		}
		out = append(out, t)
	})
	return out
}

// parseFields returns the fields of facts and those of assessments and health items.
func parseFields(n node) (facts, evidence []*field) {
	n.forEachEntry(func(name string, value node) {
		if t, ok := evidenceSetters()[name]; ok {
			evidence = append(evidence, parseField(value, name, t))
			return
		}
		t, ok := factSetters()[name]
		if !ok {
			names := slices.Sorted(maps.Keys(factSetters()))
			names = append(names, slices.Sorted(maps.Keys(evidenceSetters()))...)
			message := "Unknown fact. See docs/import.md for the list."
			if near := vocab.Suggest(name, names); near != "" {
				message = fmt.Sprintf("Unknown fact. Did you mean %q?", near)
			}
			value.addError("%s", message)
			return
		}
		facts = append(facts, parseField(value, name, t))
	})
	return sortByOrder(facts), evidence
}

// withFieldsByName adds a field for each fact that no field sets. It reads the
// column that has the fact's name.
func withFieldsByName(fields []*field) []*field {
	for _, fact := range catalog.FactTable() {
		known := slices.ContainsFunc(fields, func(f *field) bool { return f.name == fact.Name })
		if t, ok := factSetters()[fact.Name]; ok && !known {
			fields = append(fields, &field{name: fact.Name, setter: t, from: []column{newColumn(fact.FlatName())}})
		}
	}
	return sortByOrder(fields)
}

// sortByOrder sorts fields so that those that refine other facts follow them.
func sortByOrder(fields []*field) []*field {
	slices.SortStableFunc(fields, func(a, b *field) int { return cmp.Compare(a.setter.order, b.setter.order) })
	return fields
}

func parseField(n node, name string, t factSetter) *field {
	f := &field{name: name, setter: t}
	if n.Kind != yaml.MappingNode {
		f.from = n.columns()
		return f.validate(n)
	}
	known := map[string]func(node){
		"from":   setColumns(&f.from),
		"or":     setColumns(&f.fallback),
		"when":   func(n node) { f.when = parseCondition(n) },
		"only":   func(n node) { f.extract = n.pattern() },
		"past":   func(n node) { f.dropThrough = n.pattern() },
		"values": func(n node) { f.values = parseValues(n) },
	}
	special := map[string]func(node){
		"as_of":         setColumns(&f.asOf),
		"not_after":     setColumns(&f.notAfter),
		"prefix":        setText(&f.prefix),
		"split":         setText(&f.split),
		"skip":          func(n node) { f.skip = n.pattern() },
		"unit":          setText(&f.unit),
		"unit_from":     setColumns(&f.unitFrom),
		"currency":      setText(&f.currency),
		"currency_from": setColumns(&f.currencyFrom),
		"inverted":      func(n node) { f.inverted = n.boolean() },
		"zero":          func(n node) { f.zeroIsUnknown = n.oneOf("unknown", "free") == "unknown" },
		"as_is":         func(n node) { f.asIs = n.boolean() },
	}
	for _, setting := range t.settings {
		known[setting] = special[setting]
	}
	n.forEachSetting(known)
	return f.validate(n)
}

// validate returns the field after adding errors for missing and invalid
// settings.
func (f *field) validate(n node) *field {
	if len(f.from) == 0 {
		n.addError("Missing from: the column that the fact is read from.")
	}
	if f.name == "fee" && len(f.currency) != 3 {
		n.addError("Missing currency: an ISO 4217 code such as USD.")
	}
	if message := f.unitError(); message != "" {
		n.addError("%s", message)
	}
	return f
}

// unitError returns what is wrong with the unit of a field, or "".
func (f *field) unitError() string {
	known := f.unit == ""
	switch f.name {
	case "fee":
		if !slices.Contains([]string{"", centsUnit, centsInJSONUnit}, f.unit) {
			return `Expected unit "minor" for cents, or "minor_in_json" if only JSON files have cents; omit it for dollars and cents.`
		}
		return ""
	case "weight_kg":
		known = known || f.unit == localWeight || kilogramsPer(f.unit) != 0
	case "girth_cm", "body_length_cm":
		known = known || centimetersPer(f.unit) != 0
	case "age":
		known = known || slices.Contains([]string{"days", "weeks", "months", "years"}, f.unit)
	default:
		known = known || f.unit == unixTime
	}
	if !known {
		return fmt.Sprintf("Unknown unit %q for this fact.", f.unit)
	}
	return ""
}

func parseValues(n node) map[string]string {
	out := map[string]string{}
	n.forEachEntry(func(value string, replacement node) { out[normalize(value)] = replacement.text() })
	return out
}

// parseStatuses parses a single status, a list of rules, or one column with the
// meaning of values that are not words for a status:
//
//	{from: Status, values: {A: available, X: adopted}}
func parseStatuses(n node) []statusRule {
	if n.Kind == yaml.ScalarNode {
		return []statusRule{{status: parseStatus(n), reason: "", reasonFrom: column{}, when: nil}}
	}
	if n.Kind == yaml.MappingNode {
		return parseStatusColumn(n)
	}
	var rules []statusRule
	for _, item := range n.items() {
		rules = append(rules, parseStatusRule(item))
	}
	return rules
}

func parseStatusRule(n node) statusRule {
	var rule statusRule
	n.forEachSetting(map[string]func(node){
		"is":          func(n node) { rule.status = parseStatus(n) },
		"from":        func(n node) { rule.words = newColumn(n.text()) },
		"when":        func(n node) { rule.when = parseCondition(n) },
		"reason":      setText(&rule.reason),
		"reason_from": func(n node) { rule.reasonFrom = newColumn(n.text()) },
	})
	if (rule.status == "") == (rule.words.key == "") {
		n.addError("Expected is, a status, or from, a column with the status in words.")
	}
	return rule
}

func parseStatusColumn(n node) []statusRule {
	var rules []statusRule
	var from column
	n.forEachSetting(map[string]func(node){
		"from": func(n node) { from = newColumn(n.text()) },
		"values": func(n node) {
			n.forEachEntry(func(text string, value node) {
				rules = append(rules, statusRule{status: parseStatus(value), reason: "", reasonFrom: column{}, when: condition{{anyOf: []string{normalize(text)}}}})
			})
		},
	})
	if from.key == "" {
		n.addError("Missing from: the column with the status.")
	}
	for i := range rules {
		rules[i].when[0].column = from
	}
	return append(rules, statusRule{words: from})
}

func parseStatus(n node) catalog.Status {
	var names []string
	for _, s := range catalog.Statuses() {
		names = append(names, string(s))
	}
	return catalog.Status(n.oneOf(names...))
}

func parseShelter(n node) *Shelter {
	var s Shelter
	p := &s.Profile
	n.forEachSetting(map[string]func(node){
		"external_id": setText(&s.ExternalID),
		"name":        setText(&p.Name),
		"kind": func(n node) {
			var kinds []string
			for _, k := range catalog.ShelterKinds() {
				kinds = append(kinds, string(k))
			}
			p.Kind = catalog.ShelterKind(n.oneOf(kinds...))
		},
		"street":       setText(&p.Address.Street),
		"city":         setText(&p.Address.City),
		"region":       setText(&p.Address.Region),
		"postal_code":  setText(&p.Address.PostalCode),
		"country":      setText(&p.Address.Country),
		"phone":        setText(&p.Phone),
		"email":        setText(&p.Email),
		"website":      setText(&p.Website),
		"adoption_url": setText(&p.AdoptionURL),
	})
	if s.ExternalID == "" || p.Name == "" || p.Address.PostalCode == "" || p.Address.Country == "" {
		n.addError("Expected external_id, name, postal_code and country.")
	}
	return &s
}
