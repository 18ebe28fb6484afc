package ingest

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/vocab"
)

// node is a node of a YAML file. It collects the errors of the file, each with
// its line, so that all are reported at once.
type node struct {
	*yaml.Node

	path string // a JSON pointer
	errs *catalog.FieldErrors
}

// addError adds an error at the line of the node.
func (n node) addError(format string, args ...any) {
	at := n.path
	if at == "" {
		at = "/"
	}
	n.errs.Check(false, at, errcode.Invalid, fmt.Sprintf("Line %d: ", n.Line)+fmt.Sprintf(format, args...))
}

// forEachEntry calls fn for every entry of a mapping.
func (n node) forEachEntry(fn func(key string, value node)) {
	if n.Kind != yaml.MappingNode {
		n.addError("Expected a mapping of names to values.")
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i].Value, n.Content[i+1]
		if value.Kind == yaml.AliasNode {
			value = value.Alias
		}
		at := node{Node: value, path: n.path + "/" + name, errs: n.errs}
		if seen[name] {
			at.addError("%s appears more than once.", name)
			continue
		}
		seen[name] = true
		fn(name, at)
	}
}

// forEachSetting calls the function of each key of a mapping. Unknown keys are
// errors.
func (n node) forEachSetting(known map[string]func(node)) {
	n.forEachEntry(func(key string, value node) {
		if fn, ok := known[key]; ok {
			fn(value)
			return
		}
		names := slices.Sorted(maps.Keys(known))
		message := fmt.Sprintf("Unknown key %q. Expected one of %s.", key, strings.Join(names, ", "))
		if near := vocab.Suggest(key, names); near != "" {
			message = fmt.Sprintf("Unknown key %q. Did you mean %q?", key, near)
		}
		value.addError("%s", message)
	})
}

// items returns the entries of a list.
func (n node) items() []node {
	if n.Kind != yaml.SequenceNode {
		n.addError("Expected a list.")
		return nil
	}
	var out []node
	for i, item := range n.Content {
		out = append(out, node{Node: item, path: fmt.Sprintf("%s/%d", n.path, i), errs: n.errs})
	}
	return out
}

// text returns a single value as it is.
func (n node) text() string {
	if n.Kind != yaml.ScalarNode {
		n.addError("Expected a single value.")
		return ""
	}
	return n.Value
}

// texts returns one value or a list of them.
func (n node) texts() []string {
	if n.Kind == yaml.ScalarNode {
		return []string{n.Value}
	}
	var out []string
	for _, item := range n.items() {
		out = append(out, item.text())
	}
	return out
}

func (n node) columns() []column {
	var out []column
	for _, name := range n.texts() {
		if strings.TrimSpace(name) == "" {
			n.addError("Expected the name of a column, got an empty text.")
		}
		out = append(out, newColumn(name))
	}
	return out
}

// normalizedTexts returns texts in the form in which they are compared; see normalize.
func (n node) normalizedTexts() []string {
	var out []string
	for _, text := range n.texts() {
		out = append(out, normalize(text))
	}
	return out
}

func (n node) boolean() bool {
	switch n.text() {
	case "true", "yes":
		return true
	case "false", "no":
		return false
	default:
		n.addError("Expected true or false.")
		return false
	}
}

// maxPattern is the maximum length of a regular expression, in bytes.
const maxPattern = 1000

func (n node) pattern() *regexp.Regexp {
	text := n.text()
	if len(text) > maxPattern {
		n.addError("The regular expression has more than %d characters.", maxPattern)
		return nil
	}
	re, err := regexp.Compile(text)
	if err != nil {
		n.addError("Invalid regular expression: %v.", err)
		return nil
	}
	return re
}

// oneOf returns a text that must be one of several.
func (n node) oneOf(known ...string) string {
	value := n.text()
	if !slices.Contains(known, value) {
		n.addError("Expected one of %s, got %q.", strings.Join(known, ", "), value)
	}
	return value
}

func setText(at *string) func(node)      { return func(n node) { *at = n.text() } }
func setColumns(at *[]column) func(node) { return func(n node) { *at = n.columns() } }
