package httpkit

import (
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
)

// RecoverPanics returns a handler that responds with status 500 if next panics.
func RecoverPanics(problems Problems, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			cause := recover()
			if cause == nil {
				return
			}
			if cause == http.ErrAbortHandler { //nolint:errorlint // net/http compares the value, too
				panic(cause) //nolint:forbidigo // net/http handles it
			}
			problems.log.ErrorContext(r.Context(), "handler panicked", slog.Any("cause", cause), slog.String("stack", string(debug.Stack())))
			problems.Write(w, r, errors.New("handler panicked"))
		}()
		next.ServeHTTP(w, r)
	})
}

// AnswerHEAD returns a handler that answers HEAD as GET without the body.
func AnswerHEAD(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodHead:
			get := r.Clone(r.Context())
			get.Method = http.MethodGet
			next.ServeHTTP(HeadWriter{w}, get)
		case http.MethodGet:
			next.ServeHTTP(w, r)
		default:
			next.ServeHTTP(allowWriter{w}, r)
		}
	})
}

// allowWriter adds HEAD to an Allow header that contains GET.
type allowWriter struct{ http.ResponseWriter }

func (w allowWriter) WriteHeader(status int) {
	if allowed := w.Header().Get("Allow"); strings.Contains(allowed, http.MethodGet) {
		w.Header().Set("Allow", strings.Replace(allowed, http.MethodGet, "GET, HEAD", 1))
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap implements the interface that http.ResponseController looks for.
func (w allowWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// HeadWriter is the response writer of a HEAD request. It discards the body.
type HeadWriter struct{ http.ResponseWriter }

func (w HeadWriter) Write(b []byte) (int, error) { return len(b), nil }

const (
	corsMethods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
	corsHeaders = "Accept, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, If-Range, Range, Trailcat-Min-Seq, X-Api-Sdk, X-Request-Id"
	corsExposed = "Accept-Ranges, Content-Disposition, Content-Range, ETag, Idempotency-Replayed, Link, Location, RateLimit, RateLimit-Policy, Retry-After, Trailcat-Confirm, Trailcat-Count, Trailcat-Cursor, Trailcat-Paused-Webhooks, Trailcat-Result, Trailcat-Seq, WWW-Authenticate, X-Request-Id"
)

// CORS returns a handler that lets web pages of any origin send requests and read responses,
// without credentials of the browser: what needs a key needs it in the Authorization header.
func CORS(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Expose-Headers", corsExposed)
		if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
			h.Set("Access-Control-Allow-Methods", corsMethods)
			h.Set("Access-Control-Allow-Headers", corsHeaders)
			h.Set("Access-Control-Max-Age", "86400")
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r)
	})
}
