// Package calibrate compares what a rubric foretold with what became of the
// cats: how often the cats of each band took to an activity, how far the scores
// were off, how well they tell those that did from those that did not, and what
// went wrong.
//
// It knows follow-up reports and the predictions that were kept with them, and
// the statistics of small numbers: every share comes with its 95 % interval, and
// fewer than Enough cases give no statistic at all.
//
// It does not rate, read or keep anything, and it knows nothing of the cats that
// were never tried: see Report.NotTried.
package calibrate
