package ingest

import (
	"gopkg.in/yaml.v3"

	"trailcat/internal/catalog"
)

// parseStatuses reads a single status, a list of rules, or one column with what
// its words mean:
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
		"when":        func(n node) { rule.when = parseCondition(n) },
		"reason":      setText(&rule.reason),
		"reason_from": func(n node) { rule.reasonFrom = newColumn(n.text()) },
	})
	if rule.status == "" {
		n.addError(`needs "is", a status`)
	}
	return rule
}

func parseStatusColumn(n node) []statusRule {
	var rules []statusRule
	var from column
	n.forEachSetting(map[string]func(node){
		"from": func(n node) { from = newColumn(n.text()) },
		"values": func(n node) {
			n.forEachEntry(func(said string, value node) {
				rules = append(rules, statusRule{status: parseStatus(value), reason: "", reasonFrom: column{}, when: condition{{anyOf: []string{same(said)}}}})
			})
		},
	})
	if from.key == "" || len(rules) == 0 {
		n.addError(`needs "from", a column, and "values", what its words mean`)
	}
	for i := range rules {
		rules[i].when[0].column = from
	}
	return rules
}

func parseStatus(n node) catalog.Status {
	var names []string
	for _, s := range catalog.Statuses() {
		names = append(names, string(s))
	}
	return catalog.Status(n.oneOf(names...))
}
