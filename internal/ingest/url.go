package ingest

import (
	"regexp"
	"strings"
)

var (
	// embeddedURL matches the address in an HTML element such as <img src="https://...">.
	embeddedURL = regexp.MustCompile(`(?i)<(?:img|iframe|a|embed|source|video)\b[^>]*?\b(?:src|href)\s*=\s*["']?([^"'>\s]+)[^>]*>(?:</iframe>)?`)
	// bareAddress matches an address without its protocol: www.example.org/a.jpg, or the page
	// of a video.
	bareAddress = regexp.MustCompile(`(?i)^(?:www\.[a-z0-9-]+\.|(?:m\.)?youtube\.com/|youtu\.be/|(?:player\.)?vimeo\.com/)`)
)

// CompleteURL returns an address as it is meant: without the HTML around it, with the
// protocol that //cdn.example.org/a.jpg and www.example.org omit, with blanks encoded. It
// does not check the address.
func CompleteURL(text string) string {
	text = strings.Trim(DecodeEntities(text), " \t\r\n\u00A0")
	if match := embeddedURL.FindStringSubmatch(text); match != nil {
		text = match[1]
	}
	if strings.HasPrefix(text, "<") && strings.HasSuffix(text, ">") {
		text = strings.Trim(text, "<>")
	}
	switch {
	case strings.HasPrefix(text, "//"):
		text = "https:" + text
	case bareAddress.MatchString(text):
		text = "https://" + text
	}
	return strings.ReplaceAll(text, " ", "%20")
}
