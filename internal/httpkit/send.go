package httpkit

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"trailcat/internal/binding"
)

// SendJSON sends v as JSON with a weak ETag.
func SendJSON(c echo.Context, v any) error {
	body, err := binding.EncodeJSON(v)
	if err != nil {
		return err
	}
	return SendEncoded(c, body)
}

// SendEncoded sends encoded JSON with a weak ETag.
func SendEncoded(c echo.Context, body []byte) error {
	return SendTagged(c, WeakETag(body), body)
}

// SendTagged sends encoded JSON with an ETag, or status 304 if If-None-Match has the ETag.
func SendTagged(c echo.Context, etag string, body []byte) error {
	return sendTagged(c, echo.MIMEApplicationJSON, "", etag, body)
}

// SendCompressed is SendTagged for a body that has a content coding already, which may be
// empty.
func SendCompressed(c echo.Context, etag, encoding string, body []byte) error {
	return sendTagged(c, echo.MIMEApplicationJSON, encoding, etag, body)
}

// SendFile sends a file of a media type with a weak ETag.
func SendFile(c echo.Context, mediaType string, body []byte) error {
	return sendTagged(c, mediaType, "", WeakETag(body), body)
}

func sendTagged(c echo.Context, mediaType, encoding, etag string, body []byte) error {
	h := c.Response().Header()
	h.Set("ETag", etag)
	h.Set("Cache-Control", CacheScope(c)+", max-age=0, must-revalidate")
	if ETagMatches(c.Request().Header.Values("If-None-Match"), etag) {
		return c.NoContent(http.StatusNotModified)
	}
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	return c.Blob(http.StatusOK, mediaType, body)
}

// privateKey is the key of the context value that MarkPrivate sets.
const privateKey = "private"

// MarkPrivate forbids shared caches to store the response to a request.
func MarkPrivate(c echo.Context) { c.Set(privateKey, true) }

// CacheScope returns the Cache-Control directive for the response to a request: private
// after MarkPrivate, otherwise public.
func CacheScope(c echo.Context) string {
	if private, _ := c.Get(privateKey).(bool); private {
		return "private"
	}
	return "public"
}

// LinkNext sets the Link header to the next page of a list. It does nothing if cursor is
// empty.
func LinkNext(c echo.Context, cursor string) {
	if cursor == "" {
		return
	}
	c.Response().Header().Set("Link", "<"+c.Request().URL.EscapedPath()+"?"+WithCursor(c, cursor)+`>; rel="next"`)
}

// WithCursor returns the query of a request with its cursor replaced, or without a cursor
// if cursor is empty.
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
