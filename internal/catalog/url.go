package catalog

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"trailcat/internal/errcode"
)

// MaxURL is how many bytes a URL may have.
const MaxURL = 2048

// CheckURL returns why text is not the URL of a web page or a file, as the message of a
// field error, or "" if it is. Pages and feeds show URLs, so it accepts none with
// credentials, and none with characters that end an attribute of HTML or change how the
// text around them is displayed.
func CheckURL(text string) string {
	u, err := url.Parse(text)
	switch {
	case len(text) > MaxURL:
		return fmt.Sprintf("Must be at most %d bytes.", MaxURL)
	case strings.ContainsFunc(text, isUnsafeInURL):
		return "Must not contain double quotes, angle brackets, backslashes, or control or invisible characters."
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || strings.ContainsFunc(u.Hostname(), isNotInHost):
		return "Must be an http or https URL."
	case u.User != nil:
		return "Must not contain a user name or a password."
	case !isPort(u.Port()):
		return "Must have a port between 1 and 65535."
	}
	return ""
}

// checkURL adds an error unless a URL is empty or one that CheckURL accepts.
func (f *FieldErrors) checkURL(pointer, text string) {
	if text != "" {
		message := CheckURL(text)
		f.Check(message == "", pointer, errcode.Malformed, message)
	}
}

func isUnsafeInURL(r rune) bool {
	if r < utf8.RuneSelf {
		return r < ' ' || r == 0x7f || strings.IndexByte("\"<>\\`", byte(r)) >= 0
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

func isNotInHost(r rune) bool {
	return !strings.ContainsRune(".-_:", r) && !unicode.In(r, unicode.L, unicode.M, unicode.N)
}

// isPort reports whether the port of a URL is omitted or valid.
func isPort(text string) bool {
	port, err := strconv.ParseUint(text, 10, 16)
	return text == "" || err == nil && port > 0
}
