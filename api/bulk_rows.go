package api

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/tidwall/gjson"

	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/catjson"
	"trailcat/internal/export"
	"trailcat/internal/httpkit"
)

// bulkRows are the cats of a request, read as they are asked for.
type bulkRows struct {
	next func() (*catjson.Draft, error) // nil at the end
}

// bulkRows reads the cats of a request by its media type.
func (a *API) bulkRows(c echo.Context) (*bulkRows, error) {
	if checkMediaType(c, export.MimeNDJSON, "application/ndjson", "application/jsonl") == nil {
		return streamRows(c.Request().Body, a.today()), nil
	}
	if err := checkMediaType(c, echo.MIMEApplicationJSON, export.MimeNDJSON); err != nil {
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

// arrayRows are the cats of an object that holds them all.
func arrayRows(v gjson.Result, today time.Time) (*bulkRows, error) {
	var bad catalog.FieldErrors
	cats, others := v.Get("cats"), 0
	bad.Check(v.IsObject() && cats.IsArray(), "/cats", "required", "Send an object with the list cats.")
	v.ForEach(func(key, _ gjson.Result) bool {
		if v.IsObject() && key.Str != "cats" && others < catjson.MaxErrors {
			others++
			bad.Check(false, "/"+binding.PointerToken(key.Str), "unknown_field", fmt.Sprintf("There is no field %q; the only one is cats.", key.Str))
		}
		return v.IsObject()
	})
	if err := bad.Err(catalog.Invalid); err != nil {
		return nil, err
	}
	list := cats.Array()
	bad.Check(len(list) <= maxAtomic, "/cats", "too_many", fmt.Sprintf("Has more than %d entries. Send them in parts, or as a stream of NDJSON.", maxAtomic))
	return &bulkRows{next: func() (*catjson.Draft, error) {
		if len(list) == 0 {
			return nil, nil
		}
		d := catjson.Read(list[0], "", today)
		list = list[1:]
		return d, nil
	}}, bad.Err(catalog.Invalid)
}

// streamRows are the cats of a stream, one a line. Empty lines are none.
func streamRows(body io.Reader, today time.Time) *bulkRows {
	lines := bufio.NewReaderSize(body, 64<<10)
	rows := 0
	return &bulkRows{next: func() (*catjson.Draft, error) {
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
				return nil, httpkit.NewHTTPError(http.StatusRequestEntityTooLarge, "too_many_rows", fmt.Sprintf("The stream has more than %d cats.", maxStreamed))
			}
			return readLine(line, today), nil
		}
	}}
}

// readLine reads one line. One that is no JSON is that cat's fault, not the others'.
func readLine(line []byte, today time.Time) *catjson.Draft {
	v, err := catjson.ParseJSON(line)
	if err != nil {
		d := catjson.NewDraft("", today)
		d.AddError("", "malformed", binding.JSONErrorMessage("line", err))
		return d //nolint:nilerr // the draft has the error
	}
	return catjson.Read(v, "", today)
}
