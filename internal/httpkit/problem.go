package httpkit

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
)

// problemType is the media type of a Problem.
const problemType = "application/problem+json"

// Problem represents a problem (RFC 9457): why a request failed and what to do about it.
type Problem struct {
	Type      string         `json:"type" format:"uri-reference" example:"/docs/errors#invalid_parameters"`               // URL of the documentation of the code. Without a public URL of the server it is relative.
	Title     string         `json:"title" example:"Bad Request"`                                                         // Name of the HTTP status.
	Status    int            `json:"status" example:"400"`                                                                // HTTP status of the response.
	Code      errcode.Code   `json:"code" swaggertype:"string" extensions:"x-codes=problem" example:"invalid_parameters"` // Stable identifier of the problem for programs.
	Detail    string         `json:"detail" example:"The request has one error."`                                         // Explanation for people. The text may change.
	Instance  string         `json:"instance" example:"/v1/cats"`                                                         // Path of the request.
	RequestID string         `json:"request_id" example:"req_7mq3ynzk5mvwc4ehqz2t"`                                       // ID of the request. Quote it when you contact support.
	Errors    []ProblemError `json:"errors,omitempty"`                                                                    // Errors of single fields or parameters, if any.
} //	@name	Problem

// ProblemError represents an error of one field of the body or of one parameter.
type ProblemError struct {
	Pointer   string       `json:"pointer,omitempty" example:"/birth/date"`                                          // JSON pointer to the field of the body.
	Parameter string       `json:"parameter,omitempty" example:"near"`                                               // Name of the query parameter.
	Code      errcode.Code `json:"code" swaggertype:"string" extensions:"x-codes=field" example:"unknown_parameter"` // Stable identifier of the error for programs.
	Message   string       `json:"message" example:"Unknown parameter \"neer\". Did you mean \"near\"?"`             // Explanation for people. The text may change.
} //	@name	ProblemError

// statusOf is the HTTP status of each kind of error.
var statusOf = map[catalog.Kind]int{
	catalog.Malformed:          http.StatusBadRequest,
	catalog.Invalid:            http.StatusUnprocessableEntity,
	catalog.NotFound:           http.StatusNotFound,
	catalog.Gone:               http.StatusGone,
	catalog.Unauthorized:       http.StatusUnauthorized,
	catalog.Forbidden:          http.StatusForbidden,
	catalog.Conflict:           http.StatusConflict,
	catalog.PreconditionFailed: http.StatusPreconditionFailed,
	catalog.Unavailable:        http.StatusServiceUnavailable,
	catalog.Misconfigured:      http.StatusServiceUnavailable,
	catalog.StorageFull:        http.StatusInsufficientStorage,
	catalog.Internal:           http.StatusInternalServerError,
}

// Problems responds to failed requests with problem details. It is the only place that
// turns errors into responses.
type Problems struct {
	log       *slog.Logger
	publicURL string
}

// NewProblems returns Problems that logs internal errors to log. The types of its problems
// are URLs under publicURL, and relative references if that is empty.
func NewProblems(log *slog.Logger, publicURL string) Problems {
	return Problems{log: log, publicURL: strings.TrimSuffix(publicURL, "/")}
}

// Handle is Echo's error handler.
func (ps Problems) Handle(err error, c echo.Context) {
	if !c.Response().Committed {
		ps.Write(c.Response(), c.Request(), err)
	}
}

// Write responds with the problem that describes err.
func (ps Problems) Write(w http.ResponseWriter, r *http.Request, err error) {
	p := ps.Describe(r, err)
	if p.Status == http.StatusServiceUnavailable && catalog.KindOf(err) != catalog.Misconfigured && w.Header().Get("Retry-After") == "" {
		w.Header().Set("Retry-After", "1")
	}
	body, err := binding.EncodeJSON(p)
	if err != nil {
		ps.log.ErrorContext(r.Context(), "problem not encoded", slog.Any("error", err))
		return
	}
	w.Header().Set(echo.HeaderContentType, problemType)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Del("ETag")
	w.WriteHeader(p.Status)
	if _, err := w.Write(body); err != nil {
		ps.log.DebugContext(r.Context(), "problem not sent", slog.Any("error", err))
	}
}

// Describe returns the problem for an error of a request. It logs internal errors.
func (ps Problems) Describe(r *http.Request, err error) Problem {
	p := newProblem(err)
	if p.Status >= http.StatusInternalServerError && disconnected(r.Context()) {
		ps.log.DebugContext(r.Context(), "caller disconnected", slog.String("path", r.URL.Path), slog.Any("error", err))
		p = newProblem(errDisconnected)
	}
	p.Type = ps.publicURL + "/docs/errors#" + string(p.Code)
	p.Instance, p.RequestID = r.URL.Path, RequestID(r.Context())
	if p.Status == http.StatusInternalServerError {
		ps.log.ErrorContext(r.Context(), "request failed",
			slog.String("path", r.URL.Path), slog.String("request_id", p.RequestID), slog.Any("error", err))
	}
	return p
}

// StatusClientClosedRequest is the status, for log and metrics, of a request that failed
// because its caller disconnected. Nobody receives the response.
const StatusClientClosedRequest = 499

var errDisconnected = NewHTTPError(StatusClientClosedRequest, errcode.ClientClosedRequest, "The connection was closed before the response was sent.")

// disconnected reports whether the caller of the request that ctx belongs to closed the
// connection. What fails from then on is not a failure of the server.
func disconnected(ctx context.Context) bool { return errors.Is(ctx.Err(), context.Canceled) }

// CallerStatus returns the status of an error that the caller of the request caused by
// what happened on the connection, such as a body that ended early, or 0 for other errors.
func CallerStatus(ctx context.Context, err error) int {
	if e, ok := errors.AsType[*httpError](err); ok {
		return e.status
	}
	if disconnected(ctx) {
		return StatusClientClosedRequest
	}
	return 0
}

// newProblem returns the problem for an error, without type, instance and request id. It uses
// the text of errors of catalog, httpkit and Echo; the text of any other error is never
// shown to callers.
func newProblem(err error) Problem {
	p := Problem{
		Status: http.StatusInternalServerError, Code: errcode.Internal,
		Detail: "An internal error occurred. Try again; if the error persists, contact support with the request_id.",
	}
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		err = bodyTooLarge(tooLarge.Limit)
	}
	var domain *catalog.Error
	var plain *httpError
	var fromEcho *echo.HTTPError
	switch {
	case errors.As(err, &domain):
		p.Status, p.Code, p.Detail = statusOf[domain.Kind], domain.Code, domain.Detail
		for _, f := range domain.Fields {
			p.Errors = append(p.Errors, ProblemError(f))
		}
	case errors.As(err, &plain):
		p.Status, p.Code, p.Detail = plain.status, plain.code, plain.detail
	case errors.As(err, &fromEcho):
		switch fromEcho.Code {
		case http.StatusNotFound:
			p.Status, p.Code, p.Detail = fromEcho.Code, errcode.NotFound, "No resource exists at this path. See /docs for the paths."
		case http.StatusMethodNotAllowed:
			p.Status, p.Code, p.Detail = fromEcho.Code, errcode.MethodNotAllowed, "This path does not support the method. See the Allow header for the methods that it supports."
		}
	}
	if p.Title = http.StatusText(p.Status); p.Status == StatusClientClosedRequest {
		p.Title = "Client Closed Request"
	}
	return p
}

// httpError represents an error that only HTTP knows, such as a request that is too large.
type httpError struct {
	status int
	code   errcode.Code
	detail string
}

func (e *httpError) Error() string { return e.detail }

// NewHTTPError returns an error with an HTTP status, a code for programs and one sentence
// for people.
func NewHTTPError(status int, code errcode.Code, detail string) error {
	return &httpError{status: status, code: code, detail: detail}
}
