package ingest

import "strings"

// formulaSigns are what a spreadsheet takes for the beginning of a formula, or
// passes over on its way to one.
const formulaSigns = "=+-@\t\r\n"

// EscapeFormula keeps a field of a table from being a formula: =cmd becomes '=cmd. A
// field that looks escaped already gets one more, so that our own format always
// has it back.
func EscapeFormula(field string) string {
	if isFormula(field) {
		return "'" + field
	}
	return field
}

func unescapeFormula(field string) string {
	if strings.HasPrefix(field, "'") && isFormula(field) {
		return field[1:]
	}
	return field
}

func isFormula(field string) bool {
	bare := strings.TrimLeft(field, "'")
	return bare != "" && strings.ContainsRune(formulaSigns, rune(bare[0]))
}
