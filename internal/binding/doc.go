// Package binding reads query values and JSON values into structs, by the struct tags
// from which the API's description is generated (enums, minimum, maximum, maxLength),
// and reports every error with the parameter or JSON pointer that it concerns. It also
// applies JSON merge patches (RFC 7396) and encodes JSON.
//
// It depends on the catalog for field errors. It knows neither HTTP nor cats.
package binding
