package api

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/klauspost/compress/gzhttp"
	"github.com/labstack/echo/v4"

	"trailcat/internal/export"
	"trailcat/internal/httpkit"
)

// stallTimeout is how long somebody may take no byte of an export before they
// are given up.
const stallTimeout = time.Minute

// sendExport sends an export, packed as the caller likes it: while it is being
// made as it grows, and else in parts if they ask for parts.
func (a *API) sendExport(c echo.Context, x *export.File) error {
	r, coding := c.Request(), export.CodingFor(c.Request().Header.Values("Accept-Encoding"))
	file := x.Packed.File
	if coding == export.Gzipped {
		zipped, err := a.exports.GzipVariant(r.Context(), x)
		if err != nil {
			return err
		}
		defer a.exports.Release(zipped)
		file = zipped.File
	}
	tag := x.ETAG(coding)
	describeExport(c, x, coding, tag)
	if httpkit.ETagMatches(r.Header.Values("If-None-Match"), tag) {
		return c.NoContent(http.StatusNotModified)
	}
	_, over, _, err := file.State()
	switch {
	case err != nil:
		return err
	case over || r.Header.Get("Range") != "":
		return a.sendParts(c, x, file, coding)
	default:
		return a.sendGrowing(c, x, file, coding)
	}
}

// describeExport says what the export is of.
func describeExport(c echo.Context, x *export.File, packed export.Coding, tag string) {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, export.FormatOf(x.Resource, x.Format).Media)
	h.Set(echo.HeaderContentDisposition, `attachment; filename="`+x.FileName()+`"`)
	h.Set(gzhttp.HeaderNoCompression, "as it is") // it is packed already, or is not to be
	if packed != export.Identity {
		h.Set(echo.HeaderContentEncoding, string(packed))
	}
	h.Set("ETag", tag)
	h.Set("Cache-Control", httpkit.CacheScope(c)+", max-age=0, must-revalidate")
	h.Set("Accept-Ranges", "bytes")
	h.Set(echo.HeaderLastModified, x.Start.At.Format(http.TimeFormat))
	h.Set("Trailcat-Cursor", x.Start.Cursor)
	h.Set(seqHeader, strconv.FormatInt(x.Start.Head.Seq, 10))
}

// sendParts sends an export that is whole, once it is, or the parts of it that were asked for.
func (a *API) sendParts(c echo.Context, x *export.File, file *export.TailFile, packed export.Coding) error {
	r := c.Request()
	size, err := file.Whole(r.Context())
	if err != nil {
		return err
	}
	content := io.ReadSeeker(io.NewSectionReader(file.File, 0, size))
	if packed == export.Identity {
		plain := &export.UnpackedSeeker{Open: func() io.Reader { return file.From(r.Context(), 0) }, Size: x.Size, At: 0, In: nil, InAt: 0}
		defer plain.Close()
		content, size = plain, x.Size
	}
	if isHead(c) {
		r = r.Clone(r.Context())
		r.Method = http.MethodHead
	}
	c.Response().Header().Set("Trailcat-Count", strconv.Itoa(x.Count))
	w := &exportWriter{ResponseWriter: a.withRollingDeadline(c), size: size, refused: false}
	http.ServeContent(w, r, "", x.Start.At, content)
	if w.refused {
		c.Response().Header().Del(echo.HeaderContentDisposition)
		return httpkit.NewHTTPError(http.StatusRequestedRangeNotSatisfiable, "range_not_satisfiable", "There are "+strconv.FormatInt(size, 10)+" bytes of this export; what you ask for is not among them.")
	}
	return nil
}

// sendGrowing sends an export while it is being made. When that fails, the
// answer must not look whole: the connection is broken off.
func (a *API) sendGrowing(c echo.Context, x *export.File, file *export.TailFile, packed export.Coding) error {
	ctx, h := c.Request().Context(), c.Response().Header()
	h.Set("Trailer", "Trailcat-Count")
	c.Response().WriteHeader(http.StatusOK)
	if isHead(c) {
		return nil
	}
	if err := copyGrowing(ctx, a.withRollingDeadline(c), file, packed); err != nil {
		a.Log.DebugContext(ctx, "export not sent", slog.Any("error", err))
		panic(http.ErrAbortHandler) //nolint:forbidigo // the way to tell net/http
	}
	h.Set("Trailcat-Count", strconv.Itoa(x.Count))
	return nil
}

func copyGrowing(ctx context.Context, to http.ResponseWriter, file *export.TailFile, packed export.Coding) error {
	from := file.From(ctx, 0)
	if packed == export.Identity {
		plain, err := export.ZstdReader(from)
		if err != nil {
			return err
		}
		defer plain.Close()
		from = plain
	}
	for part := make([]byte, 1<<16); ; {
		n, err := from.Read(part)
		if n > 0 {
			if _, err := to.Write(part[:n]); err != nil {
				return err
			}
			_ = http.NewResponseController(to).Flush() // what cannot flush sends it later
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}

// isHead says that only the header of an answer is wanted.
func isHead(c echo.Context) bool {
	_, head := c.Response().Writer.(httpkit.HeadWriter)
	return head
}

// withRollingDeadline is the answer to a request that may take as long as it needs, as long
// as the caller keeps reading.
func (a *API) withRollingDeadline(c echo.Context) http.ResponseWriter {
	return &patientWriter{ResponseWriter: c.Response(), wait: http.NewResponseController(c.Response()), now: a.Now, until: time.Time{}}
}

// Unwrap lets http.ResponseController reach the writer below.
func (w *patientWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

type patientWriter struct {
	http.ResponseWriter
	wait  *http.ResponseController
	now   func() time.Time
	until time.Time
}

func (w *patientWriter) Write(p []byte) (int, error) {
	if until := w.now().Add(stallTimeout); until.Sub(w.until) > time.Second {
		w.until = until
		_ = w.wait.SetReadDeadline(until)  // else the server takes the connection for dead
		_ = w.wait.SetWriteDeadline(until) // what has no deadline needs none
	}
	return w.ResponseWriter.Write(p)
}

// exportWriter adds to what http.ServeContent says: how long a packed answer is.
// It keeps a refusal to itself, for us to tell in our words.
type exportWriter struct {
	http.ResponseWriter
	size    int64
	refused bool
}

func (w *exportWriter) WriteHeader(status int) {
	switch status {
	case http.StatusRequestedRangeNotSatisfiable:
		w.refused = true
		return
	case http.StatusOK:
		w.Header().Set(echo.HeaderContentLength, strconv.FormatInt(w.size, 10))
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *exportWriter) Write(p []byte) (int, error) {
	if w.refused {
		return len(p), nil
	}
	return w.ResponseWriter.Write(p)
}
