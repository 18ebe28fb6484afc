package httpkit

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"
	"github.com/labstack/echo/v4"

	"trailcat/internal/binding"
)

// SendJSON sends a thing as it is now, with a weak ETag.
func SendJSON(c echo.Context, v any) error {
	body, err := binding.EncodeJSON(v)
	if err != nil {
		return err
	}
	return SendEncoded(c, body)
}

// SendEncoded sends an encoded list with a weak ETag, which is the hash of it.
func SendEncoded(c echo.Context, body []byte) error {
	return SendTagged(c, WeakETag(body), body)
}

// WeakETag is the weak ETag of what has no version: a list, a feed, a picture.
func WeakETag(body []byte) string { return `W/"` + strconv.FormatUint(xxhash.Sum64(body), 36) + `"` }

// SendTagged sends an encoded answer, or 304 to a caller that holds it already.
func SendTagged(c echo.Context, etag string, body []byte) error {
	h := c.Response().Header()
	h.Set("ETag", etag)
	h.Set("Cache-Control", CacheScope(c)+", max-age=0, must-revalidate")
	if ETagMatches(c.Request().Header.Values("If-None-Match"), etag) {
		return c.NoContent(http.StatusNotModified)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, body)
}

// privateKey is the name of the context value that markPrivate sets.
const privateKey = "private"

// MarkPrivate makes the answer to a request one that shared caches must not store.
func MarkPrivate(c echo.Context) { c.Set(privateKey, true) }

// CacheScope says whether caches may give an answer to others: not if a key was shown for it.
func CacheScope(c echo.Context) string {
	if private, _ := c.Get(privateKey).(bool); private {
		return "private"
	}
	return "public"
}

// ETagMatches says whether one of the tags of If-None-Match is etag, by the weak
// comparison of RFC 9110. A suffix that a compressing proxy added is no difference.
func ETagMatches(headers []string, etag string) bool {
	opaque := func(tag string) string {
		tag = strings.Trim(strings.TrimPrefix(strings.TrimSpace(tag), "W/"), `"`)
		for _, coding := range []string{"-gzip", "-zstd", "-br"} {
			tag = strings.TrimSuffix(tag, coding)
		}
		return tag
	}
	for _, header := range headers {
		for tag := range strings.SplitSeq(header, ",") {
			if strings.TrimSpace(tag) == "*" || opaque(tag) == opaque(etag) {
				return true
			}
		}
	}
	return false
}

// LinkNext points to the next page, if there is one: the same question with another cursor.
func LinkNext(c echo.Context, cursor string) {
	if cursor == "" {
		return
	}
	c.Response().Header().Set("Link", "<"+c.Request().URL.EscapedPath()+"?"+WithCursor(c, cursor)+`>; rel="next"`)
}

// WithCursor is the query of a request with another cursor, none where it is empty.
func WithCursor(c echo.Context, cursor string) string {
	var parts []string
	for part := range strings.SplitSeq(c.Request().URL.RawQuery, "&") {
		if part != "" && !strings.HasPrefix(part, "cursor=") {
			parts = append(parts, part)
		}
	}
	if cursor != "" {
		parts = append(parts, "cursor="+cursor)
	}
	return strings.Join(parts, "&")
}
