package petfinder

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/labstack/echo/v4"

	"trailcat/internal/catalog"
)

// Problem says what went wrong, in the words that Petfinder's clients look for.
type Problem struct {
	Type          string         `json:"type"` // an address of Petfinder's, which ends in the code of the error
	Status        int            `json:"status"`
	Title         string         `json:"title"`
	Detail        string         `json:"detail"`
	InvalidParams []InvalidParam `json:"invalid-params,omitempty"`
}

// InvalidParam says what is wrong with one parameter.
type InvalidParam struct {
	In      string `json:"in"`   // query or body
	Path    string `json:"path"` // the parameter
	Message string `json:"message"`
}

// The codes of errors.
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

// Error is the problem for our own logs.
func (p *Problem) Error() string { return p.Title + ": " + p.Detail }

func errNotFound() error {
	return newProblem(codeNotFound, http.StatusNotFound, "Not Found", "Not Found")
}

func errInvalid(params []InvalidParam) error {
	p := newProblem(codeInvalid, http.StatusBadRequest, "Invalid Request", "The request contains invalid parameters.")
	p.InvalidParams = params
	return p
}

// problem answers a request that failed. It is Echo's error handler.
func (s *server) problem(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	var answer any
	var client *clientProblem
	p := problemOf(err)
	switch {
	case errors.As(err, &client):
		answer, p = client, &client.Problem
	default:
		answer = p
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
	body, err := encode(answer)
	if err == nil {
		err = c.Blob(p.Status, "application/problem+json", body)
	}
	if err != nil {
		s.Log.DebugContext(ctx, "problem not sent", slog.Any("error", err))
	}
}

// problemOf tells the caller what is theirs to know of an error.
func problemOf(err error) *Problem {
	var ours *Problem
	var echos *echo.HTTPError
	switch kind := catalog.KindOf(err); {
	case errors.As(err, &ours):
		return ours
	case kind == catalog.NotFound, kind == catalog.Gone:
		return newProblem(codeNotFound, http.StatusNotFound, "Not Found", "Not Found")
	case kind == catalog.Unavailable:
		return newProblem(codeFailed, http.StatusServiceUnavailable, "Service Unavailable", "The listings are still being read. Try again in a few seconds.")
	case errors.As(err, &echos) && echos.Code == http.StatusNotFound:
		return newProblem(codeNotFound, http.StatusNotFound, "Not Found", "Not Found")
	case errors.As(err, &echos):
		return newProblem(fmt.Sprintf("ERR-%d", echos.Code), echos.Code, http.StatusText(echos.Code), http.StatusText(echos.Code))
	default:
		return newProblem(codeFailed, http.StatusInternalServerError, "Unexpected Error", "Something failed on our side. Try again.")
	}
}
