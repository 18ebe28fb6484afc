// Package httpkit holds the parts of the HTTP layer that know no cats: binding of
// requests, problem details (RFC 9457), ETags and conditional requests, JSON responses,
// idempotency keys, rate limits, request metrics, the access log and size limits.
//
// It depends on Echo, on binding and on the errors of catalog. It knows no routes.
package httpkit
