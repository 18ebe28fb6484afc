package ingest

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"trailcat/internal/catalog"
)

// formatFact returns the function that formats a fact for our own table. A fact
// that is not known is empty.
func formatFact(fact catalog.Fact) func(*catalog.Cat) string {
	switch at := fact.At.(type) {
	case func(*catalog.Facts) *string:
		return func(c *catalog.Cat) string { return *at(&c.Facts) }
	case func(*catalog.Facts) *time.Time:
		if fact.Kind == catalog.KindDate {
			return formatBy(at, formatDate)
		}
		return formatBy(at, formatTime)
	case func(*catalog.Facts) **bool:
		return formatBy(at, formatBool)
	case func(*catalog.Facts) *bool:
		return formatBy(at, formatFlag)
	case func(*catalog.Facts) **float64:
		return formatBy(at, formatMeasure)
	case func(*catalog.Facts) **int64:
		return formatBy(at, formatAmount)
	case func(*catalog.Facts) *[]string:
		return formatBy(at, func(list []string) string { return joinList(list, "|") })
	case func(*catalog.Facts) *[]catalog.Photo:
		return formatBy(at, formatMorePhotos)
	case func(*catalog.Facts) *[]catalog.Video:
		return formatBy(at, formatVideos)
	default:
		panic("ingest: facts of the type of " + fact.Name + " have no column")
	}
}

func formatBy[T any](at func(*catalog.Facts) *T, format func(T) string) func(*catalog.Cat) string {
	return func(c *catalog.Cat) string { return format(*at(&c.Facts)) }
}

func formatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

func formatDate(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

func formatBool(answer *bool) string {
	switch {
	case answer == nil:
		return ""
	case *answer:
		return "yes"
	default:
		return "no"
	}
}

func formatFlag(is bool) string {
	if is {
		return "yes"
	}
	return ""
}

func formatMeasure(n *float64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatFloat(*n, 'f', -1, 64)
}

func formatAmount(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

func formatPhoto(i int) func(*catalog.Cat) string {
	return func(c *catalog.Cat) string {
		if i >= len(c.Photos) {
			return ""
		}
		return c.Photos[i].URL
	}
}

// formatMorePhotos formats the photos that have no column of their own.
func formatMorePhotos(photos []catalog.Photo) string {
	var urls []string
	for i := ownPhotos; i < len(photos); i++ {
		urls = append(urls, photos[i].URL)
	}
	return strings.Join(urls, "\n")
}

// formatVideos formats a video as the URL of its page, or of its player if it has none.
func formatVideos(videos []catalog.Video) string {
	var urls []string
	for _, v := range videos {
		urls = append(urls, cmp.Or(v.URL, v.EmbedURL))
	}
	return strings.Join(urls, "\n")
}
