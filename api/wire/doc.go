// Package wire defines the JSON shapes of the API and the one-way mappings from the
// domain to them. A mapping is one struct literal beside the shape that it fills; the
// linter reports a field that a mapping forgets.
//
// It knows neither requests nor the store.
package wire
