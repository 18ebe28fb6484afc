package httpkit

import (
	"context"
	"log/slog"
	"net/http"
	"regexp"
	"time"

	"github.com/labstack/echo/v4"
)

// requestInfo holds what the access log and the metrics need to know of a request.
type requestInfo struct {
	id    string
	route string // pattern of the route, or "none"
}

type requestInfoKey struct{}

func requestInfoFrom(ctx context.Context) *requestInfo {
	info, _ := ctx.Value(requestInfoKey{}).(*requestInfo)
	return info
}

// RequestID returns the id of the request that ctx belongs to, or "".
func RequestID(ctx context.Context) string {
	if info := requestInfoFrom(ctx); info != nil {
		return info.id
	}
	return ""
}

// SetRoute sets the route under which a request is logged and measured.
func SetRoute(ctx context.Context, route string) {
	if info := requestInfoFrom(ctx); info != nil {
		info.route = route
	}
}

// RecordRoute is Echo middleware that calls SetRoute with the pattern of the route that
// the router found.
func RecordRoute(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if c.Path() != "" { // empty if no route matches
			SetRoute(c.Request().Context(), c.Path())
		}
		return next(c)
	}
}

// validRequestID matches the request ids of callers that are safe to log.
var validRequestID = regexp.MustCompile(`^[A-Za-z0-9_.:-]{1,64}$`)

// contentPolicy is the content security policy of responses that set no other. A
// browser that shows such a response as a page loads nothing else for it, and other sites
// cannot show it in a frame.
const contentPolicy = "default-src 'none'; frame-ancestors 'none'"

// AccessLog logs and measures requests.
type AccessLog struct {
	Log     *slog.Logger
	Metrics *RequestMetrics
	Now     func() time.Time
	NewID   func() string // returns a new request id without its prefix
}

// Wrap returns a handler that gives each request an id, logs it and measures it, and sets
// the headers that every response has. A valid X-Request-Id of the caller becomes the id.
func (l AccessLog) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := l.Now()
		info := &requestInfo{id: r.Header.Get("X-Request-Id"), route: "none"}
		if !validRequestID.MatchString(info.id) {
			info.id = "req_" + l.NewID()
		}
		w.Header().Set("X-Request-Id", info.id)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Content-Security-Policy", contentPolicy)
		response := &countingWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(response, r.WithContext(context.WithValue(r.Context(), requestInfoKey{}, info)))
		duration := l.Now().Sub(start)
		l.Metrics.observe(r.Method, info.route, response.status, duration)
		l.Log.LogAttrs(r.Context(), slog.LevelInfo, "request",
			slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.String("route", info.route), slog.Int("status", response.status),
			slog.Float64("duration_ms", float64(duration.Microseconds())/1000), slog.Int64("bytes", response.bytes), slog.String("request_id", info.id))
	})
}

// countingWriter records the status of a response and counts the bytes of its body.
type countingWriter struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (w *countingWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *countingWriter) Write(b []byte) (int, error) {
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// Flush implements http.Flusher, which the compression middleware looks for.
func (w *countingWriter) Flush() {
	_ = http.NewResponseController(w.ResponseWriter).Flush() // a writer that cannot flush sends at the end
}

// Unwrap implements the interface that http.ResponseController looks for.
func (w *countingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
