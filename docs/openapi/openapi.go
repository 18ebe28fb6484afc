// Package openapi contains the OpenAPI document of the API, which is generated from
// the comments on handlers and types by make generate. It depends on no other package.
package openapi

import _ "embed"

// JSON is the document, in OpenAPI 3.1.
//
//go:generate go run ./gen -enums enums.json -examples examples -empty-strings catjson -out openapi.json ../../api ../../api/wire ../../internal/httpkit ../../internal/filters ../../internal/catjson ../../internal/changefeed ../../internal/export
//go:embed openapi.json
var JSON []byte
