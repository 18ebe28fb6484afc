// Package binding reads query values and JSON values into structs. The rules are the
// struct tags from which the OpenAPI document is generated: enums, minimum, maximum,
// maxLength. Every error names the parameter or JSON pointer that it concerns. The
// package also applies JSON merge patches (RFC 7396) and encodes JSON.
//
// It depends on catalog for field errors and on vocab for suggestions. It knows neither
// HTTP nor cats.
package binding
