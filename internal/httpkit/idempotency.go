package httpkit

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
)

// IdempotencyStore keeps the responses to requests with an Idempotency-Key.
type IdempotencyStore interface {
	// BeginRequest claims the key of a request. If the same request was answered before,
	// it returns the response; if the key belongs to another request or to one that is
	// still running, it returns an error.
	BeginRequest(ctx context.Context, request catalog.IdempotentRequest) (*catalog.StoredResponse, error)
	// EndRequest keeps the response to a request that BeginRequest claimed.
	EndRequest(ctx context.Context, request catalog.IdempotentRequest, response catalog.StoredResponse) error
	// DeleteRequest releases the key, so that the request can be sent again.
	DeleteRequest(ctx context.Context, request catalog.IdempotentRequest) error
}

const (
	// IdempotencyKey is the header with the caller's key of a request.
	IdempotencyKey = "Idempotency-Key"

	replayedHeader  = "Idempotency-Replayed" // set on a response from the store
	maxKeyLength    = 255
	ownHeaderPrefix = "Trailcat-"
)

// storedHeaders are the headers that are kept with a response, apart from our own.
var storedHeaders = []string{"Content-Type", "Location", "Etag", "Link", "Content-Disposition", "Cache-Control"}

// retryableStatuses are client errors that may succeed later with the same request.
var retryableStatuses = []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusConflict, http.StatusRequestTimeout, http.StatusTooManyRequests, StatusClientClosedRequest}

// Idempotency is Echo middleware that runs a POST with an Idempotency-Key once: the
// caller gets the stored response if it sends the same request again. Responses that may
// differ on a retry (5xx and some 4xx) are not kept.
type Idempotency struct {
	Store  IdempotencyStore
	Log    *slog.Logger
	Now    func() time.Time
	Caller func(echo.Context) string // returns the id of the caller's API key, "" for anonymous callers
	// Authorize returns an error if the caller may not send the request. It is called before
	// the body is read.
	Authorize func(echo.Context) error
	TempDir   string // for the temporary files of large bodies; empty for that of the system
}

// Middleware returns the handler with idempotency keys.
func (i Idempotency) Middleware(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		key := c.Request().Header.Get(IdempotencyKey)
		if c.Request().Method != http.MethodPost || key == "" || i.Caller(c) == "" {
			return next(c)
		}
		if len(key) > maxKeyLength || strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r > '~' }) {
			return catalog.Errorf(catalog.Malformed, errcode.MalformedIdempotencyKey,
				"The Idempotency-Key must have at most %d printable ASCII characters.", maxKeyLength)
		}
		if err := i.Authorize(c); err != nil {
			return err
		}
		request, body, err := i.newRequest(c, key)
		if err != nil {
			return err
		}
		defer func() { _ = body.Close() }() // only read
		stored, err := i.Store.BeginRequest(c.Request().Context(), request)
		switch {
		case err != nil:
			return err
		case stored != nil:
			return replayResponse(c, *stored)
		default:
			return i.runOnce(c, request, next)
		}
	}
}

// newRequest reads the whole body, because it is part of the fingerprint by which the
// same request is recognized.
func (i Idempotency) newRequest(c echo.Context, key string) (request catalog.IdempotentRequest, body io.Closer, err error) {
	r := c.Request()
	hash := sha256.New()
	_, _ = fmt.Fprintf(hash, "%s %s\n%s\n", r.Method, r.URL.RequestURI(), r.Header.Get(echo.HeaderContentType)) // a hash returns no errors
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.TeeReader(r.Body, hash), r.Body}
	spooled, err := SpoolBody(r, i.TempDir)
	if err != nil {
		return catalog.IdempotentRequest{}, nil, err
	}
	if IsForm(r) {
		form := sha256.New()
		_, _ = fmt.Fprintf(form, "%s %s\n%s\n", r.Method, r.URL.RequestURI(), echo.MIMEMultipartForm) // a hash returns no errors
		if writeFormDigest(form, FormReader(r, io.NewSectionReader(spooled, 0, spooled.Size))) == nil {
			hash = form
		}
	}
	return catalog.IdempotentRequest{Holder: i.Caller(c), Name: key, Fingerprint: hex.EncodeToString(hash.Sum(nil)), At: i.Now()}, spooled, nil
}

// runOnce runs the handler and keeps its response before it is sent, so that a caller
// that received it can rely on getting it again. What a handler flushes is sent at once.
func (i Idempotency) runOnce(c echo.Context, request catalog.IdempotentRequest, next echo.HandlerFunc) error {
	ctx := context.WithoutCancel(c.Request().Context()) // keep the response even if the caller disconnects
	returned := false
	defer func() {
		if !returned { // the handler panicked
			i.deleteRequest(ctx, request)
		}
	}()
	response := c.Response()
	recorder := &responseRecorder{ResponseWriter: response.Writer}
	response.Writer = recorder
	if err := next(c); err != nil {
		c.Error(err)
	}
	response.Writer = recorder.ResponseWriter
	returned = true
	if recorder.status >= http.StatusInternalServerError || recorder.status == 0 || slices.Contains(retryableStatuses, recorder.status) {
		i.deleteRequest(ctx, request)
		return recorder.send()
	}
	stored := catalog.StoredResponse{Status: recorder.status, Header: storedHeader(response.Header()), Body: recorder.body.Bytes()}
	if alternate, ok := c.Get(alternateResponseKey).(catalog.StoredResponse); ok && recorder.status < http.StatusBadRequest {
		stored = alternate
	}
	if err := i.Store.EndRequest(ctx, request, stored); err != nil {
		i.Log.ErrorContext(ctx, "idempotent response not kept", slog.String("request_id", RequestID(ctx)), slog.Any("error", err))
	}
	return recorder.send()
}

const alternateResponseKey = "alternate response"

// StoreErrorInstead makes a repetition of the request answer with an error, because the
// response contains a secret that must not be kept.
func (ps Problems) StoreErrorInstead(c echo.Context, err error) error {
	p := ps.Describe(c.Request(), err)
	body, err := binding.EncodeJSON(p)
	c.Set(alternateResponseKey, catalog.StoredResponse{Status: p.Status, Header: map[string]string{echo.HeaderContentType: problemType}, Body: body})
	return err
}

// releaseTimeout bounds how long a failed request waits for its key to be released. A key
// that is not released is free again after catalog.RequestLease.
const releaseTimeout = 2 * time.Second

func (i Idempotency) deleteRequest(ctx context.Context, request catalog.IdempotentRequest) {
	ctx, cancel := context.WithTimeout(ctx, releaseTimeout)
	defer cancel()
	if err := i.Store.DeleteRequest(ctx, request); err != nil {
		i.Log.ErrorContext(ctx, "idempotency key not released", slog.String("request_id", RequestID(ctx)), slog.Any("error", err))
	}
}

// storedHeader returns the headers that are kept with a response.
func storedHeader(h http.Header) map[string]string {
	stored := map[string]string{}
	for name := range h {
		if slices.Contains(storedHeaders, name) || strings.HasPrefix(name, ownHeaderPrefix) {
			stored[name] = h.Get(name)
		}
	}
	return stored
}

func replayResponse(c echo.Context, stored catalog.StoredResponse) error {
	h := c.Response().Header()
	for name, value := range stored.Header {
		h.Set(name, value)
	}
	h.Set(replayedHeader, "true")
	c.Response().WriteHeader(stored.Status)
	_, err := c.Response().Write(stored.Body)
	return err
}

// responseRecorder records a response until it is flushed or sent.
type responseRecorder struct {
	http.ResponseWriter
	status  int
	body    bytes.Buffer
	sent    int  // bytes of body that were sent
	started bool // the status was sent
}

// WriteHeader records the status.
func (r *responseRecorder) WriteHeader(status int) { r.status = status }

func (r *responseRecorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.body.Write(b)
}

// Flush sends what was recorded so far.
func (r *responseRecorder) Flush() {
	if r.send() == nil {
		_ = http.NewResponseController(r.ResponseWriter).Flush() // a writer that cannot flush sends at the end
	}
}

// Unwrap implements the interface that http.ResponseController looks for.
func (r *responseRecorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// send sends what was recorded since the last call.
func (r *responseRecorder) send() error {
	if r.status == 0 {
		return nil
	}
	if !r.started {
		r.started = true
		r.ResponseWriter.WriteHeader(r.status)
	}
	n, err := r.ResponseWriter.Write(r.body.Bytes()[r.sent:])
	r.sent += n
	return err
}
