package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"
	"github.com/labstack/echo/v4"
)

// sendJSON sends a thing as it is now, with a weak ETag.
func sendJSON(c echo.Context, v any) error {
	body, err := encode(v)
	if err != nil {
		return err
	}
	return sendList(c, body)
}

// encode is v as JSON, with ampersands in addresses as they are: nobody reads our JSON as HTML.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("encode answer: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// sendList sends an encoded list with a weak ETag, which is the hash of it.
func sendList(c echo.Context, body []byte) error {
	return sendTagged(c, listTag(body), body)
}

// listTag is the weak ETag of what has no version: a list, a feed, a picture.
func listTag(body []byte) string { return `W/"` + strconv.FormatUint(xxhash.Sum64(body), 36) + `"` }

// sendTagged sends an encoded answer, or 304 to a caller that holds it already.
func sendTagged(c echo.Context, etag string, body []byte) error {
	h := c.Response().Header()
	h.Set("ETag", etag)
	h.Set("Cache-Control", cacheScope(c)+", max-age=0, must-revalidate")
	if etagMatches(c.Request().Header.Values("If-None-Match"), etag) {
		return c.NoContent(http.StatusNotModified)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, body)
}

// cacheScope says whether caches may give an answer to others: not if a key was shown for it.
func cacheScope(c echo.Context) string {
	if principalFrom(c).Authenticated() {
		return "private"
	}
	return "public"
}

// etagMatches says whether one of the tags of If-None-Match is etag, by the weak
// comparison of RFC 9110. A suffix that a compressing proxy added is no difference.
func etagMatches(headers []string, etag string) bool {
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

// linkNext points to the next page, if there is one: the same question with another cursor.
func linkNext(c echo.Context, cursor string) {
	if cursor == "" {
		return
	}
	c.Response().Header().Set("Link", "<"+c.Request().URL.EscapedPath()+"?"+withCursor(c, cursor)+`>; rel="next"`)
}

// withCursor is the query of a request with another cursor, none where it is empty.
func withCursor(c echo.Context, cursor string) string {
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
