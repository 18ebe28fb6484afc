package api

import (
	"bytes"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"trailcat/internal/binding"
	"trailcat/internal/export"
	"trailcat/internal/httpkit"
)

// bulkResponse tells what became of many cats: line by line while they come, or
// in one document at the end.
type bulkResponse struct {
	c       echo.Context
	stream  bool
	started bool         // something was sent, so that no other status can be
	report  bytes.Buffer // the document so far
}

func newBulkResponse(c echo.Context) *bulkResponse {
	b := &bulkResponse{c: c, stream: wantsStream(c), started: false, report: bytes.Buffer{}}
	c.Response().Header().Set("Cache-Control", "no-store")
	return b
}

// addResults tells the results of a batch, when they can be seen.
func (b *bulkResponse) addResults(results []BulkResult, seen func()) error {
	for i := range results {
		line, err := binding.EncodeJSON(results[i])
		if err != nil {
			return err
		}
		switch {
		case b.stream:
			line = append(line, '\n')
		case b.report.Len() == 0:
			b.report.WriteString(`{"data":[`)
		default:
			b.report.WriteByte(',')
		}
		b.report.Write(line)
	}
	if !b.stream {
		return nil
	}
	seen()
	return b.flush()
}

// flush sends the lines that there are.
func (b *bulkResponse) flush() error {
	if !b.started {
		b.started = true
		// Most servers of HTTP/1 stop reading where they begin to answer.
		_ = http.NewResponseController(b.c.Response()).EnableFullDuplex()
		b.c.Response().Header().Set(echo.HeaderContentType, export.MimeNDJSON)
		b.c.Response().WriteHeader(http.StatusOK)
	}
	if _, err := b.c.Response().Write(b.report.Bytes()); err != nil {
		return fmt.Errorf("send results: %w", err)
	}
	b.report.Reset()
	_ = http.NewResponseController(b.c.Response()).Flush() // what cannot flush sends it later
	return nil
}

// finish tells the summary.
func (b *bulkResponse) finish(summary BulkSummary) error {
	if b.stream {
		return b.finishWith(map[string]any{"summary": summary})
	}
	if b.report.Len() == 0 {
		b.report.WriteString(`{"data":[`)
	}
	rest, err := binding.EncodeJSON(summary)
	if err != nil {
		return err
	}
	fmt.Fprintf(&b.report, `],"summary":%s}`, rest)
	return b.c.Blob(http.StatusOK, echo.MIMEApplicationJSON, b.report.Bytes())
}

func (b *bulkResponse) finishWith(line any) error {
	text, err := binding.EncodeJSON(line)
	if err != nil {
		return err
	}
	b.report.Write(append(text, '\n'))
	return b.flush()
}

// fail tells that it ended too early, after so many rows.
func (b *bulkResponse) fail(a *API, err error, rows int) error {
	if rows == 0 {
		return err
	}
	p := a.problems.Describe(b.c.Request(), err)
	p.Detail += fmt.Sprintf(" The first %d rows are done, none after them.", rows)
	if b.started {
		return b.finishWith(map[string]any{"problem": p})
	}
	return httpkit.NewHTTPError(p.Status, p.Code, p.Detail)
}
