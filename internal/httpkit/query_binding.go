package httpkit

import (
	"github.com/labstack/echo/v4"

	"trailcat/internal/binding"
	"trailcat/internal/catalog"
)

// BindQuery reads the query of a request into the struct that in points to. The
// tags from which the documentation is made are the rules: enums, minimum,
// maximum, maxLength. A field that is not sent keeps its value. A parameter
// that in does not have is refused, with the nearest name that it has. The
// faults are for the caller to add to; the error is for a query that cannot be
// read at all.
func BindQuery(c echo.Context, in any) (catalog.FieldErrors, error) {
	values, err := binding.ParseQuery(c.Request().URL.RawQuery)
	if err != nil {
		return nil, err
	}
	return binding.BindValues(values, in), nil
}

// BindValidQuery is bindQuery where nothing else can be wrong.
func BindValidQuery(c echo.Context, in any) error {
	bad, err := BindQuery(c, in)
	if err != nil {
		return err
	}
	return bad.Err(catalog.Malformed)
}
