package petfinder

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/labstack/echo/v4"

	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
)

// Problem is an error response in Petfinder's format. Some clients compare its texts.
type Problem struct {
	Type          string         `json:"type"` // a URL of Petfinder that ends in the error code
	Status        int            `json:"status"`
	Title         string         `json:"title"`
	Detail        string         `json:"detail"`
	InvalidParams []InvalidParam `json:"invalid-params,omitempty"`
}

// InvalidParam describes the error in one parameter.
type InvalidParam struct {
	In      string `json:"in"`   // query or body
	Path    string `json:"path"` // the name of the parameter
	Message string `json:"message"`
}

// Petfinder's error codes.
const (
	codeUnauthorized = "ERR-401"
	codeNotFound     = "ERR-404"
	codeFailed       = "ERR-500"
	codeMissing      = "ERR-00001"
	codeInvalid      = "ERR-00002"
)

func newProblem(code string, status int, title, detail string) *Problem {
	return &Problem{
		Type:   "https://www.petfinder.com/developers/v2/docs/errors/" + code + "/",
		Status: status, Title: title, Detail: detail, InvalidParams: nil,
	}
}

// Error returns the title and detail, for logs.
func (p *Problem) Error() string { return p.Title + ": " + p.Detail }

func errNotFound() *Problem {
	return newProblem(codeNotFound, http.StatusNotFound, "Not Found", "Not Found")
}

func errInvalid(params []InvalidParam) error {
	p := newProblem(codeInvalid, http.StatusBadRequest, "Invalid Request", "The request contains invalid parameters.")
	p.InvalidParams = params
	return p
}

// handleError writes the response for the error of a handler. It is Echo's error handler.
func (s *server) handleError(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	p := problemFrom(c.Request().Context(), err)
	var content any = p
	if client, ok := errors.AsType[*clientProblem](err); ok {
		content, p = client, &client.Problem
	}
	ctx := c.Request().Context()
	if p.Status == http.StatusInternalServerError {
		s.Log.ErrorContext(ctx, "request failed", slog.String("path", c.Request().URL.Path), slog.Any("error", err))
	}
	h := c.Response().Header()
	switch p.Status {
	case http.StatusServiceUnavailable:
		h.Set("Retry-After", "1")
	case http.StatusUnauthorized:
		h.Set(echo.HeaderWWWAuthenticate, `Bearer realm="trailcat"`)
	}
	h.Set("Cache-Control", "no-store")
	body, err := binding.EncodeJSON(content)
	if err == nil {
		err = c.Blob(p.Status, "application/problem+json", body)
	}
	if err != nil {
		s.Log.DebugContext(ctx, "error response not sent", slog.Any("error", err))
	}
}

// problemFrom returns the problem that describes err. The cause of an internal error is
// not part of it.
func problemFrom(ctx context.Context, err error) *Problem {
	var problem *Problem
	var httpError *echo.HTTPError
	switch kind, status := catalog.KindOf(err), httpkit.CallerStatus(ctx, err); {
	case errors.As(err, &problem):
		return problem
	case status != 0:
		return newProblem(fmt.Sprintf("ERR-%d", status), status, http.StatusText(status), http.StatusText(status))
	case kind == catalog.NotFound, kind == catalog.Gone, errors.As(err, &httpError) && httpError.Code == http.StatusNotFound:
		return errNotFound()
	case kind == catalog.Unavailable:
		return newProblem(codeFailed, http.StatusServiceUnavailable, "Service Unavailable", "The search index is still loading. Try again in a few seconds.")
	case errors.As(err, &httpError):
		return newProblem(fmt.Sprintf("ERR-%d", httpError.Code), httpError.Code, http.StatusText(httpError.Code), http.StatusText(httpError.Code))
	default:
		return newProblem(codeFailed, http.StatusInternalServerError, "Unexpected Error", "An internal error occurred. Try again.")
	}
}
