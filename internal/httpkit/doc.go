// Package httpkit holds the parts of the HTTP layer that know no cats: binding requests,
// problem details (RFC 9457), ETags and conditional requests, JSON responses,
// idempotency keys, rate limits, request metrics, access log and size limits.
//
// It depends on Echo and on the catalog's errors. It knows no routes.
package httpkit
