// Package rating judges how readily a cat is likely to take to leash walks,
// backpack outings, hikes and patio visits, and says why.
//
// It knows a rubric (data, embedded, versioned) and arithmetic over it: what
// people saw of a cat becomes a score with a range, reasons that add up to the
// score, what may be done now, a training plan and what to look at next. The
// score is behaviour only; health and safety gate what may be done.
//
// The same facts, marks, date and rubric give the same rating on every
// machine, whatever the order of the marks: weights are summed as integers,
// products are rounded before they are added so that no processor fuses them,
// and nothing but + - * / and the square root is used.
//
// It does not know the clock, files, databases, wire formats, breeds, sexes or
// colours. It is structured judgement and no validated test, which the rubric
// itself tells its readers.
package rating
