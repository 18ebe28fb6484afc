// Package evidence turns what was recorded of a cat, by people and by the software of
// shelters, into the input of the rating, and checks it by the rubric.
//
// It depends on catalog and rating. It knows neither HTTP nor the store.
package evidence
