// Package match ranks cats for an adopter's home and explains the ranking: the
// reasons for each cat, the reasons against it, and what is unknown.
//
// It depends on package catalog for the facts and the rating summary of a cat, on package
// rating for its training time and restrictions, and on package hints for what its
// listing says.
// Exclusions remove cats; components score the rest. A component adds points if
// the cat is known to suit the home in that respect, subtracts points if it is
// known not to, and adds 0 points and a note if it is unknown. An unknown subtracts
// points only where a mistake would endanger a small child or the cat beside a dog. Points depend on
// the cat and the home only, so a cat that suits the home better never ranks
// lower, and the order of the input does not matter. 50 and all points of a cat
// sum to its fit exactly.
//
// The weights and thresholds are our own judgement; each table names its sources.
// We found no study that validates such a ranking. Breed and colour have no
// weight. The package has no access to the clock, the database or wire formats.
package match
