package petfinder

import (
	"strings"
	"time"
)

// moment is a time as Petfinder writes it, which is not RFC 3339: the offset has no colon.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05-0700") }

// truncateWords ends a text after so many letters, between words, with three dots. 0 leaves it whole.
func truncateWords(text string, letters int) string {
	runes := []rune(text)
	if letters <= 0 || len(runes) <= letters {
		return text
	}
	begun := string(runes[:letters])
	if runes[letters] != ' ' {
		if space := strings.LastIndexAny(begun, " \n"); space > 0 {
			begun = begun[:space]
		}
	}
	return strings.TrimRight(begun, " \n") + "..."
}

// orNull is s, or null where nothing was said.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// orEmpty is list, or an empty list rather than null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func isTrue(b *bool) bool { return b != nil && *b }

// dayOf is the day of t in UTC, counted.
func dayOf(t time.Time) int64 { return t.Unix() / (24 * 60 * 60) }
