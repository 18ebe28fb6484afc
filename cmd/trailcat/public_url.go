package main

import (
	"fmt"
	"net/url"
	"strings"
)

// Validate checks what the flags alone can say; kong calls it.
func (c *serveCommand) Validate() error {
	u := c.PublicURL
	if u == nil || (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.RawQuery == "" && u.Fragment == "" && u.User == nil {
		return nil
	}
	return fmt.Errorf("--public-url %s is not the address of a server; write it as in https://cats.example.org", u.Redacted())
}

// publicURL is the address to which paths are appended, empty where none was given.
func publicURL(u *url.URL) string {
	if u == nil {
		return ""
	}
	return strings.TrimSuffix(u.String(), "/")
}
