package api

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

	"github.com/labstack/echo/v4"

	"trailcat/internal/catalog"
)

// Answers keeps what was answered to requests that bear an Idempotency-Key.
type Answers interface {
	BeginRun(ctx context.Context, run catalog.Run) (*catalog.Answer, error)
	EndRun(ctx context.Context, run catalog.Run, answer catalog.Answer) error
	ForgetRun(ctx context.Context, run catalog.Run) error
}

const (
	idempotencyKey    = "Idempotency-Key"
	longestName       = 255
	headerReplayed    = "Idempotency-Replayed"
	headersOfOurs     = "Trailcat-"
	maxStatusThatStay = http.StatusInternalServerError
)

// keptHeaders are those that make up an answer, beside the body and our own.
var keptHeaders = []string{"Content-Type", "Location", "Etag", "Link", "Content-Disposition", "Cache-Control"}

// passing are the failures that may be over when the request is sent again.
var passing = []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusConflict, http.StatusRequestTimeout, http.StatusTooManyRequests}

// idempotent sees to it that a POST with an Idempotency-Key is done once, however
// often it is sent: the same request gets the same answer.
func (a *API) idempotent(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		name := c.Request().Header.Get(idempotencyKey)
		if c.Request().Method != http.MethodPost || name == "" || !who(c).Known() {
			return next(c)
		}
		if len(name) > longestName || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r > '~' }) {
			return &catalog.Error{
				Kind: catalog.Malformed, Code: "malformed_idempotency_key", Faults: nil,
				Detail: fmt.Sprintf("The Idempotency-Key is not up to %d printable ASCII letters.", longestName),
			}
		}
		run, err := a.newRun(c, name)
		if err != nil {
			return err
		}
		known, err := a.Answers.BeginRun(c.Request().Context(), run)
		switch {
		case err != nil:
			return err
		case known != nil:
			return replayAnswer(c, *known)
		default:
			return a.runOnce(c, run, next)
		}
	}
}

// newRun reads the whole request, to know it again.
func (a *API) newRun(c echo.Context, name string) (catalog.Run, error) {
	r := c.Request()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return catalog.Run{}, fmt.Errorf("read body: %w", err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	print := sha256.New()
	_, _ = fmt.Fprintf(print, "%s %s\n%s\n", r.Method, r.URL.RequestURI(), r.Header.Get(echo.HeaderContentType)) // a hash takes all
	_, _ = print.Write(body)
	return catalog.Run{Holder: who(c).KeyID, Name: name, Fingerprint: hex.EncodeToString(print.Sum(nil)), At: a.Now()}, nil
}

// runOnce lets the handler answer and keeps the answer before it is sent, so that
// who has it can rely on getting it again. What a handler flushes is sent at once.
func (a *API) runOnce(c echo.Context, run catalog.Run, next echo.HandlerFunc) error {
	ctx := context.WithoutCancel(c.Request().Context()) // the answer is kept for one who hung up, too
	answered := false
	defer func() {
		if !answered { // the handler panicked
			a.forget(ctx, run)
		}
	}()
	response := c.Response()
	tape := &tape{ResponseWriter: response.Writer, status: 0, body: bytes.Buffer{}, sent: 0}
	response.Writer = tape
	if err := next(c); err != nil {
		c.Error(err)
	}
	response.Writer = tape.ResponseWriter
	answered = true
	if tape.status >= maxStatusThatStay || tape.status == 0 || slices.Contains(passing, tape.status) {
		a.forget(ctx, run)
		return tape.play()
	}
	answer := catalog.Answer{Status: tape.status, Header: keptHeader(response.Header()), Body: tape.body.Bytes()}
	if instead, ok := c.Get(insteadName).(catalog.Answer); ok && tape.status < http.StatusBadRequest {
		answer = instead
	}
	if err := a.Answers.EndRun(ctx, run, answer); err != nil {
		a.Log.ErrorContext(ctx, "answer not kept", slog.String("request_id", requestID(ctx)), slog.Any("error", err))
	}
	return tape.play()
}

const insteadName = "instead"

// tellInstead has whoever sends the request again told of an error, as the answer
// holds what must not be kept.
func (a *API) tellInstead(c echo.Context, err error) error {
	p := newProblem(err)
	p.Instance, p.RequestID = c.Request().URL.Path, requestID(c.Request().Context())
	body, err := encode(p)
	c.Set(insteadName, catalog.Answer{Status: p.Status, Header: map[string]string{echo.HeaderContentType: "application/problem+json"}, Body: body})
	return err
}

func (a *API) forget(ctx context.Context, run catalog.Run) {
	if err := a.Answers.ForgetRun(ctx, run); err != nil {
		a.Log.ErrorContext(ctx, "run not forgotten", slog.String("request_id", requestID(ctx)), slog.Any("error", err))
	}
}

func keptHeader(h http.Header) map[string]string {
	kept := map[string]string{}
	for name := range h {
		if slices.Contains(keptHeaders, name) || strings.HasPrefix(name, headersOfOurs) {
			kept[name] = h.Get(name)
		}
	}
	return kept
}

func replayAnswer(c echo.Context, answer catalog.Answer) error {
	h := c.Response().Header()
	for name, value := range answer.Header {
		h.Set(name, value)
	}
	h.Set(headerReplayed, "true")
	c.Response().WriteHeader(answer.Status)
	_, err := c.Response().Write(answer.Body)
	return err
}

// tape records an answer, and sends it when it is flushed or played.
type tape struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
	sent   int // bytes of body
	begun  bool
}

// WriteHeader notes the status.
func (t *tape) WriteHeader(status int) { t.status = status }

func (t *tape) Write(b []byte) (int, error) {
	if t.status == 0 {
		t.status = http.StatusOK
	}
	return t.body.Write(b)
}

// Flush sends what there is.
func (t *tape) Flush() {
	if t.play() == nil {
		_ = http.NewResponseController(t.ResponseWriter).Flush() // who cannot flush sends at the end
	}
}

// Unwrap lets http.ResponseController reach the writer below.
func (t *tape) Unwrap() http.ResponseWriter { return t.ResponseWriter }

func (t *tape) play() error {
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
