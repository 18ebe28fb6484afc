package httpkit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

const (
	MaxURL    = 8 << 10
	MaxHeader = 32 << 10 // below what net/http itself refuses, so that the answer is a problem
	MaxBody   = 8 << 20  // except for largeBodies
)

// RequestInfo is what we note of one request, for the log and the metrics.
type RequestInfo struct {
	id    string
	Route string
}

type requestInfoKey struct{}

func RequestInfoFrom(ctx context.Context) *RequestInfo {
	x, _ := ctx.Value(requestInfoKey{}).(*RequestInfo)
	return x
}

func RequestID(ctx context.Context) string {
	if x := RequestInfoFrom(ctx); x != nil {
		return x.id
	}
	return ""
}

// RecordRoute tells the log and the metrics which route a request took.
func RecordRoute(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if x := RequestInfoFrom(c.Request().Context()); x != nil {
			if c.Path() != "" { // a path that is no route has none
				x.Route = c.Path()
			}
		}
		return next(c)
	}
}

var validRequestID = regexp.MustCompile(`^[A-Za-z0-9_.:-]{1,64}$`)

// AccessLog logs and measures requests.
type AccessLog struct {
	Log      *slog.Logger
	Requests *RequestMetrics
	Now      func() time.Time
	NewID    func() string // returns a new request id, without its prefix
}

// Wrap gives each request an id, logs it and measures it.
func (l AccessLog) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := l.Now()
		x := &RequestInfo{id: r.Header.Get("X-Request-Id"), Route: "none"}
		if !validRequestID.MatchString(x.id) {
			x.id = "req_" + l.NewID()
		}
		w.Header().Set("X-Request-Id", x.id)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		seen := &statusWriter{ResponseWriter: w, status: http.StatusOK, bytes: 0}
		next.ServeHTTP(seen, r.WithContext(context.WithValue(r.Context(), requestInfoKey{}, x)))
		took := l.Now().Sub(began)
		l.Requests.observe(r.Method, x.Route, seen.status, took)
		l.Log.LogAttrs(r.Context(), slog.LevelInfo, "request",
			slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.String("route", x.Route), slog.Int("status", seen.status),
			slog.Duration("took", took), slog.Int64("bytes", seen.bytes), slog.String("request_id", x.id))
	})
}

// statusWriter remembers what was answered.
type statusWriter struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// Flush sends what was written so far; compression asks for it by this name.
func (w *statusWriter) Flush() {
	_ = http.NewResponseController(w.ResponseWriter).Flush() // what cannot flush sends it later
}

// Unwrap lets http.ResponseController reach the writer below.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// RecoverPanics answers 500 where a handler panicked, and goes on serving.
func RecoverPanics(ps Problems, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			cause := recover()
			if cause == nil {
				return
			}
			if cause == http.ErrAbortHandler { //nolint:errorlint // the very value, as net/http compares it
				panic(cause) //nolint:forbidigo // net/http wants it back
			}
			ps.log.ErrorContext(r.Context(), "handler panicked", slog.Any("cause", cause), slog.String("stack", string(debug.Stack())))
			ps.Write(w, r, errors.New("handler panicked"))
		}()
		next.ServeHTTP(w, r)
	})
}

// SizeLimits bounds the sizes of requests.
type SizeLimits struct {
	Problems Problems
	Body     func(path string) int64 // the bytes that the body of a request to a path may have
	Now      func() time.Time
}

// Wrap rejects a request that is too large before its body is read.
func (l SizeLimits) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		limit, size := l.Body(r.URL.Path), 0
		for name, values := range r.Header {
			for _, v := range values {
				size += len(name) + len(v) + 4
			}
		}
		switch {
		case len(r.RequestURI) > MaxURL:
			l.Problems.Write(w, r, NewHTTPError(http.StatusRequestURITooLong, "url_too_long", fmt.Sprintf("The address is longer than %d bytes.", MaxURL)))
		case size > MaxHeader:
			l.Problems.Write(w, r, NewHTTPError(http.StatusRequestHeaderFieldsTooLarge, "header_too_large", fmt.Sprintf("The headers are larger than %d bytes.", MaxHeader)))
		case r.ContentLength > limit:
			l.Problems.Write(w, r, bodyTooLarge(limit))
		default:
			if limit > MaxBody {
				ExtendDeadlines(w, l.Now())
			}
			r.Body = http.MaxBytesReader(w, r.Body, limit)
			next.ServeHTTP(w, r)
		}
	})
}

// largeBodyTime is how long a large body may be on its way, and being worked on.
const largeBodyTime = 15 * time.Minute

// ExtendDeadlines has the server wait longer than it usually does.
func ExtendDeadlines(w http.ResponseWriter, now time.Time) {
	wait := http.NewResponseController(w)
	_ = wait.SetReadDeadline(now.Add(largeBodyTime)) // what has no deadline needs none
	_ = wait.SetWriteDeadline(now.Add(largeBodyTime))
}

func bodyTooLarge(limit int64) error {
	return NewHTTPError(http.StatusRequestEntityTooLarge, "body_too_large", fmt.Sprintf("The body is larger than %d bytes.", limit))
}

// AnswerHEAD answers HEAD as GET without the body.
func AnswerHEAD(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodHead:
		case http.MethodGet:
			next.ServeHTTP(w, r)
			return
		default:
			next.ServeHTTP(allowWriter{w}, r)
			return
		}
		get := r.Clone(r.Context())
		get.Method = http.MethodGet
		next.ServeHTTP(HeadWriter{w}, get)
	})
}

// allowWriter names HEAD beside GET where the router says which methods a path takes.
type allowWriter struct{ http.ResponseWriter }

func (w allowWriter) WriteHeader(status int) {
	if allowed := w.Header().Get("Allow"); strings.Contains(allowed, http.MethodGet) {
		w.Header().Set("Allow", strings.Replace(allowed, http.MethodGet, "GET, HEAD", 1))
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the writer below.
func (w allowWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// HeadWriter keeps the header and drops the body.
type HeadWriter struct{ http.ResponseWriter }

func (w HeadWriter) Write(b []byte) (int, error) { return len(b), nil }

var (
	corsMethods = strings.Join([]string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodOptions}, ", ")
	corsHeaders = "Accept, Authorization, Content-Type, If-None-Match, If-Range, Range, Trailcat-Min-Seq, X-Api-Sdk, X-Request-Id"
	corsExposed = "Accept-Ranges, Content-Disposition, Content-Range, ETag, Link, Location, RateLimit, RateLimit-Policy, Retry-After, Trailcat-Confirm, Trailcat-Count, Trailcat-Cursor, Trailcat-Seq, X-Request-Id"
)

// CORS lets any page read, without credentials.
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

// WithTimeout is a request's context, but for no longer than d.
func WithTimeout(c echo.Context, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(c.Request().Context(), d)
}
