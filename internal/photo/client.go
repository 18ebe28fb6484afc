package photo

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"time"
	"unicode/utf8"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/publicnet"
)

// client gets photos over HTTP. It calls only hosts of the public internet, and those that the
// operator allows.
type client struct {
	http      *http.Client
	userAgent string
	now       func() time.Time
}

const (
	defaultTimeout = time.Minute // of a request with its response
	headerTimeout  = 20 * time.Second
	maxRedirects   = 5
	maxValidator   = 500 // bytes of an ETag or Last-Modified header that is stored
)

var errRedirects = failuref("The address redirects more than %d times. Give the address of the image file.", maxRedirects)

var errRedirectScheme = failuref("The address redirects to one that is neither http nor https. Give the address of the image file.")

// newClient returns a client. It uses no proxy, which would bypass the policy.
func newClient(config FetcherConfig) *client {
	dialer := &publicnet.Dialer{Policy: config.Policy, Resolver: config.Resolver}
	return &client{
		userAgent: config.UserAgent, now: config.Now,
		http: &http.Client{
			Timeout: cmp.Or(config.Timeout, defaultTimeout),
			CheckRedirect: func(to *http.Request, via []*http.Request) error {
				to.Header.Del("Referer") // the address may contain a secret
				switch {
				case len(via) > maxRedirects:
					return errRedirects
				case to.URL.Scheme != "http" && to.URL.Scheme != "https":
					return errRedirectScheme
				}
				return nil
			},
			Transport: &http.Transport{
				Proxy:                  nil,
				DialContext:            dialer.DialContext,
				ForceAttemptHTTP2:      true,
				DisableCompression:     true, // photos are compressed
				MaxIdleConns:           100,
				MaxIdleConnsPerHost:    atOncePerHost,
				IdleConnTimeout:        30 * time.Second,
				TLSHandshakeTimeout:    5 * time.Second,
				ResponseHeaderTimeout:  headerTimeout,
				MaxResponseHeaderBytes: 64 << 10,
			},
		},
	}
}

// fetchedPhoto is the response of a source.
type fetchedPhoto struct {
	unchanged          bool // the source has the photo that is kept; the fields below are empty
	file               []byte
	mediaType          string
	etag, lastModified string
}

// get requests a photo, unless it is unchanged since the last time. The error is a *failure if
// the source does not send it.
func (c *client) get(ctx context.Context, s catalog.PhotoSource) (fetchedPhoto, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL, nil)
	if err != nil {
		return fetchedPhoto{}, failuref("The address is not a valid URL.")
	}
	request.Header.Set("User-Agent", c.userAgent)
	request.Header.Set("Accept", "image/jpeg, image/webp, image/png, image/heic, image/gif, */*;q=0.1")
	if s.Hash != "" && s.ETag != "" {
		request.Header.Set("If-None-Match", s.ETag)
	}
	if s.Hash != "" && s.LastModified != "" {
		request.Header.Set("If-Modified-Since", s.LastModified)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return fetchedPhoto{}, c.describe(err)
	}
	defer func() { _ = response.Body.Close() }() // the rest is not needed
	if response.StatusCode == http.StatusNotModified && s.Hash != "" {
		return fetchedPhoto{unchanged: true}, nil
	}
	if response.StatusCode != http.StatusOK {
		return fetchedPhoto{}, c.classify(response)
	}
	return c.read(response)
}

// classify returns the failure that a status means.
func (c *client) classify(response *http.Response) *failure {
	f := failuref("The address responded with status %d (%s).", response.StatusCode, cmp.Or(http.StatusText(response.StatusCode), "unknown"))
	if code := response.StatusCode; code == http.StatusTooManyRequests || code == http.StatusServiceUnavailable {
		f.lasting, f.busy = false, true
		f.notBefore = publicnet.RetryAfter(response.Header, c.now())
	}
	return f
}

// read reads the body of a response.
func (c *client) read(response *http.Response) (fetchedPhoto, error) {
	tooLarge := failuref("The file is larger than %d MB.", catalog.MaxPhotoBytes>>20)
	if response.ContentLength > catalog.MaxPhotoBytes {
		return fetchedPhoto{}, tooLarge
	}
	var file bytes.Buffer
	switch n, err := file.ReadFrom(io.LimitReader(response.Body, catalog.MaxPhotoBytes+1)); {
	case err != nil:
		return fetchedPhoto{}, c.describe(err)
	case n > catalog.MaxPhotoBytes:
		return fetchedPhoto{}, tooLarge
	}
	mediaType, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type"))
	return fetchedPhoto{
		file: file.Bytes(), mediaType: mediaType,
		etag: validator(response.Header.Get("ETag")), lastModified: validator(response.Header.Get("Last-Modified")),
	}, nil
}

// validator returns a header to store, or "" if it is too long or not text.
func validator(header string) string {
	if len(header) > maxValidator || !utf8.ValidString(header) {
		return ""
	}
	return header
}

// describe returns the failure that an error means.
func (c *client) describe(err error) *failure {
	if failed, ok := errors.AsType[*failure](err); ok {
		return failed
	}
	return failuref("%s", publicnet.FailureMessages{
		Unreachable: "The host " + publicnet.Unreachable + ".",
		Timeout:     fmt.Sprintf("The host did not send the photo within %d seconds.", int(c.http.Timeout.Seconds())),
		Closed:      "The host closed the connection before the end of the photo.",
	}.Describe(err))
}

// describe returns why a file cannot be kept, for the shelter, or "" if the reason is not the file.
func (f fetchedPhoto) describe(err error) string {
	e, ok := errors.AsType[*catalog.Error](err)
	if !ok || e.Kind != catalog.Invalid && e.Kind != catalog.Malformed {
		return ""
	}
	if e.Code == errcode.UnsupportedImage && f.mediaType == "text/html" {
		return "The address leads to a web page instead of a photo. Give the address of the image file."
	}
	return e.Detail
}
