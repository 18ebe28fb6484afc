package api

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"trailcat/api/wire"
)

// humanize is a code in words: Leash walk for leash_walk.
func humanize(code string) string {
	words := strings.ReplaceAll(code, "_", " ")
	return strings.ToUpper(words[:1]) + words[1:]
}

func traitNames[T any](list []T, trait func(T) string) string {
	names := wire.MapSlice(list, func(item T) string { return strings.ReplaceAll(trait(item), "_", " ") })
	return strings.Join(names, ", ")
}

func points(x float64) string { return fmt.Sprintf("%.1f", x) }

// svgText is a text of at most so many letters, without those that XML cannot hold.
func svgText(text string, letters int) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar || r == '\ufffe' || r == '\uffff' {
			return -1
		}
		return r
	}, text)
	if runes := []rune(text); len(runes) > letters {
		return string(runes[:letters-1]) + "…"
	}
	return text
}

// wrapText breaks a text into lines of at most so many letters.
func wrapText(text string, letters int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > letters {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return append(lines, line)
}
