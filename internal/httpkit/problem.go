package httpkit

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"trailcat/internal/binding"
	"trailcat/internal/catalog"
)

// Problem says what is wrong and what to do about it (RFC 9457).
type Problem struct {
	Type      string         `json:"type" example:"urn:trailcat:problem:invalid_parameters"` // URI of the kind of problem.
	Title     string         `json:"title" example:"Bad Request"`                            // Short title, the same for every problem with this status.
	Status    int            `json:"status" example:"400"`                                   // HTTP status code.
	Code      string         `json:"code" example:"invalid_parameters"`                      // Stable code for programs.
	Detail    string         `json:"detail" example:"One thing is wrong with the request."`  // Sentence for people.
	Instance  string         `json:"instance" example:"/v1/cats"`                            // Path of the request.
	RequestID string         `json:"request_id" example:"req_7mq3ynzk5mvwc4ehqz2t"`          // ID of the request; quote it when you report a problem.
	Errors    []ProblemError `json:"errors,omitempty"`                                       // What is wrong with individual parts of the request; absent if the problem concerns the whole request.
} //	@name	Problem

// ProblemError is what is wrong with one part of the request.
type ProblemError struct {
	Pointer   string `json:"pointer,omitempty" example:"/birth/date"`                                  // Place in the body, as a JSON pointer; absent for parameters.
	Parameter string `json:"parameter,omitempty" example:"near"`                                       // Name of the query parameter; absent for the body.
	Code      string `json:"code" example:"unknown_parameter"`                                         // Stable code for programs.
	Message   string `json:"message" example:"There is no parameter \"neer\"; did you mean \"near\"?"` // Sentence for people.
} //	@name	ProblemError

// statusOf says which status each kind of failure becomes.
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
	catalog.Internal:           http.StatusInternalServerError,
}

// Problems answers failed requests with problem details.
type Problems struct{ log *slog.Logger }

// Handle answers a request whose handler returned an error. It is Echo's error handler.
func (ps Problems) Handle(err error, c echo.Context) {
	if !c.Response().Committed {
		ps.Write(c.Response(), c.Request(), err)
	}
}

// Write answers with the problem that describes err: the text of a catalog error
// or of Echo, never that of any other error.
func (ps Problems) Write(w http.ResponseWriter, r *http.Request, err error) {
	p := ps.Describe(r, err)
	if p.Status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	body, err := binding.EncodeJSON(p)
	if err != nil {
		ps.log.ErrorContext(r.Context(), "problem not encoded", slog.Any("error", err))
		return
	}
	w.Header().Set(echo.HeaderContentType, "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Del("ETag")
	w.WriteHeader(p.Status)
	if _, err := w.Write(body); err != nil {
		ps.log.DebugContext(r.Context(), "problem not sent", slog.Any("error", err))
	}
}

// Describe returns the problem for an error of a request, and logs errors that are
// not the caller's.
func (ps Problems) Describe(r *http.Request, err error) Problem {
	p := NewProblem(err)
	p.Instance, p.RequestID = r.URL.Path, RequestID(r.Context())
	if p.Status == http.StatusInternalServerError {
		ps.log.ErrorContext(r.Context(), "request failed",
			slog.String("path", r.URL.Path), slog.String("request_id", p.RequestID), slog.Any("error", err))
	}
	return p
}

func NewProblem(err error) Problem {
	kind := catalog.KindOf(err)
	p := Problem{
		Type: "", Title: "", Status: statusOf[kind], Code: string(kind),
		Detail: "Something failed on our side. Try again; if it stays, tell us the request_id.", Instance: "", RequestID: "", Errors: nil,
	}
	var ours *catalog.Error
	var echos *echo.HTTPError
	var plain *httpError
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		err = bodyTooLarge(tooLarge.Limit)
	}
	switch {
	case errors.As(err, &ours):
		p.Detail = ours.Detail
		if ours.Code != "" {
			p.Code = ours.Code
		}
		if ours.Code == "" && kind == catalog.Malformed {
			p.Code = "invalid_parameters"
		}
		for _, f := range ours.Fields {
			p.Errors = append(p.Errors, ProblemError(f))
		}
	case errors.As(err, &plain):
		p.Status, p.Code, p.Detail = plain.status, plain.code, plain.detail
	case errors.As(err, &echos):
		p.Status, p.Detail = echos.Code, fmt.Sprint(echos.Message)
		p.Code = strings.ToLower(strings.ReplaceAll(http.StatusText(echos.Code), " ", "_"))
		switch echos.Code {
		case http.StatusNotFound:
			p.Detail = "There is nothing at this path. /docs lists what there is."
		case http.StatusMethodNotAllowed:
			p.Detail = "This path does not take that method. The Allow header lists those it takes."
		}
	}
	p.Title = http.StatusText(p.Status)
	p.Type = "urn:trailcat:problem:" + p.Code
	return p
}

// httpError is a failure that only HTTP knows of: too large, too many, too long.
type httpError struct {
	status       int
	code, detail string
}

func (e *httpError) Error() string { return e.detail }

// NewHTTPError returns an error that is answered with a status, a code and a sentence.
func NewHTTPError(status int, code, detail string) error {
	return &httpError{status: status, code: code, detail: detail}
}

// NewProblems returns problems that logs to log what is not the caller's fault.
func NewProblems(log *slog.Logger) Problems { return Problems{log: log} }
