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
)

// IdempotencyStore keeps what was answered to requests that bear an Idempotency-Key.
type IdempotencyStore interface {
	BeginRequest(ctx context.Context, run catalog.IdempotentRequest) (*catalog.StoredResponse, error)
	EndRequest(ctx context.Context, run catalog.IdempotentRequest, answer catalog.StoredResponse) error
	DeleteRequest(ctx context.Context, run catalog.IdempotentRequest) error
}

const (
	IdempotencyKey    = "Idempotency-Key"
	maxKeyLength      = 255
	headerReplayed    = "Idempotency-Replayed"
	ownHeaderPrefix   = "Trailcat-"
	maxStatusThatStay = http.StatusInternalServerError
)

// storedHeaders are those that make up an answer, beside the body and our own.
var storedHeaders = []string{"Content-Type", "Location", "Etag", "Link", "Content-Disposition", "Cache-Control"}

// retryableStatuses are the failures that may be over when the request is sent again.
var retryableStatuses = []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusConflict, http.StatusRequestTimeout, http.StatusTooManyRequests}

// Idempotency runs a POST with an Idempotency-Key once.
type Idempotency struct {
	Store  IdempotencyStore
	Log    *slog.Logger
	Now    func() time.Time
	Caller func(echo.Context) string // the id of the caller's key, empty for anonymous callers
}

// Middleware sees to it that a POST with an Idempotency-Key is done once, however
// often it is sent: the same request gets the same answer.
func (i Idempotency) Middleware(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		name := c.Request().Header.Get(IdempotencyKey)
		if c.Request().Method != http.MethodPost || name == "" || i.Caller(c) == "" {
			return next(c)
		}
		if len(name) > maxKeyLength || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r > '~' }) {
			return &catalog.Error{
				Kind: catalog.Malformed, Code: "malformed_idempotency_key", Fields: nil,
				Detail: fmt.Sprintf("The Idempotency-Key is not up to %d printable ASCII letters.", maxKeyLength),
			}
		}
		run, err := i.newRun(c, name)
		if err != nil {
			return err
		}
		known, err := i.Store.BeginRequest(c.Request().Context(), run)
		switch {
		case err != nil:
			return err
		case known != nil:
			return replayResponse(c, *known)
		default:
			return i.runOnce(c, run, next)
		}
	}
}

// newRun reads the whole request, to know it again.
func (i Idempotency) newRun(c echo.Context, name string) (catalog.IdempotentRequest, error) {
	r := c.Request()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return catalog.IdempotentRequest{}, fmt.Errorf("read body: %w", err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	print := sha256.New()
	_, _ = fmt.Fprintf(print, "%s %s\n%s\n", r.Method, r.URL.RequestURI(), r.Header.Get(echo.HeaderContentType)) // a hash takes all
	_, _ = print.Write(body)
	return catalog.IdempotentRequest{Holder: i.Caller(c), Name: name, Fingerprint: hex.EncodeToString(print.Sum(nil)), At: i.Now()}, nil
}

// runOnce lets the handler answer and keeps the answer before it is sent, so that
// who has it can rely on getting it again. What a handler flushes is sent at once.
func (i Idempotency) runOnce(c echo.Context, run catalog.IdempotentRequest, next echo.HandlerFunc) error {
	ctx := context.WithoutCancel(c.Request().Context()) // the answer is kept for one who hung up, too
	answered := false
	defer func() {
		if !answered { // the handler panicked
			i.deleteRequest(ctx, run)
		}
	}()
	response := c.Response()
	tape := &responseRecorder{ResponseWriter: response.Writer, status: 0, body: bytes.Buffer{}, sent: 0}
	response.Writer = tape
	if err := next(c); err != nil {
		c.Error(err)
	}
	response.Writer = tape.ResponseWriter
	answered = true
	if tape.status >= maxStatusThatStay || tape.status == 0 || slices.Contains(retryableStatuses, tape.status) {
		i.deleteRequest(ctx, run)
		return tape.flush()
	}
	answer := catalog.StoredResponse{Status: tape.status, Header: storedHeader(response.Header()), Body: tape.body.Bytes()}
	if instead, ok := c.Get(alternateResponseKey).(catalog.StoredResponse); ok && tape.status < http.StatusBadRequest {
		answer = instead
	}
	if err := i.Store.EndRequest(ctx, run, answer); err != nil {
		i.Log.ErrorContext(ctx, "answer not kept", slog.String("request_id", RequestID(ctx)), slog.Any("error", err))
	}
	return tape.flush()
}

const alternateResponseKey = "instead"

// StoreErrorInstead has whoever sends the request again told of an error, as the answer
// holds what must not be kept.
func StoreErrorInstead(c echo.Context, err error) error {
	p := NewProblem(err)
	p.Instance, p.RequestID = c.Request().URL.Path, RequestID(c.Request().Context())
	body, err := binding.EncodeJSON(p)
	c.Set(alternateResponseKey, catalog.StoredResponse{Status: p.Status, Header: map[string]string{echo.HeaderContentType: "application/problem+json"}, Body: body})
	return err
}

func (i Idempotency) deleteRequest(ctx context.Context, run catalog.IdempotentRequest) {
	if err := i.Store.DeleteRequest(ctx, run); err != nil {
		i.Log.ErrorContext(ctx, "run not forgotten", slog.String("request_id", RequestID(ctx)), slog.Any("error", err))
	}
}

func storedHeader(h http.Header) map[string]string {
	kept := map[string]string{}
	for name := range h {
		if slices.Contains(storedHeaders, name) || strings.HasPrefix(name, ownHeaderPrefix) {
			kept[name] = h.Get(name)
		}
	}
	return kept
}

func replayResponse(c echo.Context, answer catalog.StoredResponse) error {
	h := c.Response().Header()
	for name, value := range answer.Header {
		h.Set(name, value)
	}
	h.Set(headerReplayed, "true")
	c.Response().WriteHeader(answer.Status)
	_, err := c.Response().Write(answer.Body)
	return err
}

// responseRecorder records an answer, and sends it when it is flushed or played.
type responseRecorder struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
	sent   int // bytes of body
	begun  bool
}

// WriteHeader notes the status.
func (t *responseRecorder) WriteHeader(status int) { t.status = status }

func (t *responseRecorder) Write(b []byte) (int, error) {
	if t.status == 0 {
		t.status = http.StatusOK
	}
	return t.body.Write(b)
}

// Flush sends what there is.
func (t *responseRecorder) Flush() {
	if t.flush() == nil {
		_ = http.NewResponseController(t.ResponseWriter).Flush() // who cannot flush sends at the end
	}
}

// Unwrap lets http.ResponseController reach the writer below.
func (t *responseRecorder) Unwrap() http.ResponseWriter { return t.ResponseWriter }

func (t *responseRecorder) flush() error {
	if t.status == 0 {
		return nil
	}
	if !t.begun {
		t.begun = true
		t.ResponseWriter.WriteHeader(t.status)
	}
	n, err := t.ResponseWriter.Write(t.body.Bytes()[t.sent:])
	t.sent += n
	return err
}
