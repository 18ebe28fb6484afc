package api

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/tidwall/gjson"

	"trailcat/internal/catalog"
)

// readCat reads a cat from the body of a request that is of one of the media
// types. The external id is the one that the address names, if it names one.
func (a *API) readCat(c echo.Context, externalID string, types ...string) (*draft, error) {
	if err := sentAs(c, types...); err != nil {
		return nil, err
	}
	body, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return nil, fmt.Errorf("read body: %w", err)
	}
	v, err := parseJSON(body)
	if err != nil {
		return nil, &catalog.Error{Kind: catalog.Malformed, Code: "malformed_body", Faults: nil, Detail: "The body is no JSON: " + notJSON(err) + "."}
	}
	d := readDraft(v, externalID, a.today())
	return d, d.bad.Err(catalog.Invalid)
}

// sentAs refuses a body of another media type.
func sentAs(c echo.Context, types ...string) error {
	sent, _, _ := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType))
	if slices.Contains(types, sent) {
		return nil
	}
	return &httpError{http.StatusUnsupportedMediaType, "unsupported_media_type", "Send the body as JSON, with Content-Type: " + strings.Join(types, " or ") + "."}
}

// parseJSON parses what is one JSON value, with nothing after it. The standard
// library judges it, for it bounds how deep values may nest; gjson then finds
// its way in it without taking it apart first.
func parseJSON(body []byte) (gjson.Result, error) {
	if !json.Valid(body) {
		if len(strings.TrimSpace(string(body))) == 0 {
			return gjson.Result{}, io.EOF
		}
		var value json.RawMessage
		return gjson.Result{}, json.Unmarshal(body, &value)
	}
	return gjson.ParseBytes(body), nil
}
