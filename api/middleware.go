package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/gzhttp"
	"github.com/labstack/echo/v4"
)

const (
	maxURL    = 8 << 10
	maxHeader = 32 << 10 // below what net/http itself refuses, so that the answer is a problem
	maxBody   = 8 << 20  // except for largeBodies
)

// largeBodies is how many bytes a body may have on paths that end so.
var largeBodies = map[string]int64{
	"/imports":          50 << 20, // a file
	"/cats/bulk-upsert": 32 << 20, // a stream
}

// bodyLimit is how many bytes the body of a request to a path may have.
func bodyLimit(path string) int64 {
	for end, limit := range largeBodies {
		if strings.HasSuffix(path, end) {
			return limit
		}
	}
	return maxBody
}

// withMiddleware puts what is the same for every request around the URL map. The first to see a request stands last.
func (a *API) withMiddleware(e *echo.Echo) (http.Handler, error) {
	compress, err := gzhttp.NewWrapper(gzhttp.MinSize(512), gzhttp.EnableZstd(true), gzhttp.SuffixETag(""))
	if err != nil {
		return nil, fmt.Errorf("set up compression: %w", err)
	}
	h, err := a.mounted(e)
	if err != nil {
		return nil, err
	}
	h = methods(h)
	h = a.limitSize(h)
	h = a.rateLimit(h)
	h = cors(h)
	h = compress(h)
	h = a.recovering(h)
	h = a.withAccessLog(h)
	return h, nil
}

// requestInfo is what we note of one request, for the log and the metrics.
type requestInfo struct {
	id    string
	route string
}

type exchangeKey struct{}

func exchangeOf(ctx context.Context) *requestInfo {
	x, _ := ctx.Value(exchangeKey{}).(*requestInfo)
	return x
}

func requestID(ctx context.Context) string {
	if x := exchangeOf(ctx); x != nil {
		return x.id
	}
	return ""
}

// noteRoute tells the log and the metrics which route a request took.
func noteRoute(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if x := exchangeOf(c.Request().Context()); x != nil {
			if c.Path() != "" { // a path that is no route has none
				x.route = c.Path()
			}
		}
		return next(c)
	}
}

var plainID = regexp.MustCompile(`^[A-Za-z0-9_.:-]{1,64}$`)

// withAccessLog gives a request its id, and notes how it went.
func (a *API) withAccessLog(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := a.Now()
		x := &requestInfo{id: r.Header.Get("X-Request-Id"), route: "none"}
		if !plainID.MatchString(x.id) {
			x.id = "req_" + a.NewID()
		}
		w.Header().Set("X-Request-Id", x.id)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		seen := &statusWriter{ResponseWriter: w, status: http.StatusOK, bytes: 0}
		next.ServeHTTP(seen, r.WithContext(context.WithValue(r.Context(), exchangeKey{}, x)))
		took := a.Now().Sub(began)
		a.metrics.observe(r.Method, x.route, seen.status, took)
		a.Log.LogAttrs(r.Context(), slog.LevelInfo, "request",
			slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.String("route", x.route), slog.Int("status", seen.status),
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

// recovering answers 500 where a handler panicked, and goes on serving.
func (a *API) recovering(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			cause := recover()
			if cause == nil {
				return
			}
			if cause == http.ErrAbortHandler { //nolint:errorlint // the very value, as net/http compares it
				panic(cause) //nolint:forbidigo // net/http wants it back
			}
			a.Log.ErrorContext(r.Context(), "handler panicked", slog.Any("cause", cause), slog.String("stack", string(debug.Stack())))
			a.answer(w, r, errors.New("handler panicked"))
		}()
		next.ServeHTTP(w, r)
	})
}

// limitSize refuses what is too large before anyone reads it.
func (a *API) limitSize(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		limit, size := bodyLimit(r.URL.Path), 0
		for name, values := range r.Header {
			for _, v := range values {
				size += len(name) + len(v) + 4
			}
		}
		switch {
		case len(r.RequestURI) > maxURL:
			a.answer(w, r, &httpError{http.StatusRequestURITooLong, "url_too_long", fmt.Sprintf("The address is longer than %d bytes.", maxURL)})
		case size > maxHeader:
			a.answer(w, r, &httpError{http.StatusRequestHeaderFieldsTooLarge, "header_too_large", fmt.Sprintf("The headers are larger than %d bytes.", maxHeader)})
		case r.ContentLength > limit:
			a.answer(w, r, bodyTooLarge(limit))
		default:
			if limit > maxBody {
				a.extendDeadlines(w)
			}
			r.Body = http.MaxBytesReader(w, r.Body, limit)
			next.ServeHTTP(w, r)
		}
	})
}

// largeBodyTime is how long a large body may be on its way, and being worked on.
const largeBodyTime = 15 * time.Minute

// extendDeadlines has the server wait longer than it usually does.
func (a *API) extendDeadlines(w http.ResponseWriter) {
	wait := http.NewResponseController(w)
	_ = wait.SetReadDeadline(a.Now().Add(largeBodyTime)) // what has no deadline needs none
	_ = wait.SetWriteDeadline(a.Now().Add(largeBodyTime))
}

func bodyTooLarge(limit int64) error {
	return &httpError{http.StatusRequestEntityTooLarge, "body_too_large", fmt.Sprintf("The body is larger than %d bytes.", limit)}
}

// methods answers HEAD as GET without the body.
func methods(next http.Handler) http.Handler {
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
		next.ServeHTTP(headWriter{w}, get)
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

// headWriter keeps the header and drops the body.
type headWriter struct{ http.ResponseWriter }

func (w headWriter) Write(b []byte) (int, error) { return len(b), nil }

var (
	corsMethods = strings.Join([]string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodOptions}, ", ")
	corsHeaders = "Accept, Authorization, Content-Type, If-None-Match, If-Range, Range, Trailcat-Min-Seq, X-Api-Sdk, X-Request-Id"
	corsExposed = "Accept-Ranges, Content-Disposition, Content-Range, ETag, Link, Location, RateLimit, RateLimit-Policy, Retry-After, Trailcat-Confirm, Trailcat-Count, Trailcat-Cursor, Trailcat-Seq, X-Request-Id"
)

// cors lets any page read, without credentials.
func cors(next http.Handler) http.Handler {
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

// contextWithin is a request's context, but for no longer than d.
func contextWithin(c echo.Context, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(c.Request().Context(), d)
}

// listed takes list parameters apart: repeated or with commas, the entries of a shelter query are any of.
func listed(sent []string) []string {
	var out []string
	for _, entry := range sent {
		out = append(out, strings.Split(entry, ",")...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
