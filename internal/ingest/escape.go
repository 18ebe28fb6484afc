package ingest

import (
	"strings"
	"unicode/utf8"
)

// formulaSigns are the characters that begin a formula in a spreadsheet, or that
// a spreadsheet skips before one. Spreadsheets in East Asian languages also accept
// the full-width forms.
const formulaSigns = "=+-@＝＋－＠\t\r\n"

// EscapeFormula returns a field that no spreadsheet takes for a formula: =cmd
// becomes '=cmd. A field that already looks escaped gets one more quote, so that
// the native format restores it.
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
	first, size := utf8.DecodeRuneInString(bare)
	return size > 0 && strings.ContainsRune(formulaSigns, first)
}

// joinList joins texts with a separator. A separator inside a text is escaped by
// a backslash.
func joinList(texts []string, separator string) string {
	escaping := strings.NewReplacer(`\`, `\\`, separator, `\`+separator)
	escaped := make([]string, len(texts))
	for i, text := range texts {
		escaped[i] = escaping.Replace(text)
	}
	return strings.Join(escaped, separator)
}

// splitList splits a field that joinList joined. With "\n" as separator nothing
// is escaped.
func splitList(field, separator string) []string {
	if separator == "\n" {
		return strings.Split(field, separator)
	}
	var out []string
	var b strings.Builder
	for len(field) > 0 {
		switch {
		case strings.HasPrefix(field, `\\`):
			b.WriteByte('\\')
			field = field[2:]
		case strings.HasPrefix(field, `\`+separator):
			b.WriteString(separator)
			field = field[1+len(separator):]
		case strings.HasPrefix(field, separator):
			out = append(out, b.String())
			b.Reset()
			field = field[len(separator):]
		default:
			b.WriteByte(field[0])
			field = field[1:]
		}
	}
	return append(out, b.String())
}
