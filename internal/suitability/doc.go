// Package suitability rates the cats of the catalog: it turns a cat, its recorded
// evidence and what its listing says into the input of the rating, and the result into
// the summary that the catalog stores.
//
// It depends on catalog, hints and rating. It knows neither HTTP nor the store.
package suitability
