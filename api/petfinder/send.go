package petfinder

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

// encode is v as JSON, with ampersands in addresses as they are.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("encode answer: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// sendJSON sends a thing as it is now.
func sendJSON(c echo.Context, v any) error {
	body, err := encode(v)
	if err != nil {
		return err
	}
	return send(c, body)
}

// send sends an encoded answer with its hash as ETag, or 304 to a caller that
// holds it already.
func send(c echo.Context, body []byte) error {
	etag := `W/"` + strconv.FormatUint(xxhash.Sum64(body), 36) + `"`
	h := c.Response().Header()
	h.Set("ETag", etag)
	h.Set("Cache-Control", "private, max-age=0, must-revalidate")
	for _, held := range c.Request().Header.Values("If-None-Match") {
		for tag := range strings.SplitSeq(held, ",") {
			if tag = strings.TrimSpace(tag); tag == "*" || strings.TrimPrefix(tag, "W/") == etag[2:] {
				return c.NoContent(http.StatusNotModified)
			}
		}
	}
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, body)
}
