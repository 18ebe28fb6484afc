// Package match ranks cats for a home: what speaks for each, what speaks against
// it, and what nobody has said.
//
// It knows a Profile, the facts of listings and the short of adventure ratings.
// Limits leave cats out; wishes rank the rest. A wish that a cat is known to
// meet gives points, one that it is known to miss takes points, and one of which
// nothing is known moves nothing and is said. Points depend on nothing but the
// cat and the home, so a cat that meets a wish better never falls behind, and
// the order in which cats come does not matter. 50 and all points of a cat sum
// to its fit exactly.
//
// The weights and thresholds are our own judgement, of which each table says
// what it rests on; no study was found that validates any such ranking. Breed and
// colour carry no weight. The package knows no clock, no database and no wire format.
package match
