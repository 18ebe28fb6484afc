package httpkit

import (
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"
	"github.com/labstack/echo/v4"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
)

// VersionETag returns the strong ETag of a version of a resource, such as "v7".
func VersionETag(version int64, log catalog.LogPosition) string {
	return `"v` + log.Tagged(version) + `"`
}

// WeakETag returns the weak ETag of a body without a version, such as a list: its hash.
func WeakETag(body []byte) string { return `W/"` + strconv.FormatUint(xxhash.Sum64(body), 36) + `"` }

// IfMatch returns the version in the If-Match header, or 0 for any version. Only the
// version of an ETag counts; the rest, as in "v7-41", depends on the representation. An
// ETag from before the log was set back matches nothing.
func IfMatch(c echo.Context, log catalog.LogPosition) (int64, error) {
	header := strings.TrimSpace(c.Request().Header.Get("If-Match"))
	if header == "" || header == "*" {
		return 0, nil
	}
	tag, isVersion := strings.CutPrefix(strings.Trim(strings.TrimPrefix(header, "W/"), `"`), "v")
	text, _, _ := strings.Cut(tag, "-")
	version, stale, ok := log.ParseTagged(text)
	if !ok || version < 1 || !isVersion || stale {
		return 0, catalog.Errorf(catalog.PreconditionFailed, errcode.VersionMismatch,
			"If-Match %s is not an ETag of this resource. Read it again and send the ETag of that response.", header)
	}
	return version, nil
}

// ETagMatches reports whether one of the tags of If-None-Match equals etag by the weak
// comparison of RFC 9110. It ignores suffixes that compressing proxies add.
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
