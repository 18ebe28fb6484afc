package httpkit

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"trailcat/internal/binding"
	"trailcat/internal/catalog"
)

// BindBody reads the JSON body of a request into the struct that in points to.
// As with queries, the tags from which the documentation is made are the rules:
// enums, minimum, maximum, maxLength, and omitempty or validate:"optional" for
// what may be left out. Null is the same as left out. The faults, each with a pointer, are
// for the caller to add to; the error is for a body that cannot be read at all.
func BindBody(c echo.Context, in any) (catalog.FieldErrors, error) {
	value, err := readJSON(c, echo.MIMEApplicationJSON)
	if err != nil {
		return nil, err
	}
	var bad catalog.FieldErrors
	binding.DecodeJSON(&bad, "", reflect.ValueOf(in).Elem(), "", value)
	return bad, nil
}

const MergePatchType = "application/merge-patch+json"

// readJSON reads a body of one of the media types; numbers stay as they are written.
func readJSON(c echo.Context, types ...string) (any, error) {
	sent, _, err := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType))
	if err != nil || !slices.Contains(types, sent) {
		return nil, NewHTTPError(http.StatusUnsupportedMediaType, "unsupported_media_type", "Send the body as JSON, with Content-Type: "+strings.Join(types, " or ")+".")
	}
	decoder := json.NewDecoder(c.Request().Body)
	decoder.UseNumber()
	var value any
	err = decoder.Decode(&value)
	if err == nil {
		if _, more := decoder.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("something follows after its end")
		}
	}
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, NewHTTPError(http.StatusRequestEntityTooLarge, "body_too_large", fmt.Sprintf("The body is larger than %d bytes.", tooLarge.Limit))
	case err != nil:
		return nil, &catalog.Error{Kind: catalog.Malformed, Code: "malformed_body", Fields: nil, Detail: "The body is no JSON: " + binding.DescribeJSONError(err) + "."}
	}
	return value, nil
}
