// Package openapi holds the description of the API, made from the comments on
// the handlers. It knows nothing of the program that it describes. To make the
// description anew: make generate.
package openapi

import _ "embed"

// JSON is the description, as OpenAPI 3.1.
//
//go:generate go run ./gen -examples examples -out openapi.json ../../api ../../api/wire ../../internal/httpkit ../../internal/filters ../../internal/catjson ../../internal/changefeed ../../internal/export
//go:embed openapi.json
var JSON []byte
