package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"trailcat/internal/catalog"
)

// bindBody reads the JSON body of a request into the struct that in points to.
// As with queries, the tags from which the documentation is made are the rules:
// enums, minimum, maximum, maxLength, and omitempty or validate:"optional" for
// what may be left out. Null is the same as left out. The faults, each with a pointer, are
// for the caller to add to; the error is for a body that cannot be read at all.
func bindBody(c echo.Context, in any) (catalog.FieldErrors, error) {
	value, err := readJSON(c, echo.MIMEApplicationJSON)
	if err != nil {
		return nil, err
	}
	var bad catalog.FieldErrors
	decodeValue(&bad, "", reflect.ValueOf(in).Elem(), "", value)
	return bad, nil
}

const mergePatchType = "application/merge-patch+json"

// applyMergePatch lays a merge patch (RFC 7396) over the form of a thing as it is, and
// reads the result into the struct that in points to, by the rules of bindBody.
func applyMergePatch(patch, now, in any) (catalog.FieldErrors, error) {
	text, err := json.Marshal(now)
	if err != nil {
		return nil, fmt.Errorf("lay out what is to be patched: %w", err)
	}
	var before any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&before); err != nil {
		return nil, fmt.Errorf("lay out what is to be patched: %w", err)
	}
	var bad catalog.FieldErrors
	decodeValue(&bad, "", reflect.ValueOf(in).Elem(), "", merged(before, patch))
	return bad, nil
}

// merged is a value with a merge patch over it.
func merged(value, patch any) any {
	changes, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	out, _ := value.(map[string]any)
	out = maps.Clone(out)
	if out == nil {
		out = map[string]any{}
	}
	for name, change := range changes {
		if change == nil {
			delete(out, name)
		} else {
			out[name] = merged(out[name], change)
		}
	}
	return out
}

// readJSON reads a body of one of the media types; numbers stay as they are written.
func readJSON(c echo.Context, types ...string) (any, error) {
	sent, _, err := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType))
	if err != nil || !slices.Contains(types, sent) {
		return nil, &httpError{http.StatusUnsupportedMediaType, "unsupported_media_type", "Send the body as JSON, with Content-Type: " + strings.Join(types, " or ") + "."}
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
		return nil, &httpError{http.StatusRequestEntityTooLarge, "body_too_large", fmt.Sprintf("The body is larger than %d bytes.", tooLarge.Limit)}
	case err != nil:
		return nil, &catalog.Error{Kind: catalog.Malformed, Code: "malformed_body", Faults: nil, Detail: "The body is no JSON: " + notJSON(err) + "."}
	}
	return value, nil
}

func notJSON(err error) string {
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, io.EOF):
		return "it is empty"
	case errors.As(err, &syntax):
		return fmt.Sprintf("%s, at byte %d", strings.TrimPrefix(syntax.Error(), "json: "), syntax.Offset)
	default:
		return strings.TrimPrefix(err.Error(), "json: ")
	}
}
