package httpkit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
)

// MergePatchType is the media type of a JSON merge patch (RFC 7396).
const MergePatchType = "application/merge-patch+json"

// BindQuery reads the query of a request into the struct that in points to, by the rules
// of binding.BindValues. The caller may add to the field errors; the error is for a
// query that cannot be parsed.
func BindQuery(c echo.Context, in any) (catalog.FieldErrors, error) {
	values, err := binding.ParseQuery(c.Request().URL.RawQuery)
	if err != nil {
		return nil, err
	}
	return binding.BindValues(values, in), nil
}

// BindValidQuery is BindQuery for a query without further rules: it returns all field
// errors as one error.
func BindValidQuery(c echo.Context, in any) error {
	errs, err := BindQuery(c, in)
	if err != nil {
		return err
	}
	return errs.Err(catalog.Malformed)
}

// BindBody reads the JSON body of a request into the struct that in points to, by the
// rules of binding.DecodeJSON. The caller may add to the field errors; the error is for
// a body that cannot be parsed.
func BindBody(c echo.Context, in any) (catalog.FieldErrors, error) {
	value, err := readJSON(c, echo.MIMEApplicationJSON)
	if err != nil {
		return nil, err
	}
	return binding.DecodeJSON(value, in), nil
}

// ReadPatch reads the body of a PATCH.
func ReadPatch(c echo.Context) (binding.MergePatch, error) {
	value, err := readJSON(c, MergePatchType, echo.MIMEApplicationJSON)
	if err != nil {
		return nil, err
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil, catalog.Errorf(catalog.Malformed, errcode.MalformedBody, "Expected an object with the fields to change.")
	}
	return object, nil
}

// ReadConditionalPatch reads the body of a PATCH and the version in If-Match, which is 0
// for any version.
func ReadConditionalPatch(c echo.Context, log catalog.LogPosition) (version int64, patch binding.MergePatch, err error) {
	if version, err = IfMatch(c, log); err != nil {
		return 0, nil, err
	}
	patch, err = ReadPatch(c)
	return version, patch, err
}

// CheckMediaType returns an error unless the body of a request has one of the media types.
func CheckMediaType(c echo.Context, types ...string) error {
	sent, _, _ := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType))
	if slices.Contains(types, sent) {
		return nil
	}
	return NewHTTPError(http.StatusUnsupportedMediaType, errcode.UnsupportedMediaType, "Send the body as JSON, with Content-Type: "+strings.Join(types, " or ")+".")
}

// MalformedBody returns the error for a body that is not valid JSON.
func MalformedBody(err error) error {
	return catalog.Errorf(catalog.Malformed, errcode.MalformedBody, "%s", binding.JSONErrorMessage("request body", err))
}

// readJSON decodes a body of one of the media types. Numbers become json.Number.
func readJSON(c echo.Context, types ...string) (any, error) {
	if err := CheckMediaType(c, types...); err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(c.Request().Body)
	decoder.UseNumber()
	var value any
	err := decoder.Decode(&value)
	if err == nil {
		if _, more := decoder.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("unexpected data after the JSON value")
		}
	}
	_, tooLarge := errors.AsType[*http.MaxBytesError](err)
	_, unreadable := errors.AsType[*httpError](err)
	switch {
	case tooLarge || unreadable:
		return nil, fmt.Errorf("read body: %w", err)
	case err != nil:
		return nil, MalformedBody(err)
	}
	return value, nil
}

// ParseForm parses the body of a form, which is multipart if its content type says so and
// otherwise form-encoded. Files in a multipart form are ignored. With an error it returns
// the values that can be parsed.
func ParseForm(contentType string, body []byte) (url.Values, error) {
	mediaType, params, err := mime.ParseMediaType(contentType)
	if err != nil || mediaType != echo.MIMEMultipartForm {
		return url.ParseQuery(string(body))
	}
	form, err := multipart.NewReader(bytes.NewReader(body), params["boundary"]).ReadForm(int64(len(body)))
	if err != nil {
		return url.Values{}, err
	}
	return form.Value, nil
}

// UnescapeForm decodes a form-encoded string. A string that is not form-encoded is
// returned unchanged.
func UnescapeForm(s string) string {
	if decoded, err := url.QueryUnescape(s); err == nil {
		return decoded
	}
	return s
}
