package api

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/tidwall/gjson"

	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/catjson"
	"trailcat/internal/errcode"
	"trailcat/internal/export"
	"trailcat/internal/httpkit"
)

// bulkRows returns the next cat of a bulk write, or nil at the end.
type bulkRows func() (*catjson.Draft, error)

// bulkRows returns the cats of a request by its media type: JSON or NDJSON.
func (a *API) bulkRows(c echo.Context) (bulkRows, error) {
	if httpkit.CheckMediaType(c, export.MimeNDJSON, "application/ndjson", "application/jsonl") == nil {
		return streamRows(c.Request().Body, a.today()), nil
	}
	if err := httpkit.CheckMediaType(c, echo.MIMEApplicationJSON, export.MimeNDJSON); err != nil {
		return nil, err
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Response(), c.Request().Body, httpkit.MaxBody))
	if err != nil {
		return nil, fmt.Errorf("read body: %w", err)
	}
	v, err := catjson.ParseJSON(body)
	if err != nil {
		return nil, httpkit.MalformedBody(err)
	}
	return arrayRows(v, a.today())
}

// arrayRows returns the cats of an object with the array cats.
func arrayRows(v gjson.Result, today time.Time) (bulkRows, error) {
	var errs catalog.FieldErrors
	cats, unknown := v.Get("cats"), 0
	errs.Check(v.IsObject() && cats.IsArray(), "/cats", errcode.Required, "Expected an object with the array cats.")
	v.ForEach(func(key, _ gjson.Result) bool {
		if v.IsObject() && key.Str != "cats" && unknown < catjson.MaxErrors {
			unknown++
			errs.Check(false, "/"+binding.PointerToken(key.Str), errcode.UnknownField, fmt.Sprintf("Unknown field %q. The only field is cats.", key.Str))
		}
		return v.IsObject()
	})
	if err := errs.Err(catalog.Invalid); err != nil {
		return nil, err
	}
	list := cats.Array()
	errs.Check(len(list) <= maxAtomic, "/cats", errcode.TooMany, fmt.Sprintf("Must have at most %d entries. Send several requests, or a stream of NDJSON.", maxAtomic))
	return func() (*catjson.Draft, error) {
		if len(list) == 0 {
			return nil, nil
		}
		d := catjson.ReadBack(list[0], "", today)
		list = list[1:]
		return d, nil
	}, errs.Err(catalog.Invalid)
}

// streamRows returns the cats of a stream with one cat per line. It skips empty lines.
func streamRows(body io.Reader, today time.Time) bulkRows {
	lines := bufio.NewReaderSize(body, 64<<10)
	rows := 0
	return func() (*catjson.Draft, error) {
		for {
			line, err := lines.ReadBytes('\n')
			if err != nil && !errors.Is(err, io.EOF) {
				return nil, fmt.Errorf("read body: %w", err)
			}
			line = bytes.TrimSpace(line)
			if len(line) == 0 && errors.Is(err, io.EOF) {
				return nil, nil
			}
			if len(line) == 0 {
				continue
			}
			if rows++; rows > maxStreamed {
				return nil, httpkit.NewHTTPError(http.StatusRequestEntityTooLarge, errcode.TooManyRows, fmt.Sprintf("A stream must have at most %d cats.", maxStreamed))
			}
			return readLine(line, today), nil
		}
	}
}

// readLine reads one line of a stream. A line that is not JSON is an error of its cat,
// not of the request.
func readLine(line []byte, today time.Time) *catjson.Draft {
	v, err := catjson.ParseJSON(line)
	if err != nil {
		d := catjson.NewDraft("", today)
		d.AddError("", errcode.Malformed, binding.JSONErrorMessage("line", err))
		return d //nolint:nilerr // the draft has the error
	}
	return catjson.ReadBack(v, "", today)
}

// bulkResponse sends the results of a bulk write: as a stream of lines while the batches
// are written, or as one document at the end.
type bulkResponse struct {
	c       echo.Context
	stream  bool
	started bool         // the status was sent
	pending bytes.Buffer // what was not sent yet
}

func newBulkResponse(c echo.Context) *bulkResponse {
	c.Response().Header().Set("Cache-Control", "no-store")
	return &bulkResponse{c: c, stream: strings.Contains(c.Request().Header.Get(echo.HeaderAccept), export.MimeNDJSON)}
}

// addResults adds the results of a batch. A stream sends them after it called
// waitForIndex, so that the caller finds what it reads about.
func (b *bulkResponse) addResults(results []BulkResult, waitForIndex func()) error {
	for i := range results {
		result, err := binding.EncodeJSON(results[i])
		if err != nil {
			return err
		}
		switch {
		case b.stream:
			result = append(result, '\n')
		case b.pending.Len() == 0:
			b.pending.WriteString(`{"data":[`)
		default:
			b.pending.WriteByte(',')
		}
		b.pending.Write(result)
	}
	if !b.stream {
		return nil
	}
	waitForIndex()
	return b.flush()
}

// flush sends the pending lines of a stream.
func (b *bulkResponse) flush() error {
	if !b.started {
		b.started = true
		// Without it an HTTP/1 server stops reading the request once it responds.
		_ = http.NewResponseController(b.c.Response()).EnableFullDuplex()
		b.c.Response().Header().Set(echo.HeaderContentType, export.MimeNDJSON)
		b.c.Response().Header().Set(echo.HeaderConnection, "close") // the body may not be read to its end
		b.c.Response().WriteHeader(http.StatusOK)
	}
	if _, err := b.c.Response().Write(b.pending.Bytes()); err != nil {
		return fmt.Errorf("send results: %w", err)
	}
	b.pending.Reset()
	_ = http.NewResponseController(b.c.Response()).Flush() // a writer that cannot flush sends at the end
	return nil
}

// finish sends the summary.
func (b *bulkResponse) finish(summary BulkSummary) error {
	if b.stream {
		return b.finishWith(map[string]any{"summary": summary})
	}
	if b.pending.Len() == 0 {
		b.pending.WriteString(`{"data":[`)
	}
	encoded, err := binding.EncodeJSON(summary)
	if err != nil {
		return err
	}
	fmt.Fprintf(&b.pending, `],"summary":%s}`, encoded)
	return b.c.Blob(http.StatusOK, echo.MIMEApplicationJSON, b.pending.Bytes())
}

// finishWith sends the last line of a stream.
func (b *bulkResponse) finishWith(line any) error {
	encoded, err := binding.EncodeJSON(line)
	if err != nil {
		return err
	}
	b.pending.Write(append(encoded, '\n'))
	return b.flush()
}

// fail ends the response with an error after rows cats were processed. A stream that has
// started sends the problem as its last line.
func (b *bulkResponse) fail(problems httpkit.Problems, err error, rows int) error {
	if rows == 0 {
		return err
	}
	p := problems.Describe(b.c.Request(), err)
	p.Detail += fmt.Sprintf(" The first %d cats were processed, and none after them.", rows)
	if b.started {
		return b.finishWith(map[string]any{"problem": p})
	}
	return httpkit.NewHTTPError(p.Status, p.Code, p.Detail)
}
