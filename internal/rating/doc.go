// Package rating rates how well what people saw of a cat fits leash walks,
// backpack outings, hikes and patio visits, and explains the estimate.
//
// A rating is computed from observations, health items, a day and a rubric. A
// rubric is an embedded, versioned document; the package is arithmetic over it.
// The result has a score with a range, contributions that sum to the score, the
// readiness for each activity, a training plan and the traits to observe next.
// The score is behaviour only; health and safety gates restrict what may be done.
//
// The same input and rubric give the same rating on every machine, whatever the
// order of the observations: weights are summed as integers, products are
// rounded before they are added so that no processor fuses them, and only
// + - * / and the square root are used.
//
// The package has no dependencies within the module. It has no access to the
// clock, files, databases or wire formats, and ignores breed, sex and colour.
// A rating is structured judgement, not a validated test; the rubric states that.
package rating
