package petfinder

import (
	"math"
	"strings"
	"time"

	"trailcat/internal/geo"
)

// formatTime returns a time in Petfinder's format. It is not RFC 3339: the offset has no
// colon.
func formatTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05-0700") }

// truncateWords returns a text of at most limit characters, cut between words, followed
// by three dots if it was cut. A limit of 0 is unlimited.
func truncateWords(text string, limit int) string {
	runes := []rune(text)
	if limit <= 0 || len(runes) <= limit {
		return text
	}
	cut := string(runes[:limit])
	if runes[limit] != ' ' {
		if space := strings.LastIndexAny(cut, " \n"); space > 0 {
			cut = cut[:space]
		}
	}
	return strings.TrimRight(cut, " \n") + "..."
}

// miles converts kilometers to miles with four decimals.
func miles(km float64) float64 { return math.Round(km/geo.KmPerMile*1e4) / 1e4 }

// orNull returns a pointer to s, or nil if s is empty.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// orEmpty returns the list, or an empty list if it is nil, which JSON encodes as null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func isTrue(b *bool) bool { return b != nil && *b }
