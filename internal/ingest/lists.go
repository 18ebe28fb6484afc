package ingest

import "strings"

// joinList writes several texts into one field, parted by a sign. Where they hold
// the sign themselves, a backslash stands before it.
func joinList(texts []string, sign string) string {
	escaping := strings.NewReplacer(`\`, `\\`, sign, `\`+sign)
	escaped := make([]string, len(texts))
	for i, text := range texts {
		escaped[i] = escaping.Replace(text)
	}
	return strings.Join(escaped, sign)
}

// splitList parts a field as joinList wrote it. Lines are parted where they end,
// and nothing in them is escaped.
func splitList(field, sign string) []string {
	if sign == "\n" {
		return strings.Split(field, sign)
	}
	var out []string
	var b strings.Builder
	for len(field) > 0 {
		switch {
		case strings.HasPrefix(field, `\\`):
			b.WriteByte('\\')
			field = field[2:]
		case strings.HasPrefix(field, `\`+sign):
			b.WriteString(sign)
			field = field[1+len(sign):]
		case strings.HasPrefix(field, sign):
			out = append(out, b.String())
			b.Reset()
			field = field[len(sign):]
		default:
			b.WriteByte(field[0])
			field = field[1:]
		}
	}
	return append(out, b.String())
}
