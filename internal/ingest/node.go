package ingest

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// node is a place in a YAML file. It notes what is wrong there, so that all the
// faults of a file are told at once, each with its line.
type node struct {
	*yaml.Node

	path string // as a JSON pointer
	errs *catalog.FieldErrors
}

func (n node) addError(format string, args ...any) {
	at := n.path
	if at == "" {
		at = "/"
	}
	n.errs.Check(false, at, "invalid", fmt.Sprintf("line %d: ", n.Line)+fmt.Sprintf(format, args...))
}

// forEachEntry calls take for every entry of a mapping.
func (n node) forEachEntry(take func(key string, value node)) {
	if n.Kind != yaml.MappingNode {
		n.addError("is not a mapping of names to values")
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
			at.addError("stands here twice")
			continue
		}
		seen[name] = true
		take(name, at)
	}
}

// forEachSetting calls the function that belongs to each key of a mapping. Other keys are faults.
func (n node) forEachSetting(known map[string]func(node)) {
	n.forEachEntry(func(key string, value node) {
		if take, ok := known[key]; ok {
			take(value)
			return
		}
		names := slices.Sorted(maps.Keys(known))
		said := "is not known here; there are " + strings.Join(names, ", ")
		if near := vocab.Suggest(key, names); near != "" {
			said = fmt.Sprintf("is not known here; did you mean %q?", near)
		}
		value.addError("%s", said)
	})
}

// items are the entries of a list.
func (n node) items() []node {
	if n.Kind != yaml.SequenceNode {
		n.addError("is not a list")
		return nil
	}
	var out []node
	for i, item := range n.Content {
		out = append(out, node{Node: item, path: fmt.Sprintf("%s/%d", n.path, i), errs: n.errs})
	}
	return out
}

// text is a single value as it stands.
func (n node) text() string {
	if n.Kind != yaml.ScalarNode {
		n.addError("is not a single value")
		return ""
	}
	return n.Value
}

// texts are one value or a list of them.
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
			n.addError("names a column without a name")
		}
		out = append(out, newColumn(name))
	}
	return out
}

// normalizedTexts are texts in the form in which they are compared.
func (n node) normalizedTexts() []string {
	var out []string
	for _, said := range n.texts() {
		out = append(out, same(said))
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
		n.addError("is neither true nor false")
		return false
	}
}

func (n node) pattern() *regexp.Regexp {
	re, err := regexp.Compile(n.text())
	if err != nil {
		n.addError("is no regular expression: %v", err)
		return nil
	}
	return re
}

// oneOf is a text that must be one of several.
func (n node) oneOf(known ...string) string {
	said := n.text()
	if !slices.Contains(known, said) {
		n.addError("%q is none of %s", said, strings.Join(known, ", "))
	}
	return said
}

func setText(at *string) func(node)      { return func(n node) { *at = n.text() } }
func setColumns(at *[]column) func(node) { return func(n node) { *at = n.columns() } }
