package ingest

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// What a field of our own table says of a fact. An empty field says nothing.

func formatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

func sayDate(t time.Time) string {
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

func sayBreedUnknown(b vocab.Breed) string {
	if b.Unknown {
		return "yes"
	}
	return ""
}

func sayMeasure(n *float64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatFloat(*n, 'f', -1, 64)
}

func sayAmount(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

func sayPhoto(i int) func(catalog.Cat) string {
	return func(c catalog.Cat) string {
		if i >= len(c.Photos) {
			return ""
		}
		return c.Photos[i].URL
	}
}

func sayMorePhotos(c catalog.Cat) string {
	var urls []string
	for i := ownPhotos; i < len(c.Photos); i++ {
		urls = append(urls, c.Photos[i].URL)
	}
	return strings.Join(urls, "\n")
}

// sayVideos tells a video by its page, or by its player where it has none.
func sayVideos(c catalog.Cat) string {
	var urls []string
	for _, v := range c.Videos {
		urls = append(urls, cmp.Or(v.URL, v.EmbedURL))
	}
	return strings.Join(urls, "\n")
}
