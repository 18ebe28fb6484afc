package api

import (
	"cmp"
	"context"
	"errors"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"trailcat/docs/openapi"
	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/httpkit"
	"trailcat/internal/search"
)

// Root is the entry point of the API.
type Root struct {
	Name    string `json:"name" example:"Trailcat"`         // Name of the software.
	Version string `json:"version" example:"0.1.0"`         // Version of the software.
	Docs    string `json:"docs" example:"/docs"`            // Path of the documentation.
	OpenAPI string `json:"openapi" example:"/openapi.json"` // Path of the OpenAPI document.
	Cats    string `json:"cats" example:"/v1/cats"`         // Path of the list of cats.
} //	@name	Root

// Health is the state of the server.
type Health struct {
	Status string            `json:"status" enums:"ok,failing"` // `ok` if all checks pass.
	Checks map[string]string `json:"checks"`                    // Result by name of the check: `ok`, or what is wrong.
} //	@name	Health

// getRoot returns the entry point of the API, or redirects browsers to the documentation.
//
//	@Summary		Get the entry point
//	@Description	Returns the version of the server and the paths of the documentation and of the list of cats. Browsers, which prefer text/html in `Accept`, are redirected to the documentation.
//	@ID				getRoot
//	@x-static		true
//	@Tags			operations
//	@Produce		json
//	@Success		200		{object}	Root		"Version and paths"
//	@Success		303		"The documentation, for clients that prefer text/html"
//	@Header			303		{string}	Location	"Path of the documentation"
//	@Success		304		"Not modified since the ETag in If-None-Match"
//	@Failure		default	{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Router			/ [get]
func (a *API) getRoot(c echo.Context) error {
	c.Response().Header().Add(echo.HeaderVary, echo.HeaderAccept)
	if prefersHTML(c.Request().Header.Values(echo.HeaderAccept)) {
		return c.Redirect(http.StatusSeeOther, "/docs")
	}
	return httpkit.SendJSON(c, Root{Name: "Trailcat", Version: a.Version, Docs: "/docs", OpenAPI: "/openapi.json", Cats: "/v1/cats"})
}

// prefersHTML reports whether Accept headers name text/html with a higher quality than
// they give to JSON.
func prefersHTML(accept []string) bool {
	var html, json float64
	for part := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		mediaType, params, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		quality, err := strconv.ParseFloat(cmp.Or(params["q"], "1"), 64)
		if err != nil {
			continue
		}
		switch mediaType {
		case "text/html":
			html = max(html, quality)
		case "application/json", "application/*", "*/*":
			json = max(json, quality)
		}
	}
	return html > json
}

// getOpenAPI sends the OpenAPI document.
//
//	@Summary		Get the OpenAPI document
//	@Description	Returns the description of this API as an OpenAPI 3.1 document.
//	@ID				getOpenAPI
//	@x-static		true
//	@Tags			operations
//	@Produce		json
//	@Success		200		{object}	map[string]any	"The OpenAPI document"
//	@Success		304		"Not modified since the ETag in If-None-Match"
//	@Failure		default	{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Router			/openapi.json [get]
func (a *API) getOpenAPI(c echo.Context) error {
	return httpkit.SendEncoded(c, openapi.JSON)
}

// getLive reports that the process is running.
//
//	@Summary		Check liveness
//	@Description	Returns 200 as long as the process is running. Use it for a supervisor that restarts the process.
//	@ID				getLive
//	@x-monitoring	true
//	@Tags			operations
//	@Produce		json
//	@Success		200		{object}	Health			"The process is running"
//	@Failure		default	{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Router			/livez [get]
func (a *API) getLive(c echo.Context) error {
	return c.JSON(http.StatusOK, Health{Status: "ok", Checks: map[string]string{}})
}

// getReady reports whether the server can answer requests.
//
//	@Summary		Check readiness
//	@Description	Returns 200 if the server can answer requests: the index is loaded, the database is available and accepts writes, and the server is not shutting down. Otherwise it returns 503 and the check that failed.
//	@ID				getReady
//	@x-monitoring	true
//	@Tags			operations
//	@Produce		json
//	@Success		200		{object}	Health			"The server is ready"
//	@Failure		503		{object}	Health			"The server is not ready; a check failed"
//	@Failure		default	{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Router			/readyz [get]
func (a *API) getReady(c echo.Context) error {
	health := a.health(c)
	status := http.StatusOK
	if health.Status != "ok" {
		status = http.StatusServiceUnavailable
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.JSON(status, health)
}

func (a *API) health(c echo.Context) Health {
	checks := map[string]string{"index": "ok", "database": "ok", "server": "ok"}
	state := a.Index.State()
	switch {
	case !state.Ready:
		checks["index"] = "loading"
	case state.Refilling:
		checks["index"] = "loading again: the change log was set back or replaced"
	case state.Err != nil:
		checks["index"] = "reading the change log has failed since " + state.LastContact.UTC().Format(time.RFC3339)
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), time.Second)
	defer cancel()
	if err := a.Store.Ping(ctx); err != nil {
		checks["database"] = DatabaseState(err)
	}
	if a.Draining != nil && a.Draining() {
		checks["server"] = "shutting down"
	}
	health := Health{Status: "ok", Checks: checks}
	for _, result := range checks {
		if result != "ok" {
			health.Status = "failing"
		}
	}
	return health
}

// DatabaseState returns the state of the database that an error means: the code of the
// problem that callers get, such as storage_full.
func DatabaseState(err error) string {
	domain, ok := errors.AsType[*catalog.Error](err)
	if !ok {
		return string(errcode.Unavailable)
	}
	return string(domain.Code)
}

// getMetrics sends the metrics.
//
//	@Summary		Get metrics
//	@Description	Returns metrics in the text format of Prometheus: duration of requests by route and status, state of the index, queue of writes, Go runtime and process.
//	@ID				getMetrics
//	@x-monitoring	true
//	@Tags			operations
//	@Produce		text/plain
//	@Success		200		{string}	string			"The metrics"
//	@Failure		default	{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Router			/metrics [get]
func (a *API) getMetrics(c echo.Context) error {
	promhttp.HandlerFor(a.metrics.Registry, promhttp.HandlerOpts{DisableCompression: true}).ServeHTTP(c.Response(), c.Request())
	return nil
}

// Gauge is a metric whose value is read when the metrics are requested.
type Gauge struct {
	Name, Help string
	Value      func() float64
}

func gaugeMetrics(gauges []Gauge) []prometheus.Collector {
	out := make([]prometheus.Collector, len(gauges))
	for i, g := range gauges {
		out[i] = prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: g.Name, Help: g.Help}, g.Value)
	}
	return out
}

// indexMetrics returns collectors for the state of the index.
func indexMetrics(index *search.Index) []prometheus.Collector {
	gauge := func(name, help string, value func(search.State) float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return value(index.State()) })
	}
	return []prometheus.Collector{
		gauge("trailcat_index_cats", "Number of cats in the index, of any status.", func(s search.State) float64 { return float64(s.Cats) }),
		gauge("trailcat_index_available_cats", "Number of available cats in the index.", func(s search.State) float64 { return float64(s.Available) }),
		gauge("trailcat_index_log_number", "Sequence number of the last change that the index reflects.", func(s search.State) float64 { return float64(s.Head.Seq) }),
		gauge("trailcat_index_ready", "1 if the index is loaded, otherwise 0.", func(s search.State) float64 {
			if s.Ready {
				return 1
			}
			return 0
		}),
	}
}

// databaseMetrics returns collectors for what waits for the database.
func databaseMetrics(db Store) []prometheus.Collector {
	gauge := func(name, help string, value func(catalog.WriteQueue) int) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return float64(value(db.WriteQueue())) })
	}
	counter := func(name, help string, value func(catalog.WriteQueue) int64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, func() float64 { return float64(value(db.WriteQueue())) })
	}
	return []prometheus.Collector{
		gauge("trailcat_writes_running", "Number of write transactions that run.", func(q catalog.WriteQueue) int { return q.Running }),
		gauge("trailcat_writes_waiting", "Number of writes that wait for their turn.", func(q catalog.WriteQueue) int { return q.Waiting }),
		counter("trailcat_writes_rejected_total", "Number of writes rejected with the code overloaded.", func(q catalog.WriteQueue) int64 { return q.Rejected }),
		counter("trailcat_database_timeouts_total", "Number of reads and writes that exceeded the time limit of the database.", func(q catalog.WriteQueue) int64 { return q.TimedOut }),
		writesPerTransaction{db},
	}
}

// writesPerTransaction is a histogram of how many writes of single cats shared a
// transaction.
type writesPerTransaction struct{ db Store }

var writesPerTransactionDesc = prometheus.NewDesc("trailcat_cat_writes_per_transaction", "Number of writes of single cats that shared a transaction.", nil, nil)

// Describe implements prometheus.Collector.
func (writesPerTransaction) Describe(to chan<- *prometheus.Desc) { to <- writesPerTransactionDesc }

// Collect implements prometheus.Collector.
func (w writesPerTransaction) Collect(to chan<- prometheus.Metric) {
	q := w.db.WriteQueue()
	count, upTo := uint64(0), map[float64]uint64{}
	for i, n := range q.CatGroups {
		count += uint64(n)
		upTo[float64(int(1)<<i)] = count
	}
	to <- prometheus.MustNewConstHistogram(writesPerTransactionDesc, count, float64(q.CatWrites), upTo)
}
