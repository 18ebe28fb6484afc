package api

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/klauspost/compress/gzhttp"
	"github.com/labstack/echo/v4"

	"trailcat/internal/httpkit"
)

// largeBodies is how many bytes a body may have on paths that end so.
var largeBodies = map[string]int64{
	"/imports":          50 << 20, // a file
	"/cats/bulk-upsert": 32 << 20, // a stream
}

// maxBody returns the largest body of a request to a path, in bytes.
func maxBody(path string) int64 {
	for end, limit := range largeBodies {
		if strings.HasSuffix(path, end) {
			return limit
		}
	}
	return httpkit.MaxBody
}

// withMiddleware puts what is the same for every request around the URL map. The first to see a request stands last.
func (a *API) withMiddleware(e *echo.Echo) (http.Handler, error) {
	compress, err := gzhttp.NewWrapper(gzhttp.MinSize(512), gzhttp.EnableZstd(true), gzhttp.SuffixETag(""))
	if err != nil {
		return nil, fmt.Errorf("set up compression: %w", err)
	}
	h, err := a.withMounts(e)
	if err != nil {
		return nil, err
	}
	h = httpkit.AnswerHEAD(h)
	h = httpkit.SizeLimits{Problems: a.problems, MaxBody: maxBody, Now: a.Now}.Wrap(h)
	h = a.rateLimit(h)
	h = httpkit.CORS(h)
	h = compress(h)
	h = httpkit.RecoverPanics(a.problems, h)
	h = httpkit.AccessLog{Log: a.Log, Metrics: a.metrics, Now: a.Now, NewID: a.NewID}.Wrap(h)
	return h, nil
}
