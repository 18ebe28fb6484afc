package httpkit

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"trailcat/internal/binding"
	"trailcat/internal/catalog"
)

// ReadConditionalPatch reads the version that a PATCH is for, 0 for any, and its body.
func ReadConditionalPatch(c echo.Context) (version int64, patch binding.MergePatch, err error) {
	if version, err = IfMatch(c); err != nil {
		return 0, nil, err
	}
	patch, err = ReadPatch(c)
	return version, patch, err
}

// ReadPatch reads the body of a PATCH.
func ReadPatch(c echo.Context) (binding.MergePatch, error) {
	value, err := readJSON(c, MergePatchType, echo.MIMEApplicationJSON)
	if err != nil {
		return nil, err
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil, &catalog.Error{Kind: catalog.Malformed, Code: "malformed_body", Fields: nil, Detail: "The body must be an object with the fields to change."}
	}
	return object, nil
}

// VersionETag is the ETag of one version of a thing.
func VersionETag(version int64) string { return `"v` + strconv.FormatInt(version, 10) + `"` }

// IfMatch is the version that a write is meant for, from If-Match; 0 means any.
// Of our ETags only the version counts: what follows it, as in "v7-41", says how
// the thing was shown.
func IfMatch(c echo.Context) (int64, error) {
	header := strings.TrimSpace(c.Request().Header.Get("If-Match"))
	if header == "" || header == "*" {
		return 0, nil
	}
	tag := strings.Trim(strings.TrimPrefix(header, "W/"), `"`)
	digits, _, _ := strings.Cut(strings.TrimPrefix(tag, "v"), "-")
	version, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || version < 1 || !strings.HasPrefix(tag, "v") {
		return 0, &catalog.Error{
			Kind: catalog.PreconditionFailed, Code: "version_mismatch", Fields: nil,
			Detail: fmt.Sprintf("If-Match is %s, which is no ETag of this thing. Send the ETag that you got with it.", header),
		}
	}
	return version, nil
}
