package api

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"trailcat/internal/catalog"
)

// mergePatch says what is to change: what it does not name stays, and null clears.
type mergePatch map[string]any

// readChange reads the version that a PATCH is for, 0 for any, and its body.
func readChange(c echo.Context) (version int64, patch mergePatch, err error) {
	if version, err = ifMatch(c); err != nil {
		return 0, nil, err
	}
	patch, err = readPatch(c)
	return version, patch, err
}

// readPatch reads the body of a PATCH.
func readPatch(c echo.Context) (mergePatch, error) {
	value, err := readJSON(c, mergePatchType, echo.MIMEApplicationJSON)
	if err != nil {
		return nil, err
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil, &catalog.Error{Kind: catalog.Malformed, Code: "malformed_body", Faults: nil, Detail: "The body must be an object with the fields to change."}
	}
	return object, nil
}

// applyPatch lays a patch over a draft and returns what becomes of it. The faults are
// those of what the patch names: what is there already may be older than our rules.
func applyPatch[T any](patch mergePatch, draft T) (out T, bad catalog.FieldErrors, err error) {
	bad, err = applyMergePatch(map[string]any(patch), draft, &out)
	return out, slices.DeleteFunc(bad, func(f catalog.FieldError) bool { return !patch.names(f.Pointer) }), err
}

// names says whether the patch speaks of what a pointer points to.
func (p mergePatch) names(pointer string) bool {
	for field := range p {
		if at := "/" + pointerToken(field); pointer == at || strings.HasPrefix(pointer, at+"/") {
			return true
		}
	}
	return false
}

// versionTag is the ETag of one version of a thing.
func versionTag(version int64) string { return `"v` + strconv.FormatInt(version, 10) + `"` }

// ifMatch is the version that a write is meant for, from If-Match; 0 means any.
// Of our ETags only the version counts: what follows it, as in "v7-41", says how
// the thing was shown.
func ifMatch(c echo.Context) (int64, error) {
	header := strings.TrimSpace(c.Request().Header.Get("If-Match"))
	if header == "" || header == "*" {
		return 0, nil
	}
	tag := strings.Trim(strings.TrimPrefix(header, "W/"), `"`)
	digits, _, _ := strings.Cut(strings.TrimPrefix(tag, "v"), "-")
	version, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || version < 1 || !strings.HasPrefix(tag, "v") {
		return 0, &catalog.Error{
			Kind: catalog.PreconditionFailed, Code: "version_mismatch", Faults: nil,
			Detail: fmt.Sprintf("If-Match is %s, which is no ETag of this thing. Send the ETag that you got with it.", header),
		}
	}
	return version, nil
}
