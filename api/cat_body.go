package api

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"trailcat/internal/catalog"
	"trailcat/internal/catjson"
	"trailcat/internal/httpkit"
)

// bindCat reads a cat from the body of a request that is of one of the media
// types. The external id is the one that the address names, if it names one.
func (a *API) bindCat(c echo.Context, externalID string, types ...string) (*catjson.Draft, error) {
	if err := checkMediaType(c, types...); err != nil {
		return nil, err
	}
	body, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return nil, fmt.Errorf("read body: %w", err)
	}
	v, err := catjson.ParseJSON(body)
	if err != nil {
		return nil, httpkit.MalformedBody(err)
	}
	d := catjson.Read(v, externalID, a.today())
	return d, d.Errs.Err(catalog.Invalid)
}

// checkMediaType refuses a body of another media type.
func checkMediaType(c echo.Context, types ...string) error {
	sent, _, _ := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType))
	if slices.Contains(types, sent) {
		return nil
	}
	return httpkit.NewHTTPError(http.StatusUnsupportedMediaType, "unsupported_media_type", "Send the body as JSON, with Content-Type: "+strings.Join(types, " or ")+".")
}
