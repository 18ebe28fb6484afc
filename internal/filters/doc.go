// Package filters turns the filter parameters of the API into index queries. Lists of
// cats, the change feed, webhooks, saved searches and syndication feeds share it, so that
// a filter means the same everywhere.
//
// It depends on binding, search, geo, vocab and the fields of cards in api/wire. It knows
// no HTTP.
package filters
