// Package calibrate compares the predictions of a rubric with reported outcomes:
// the success rate of each score band, the error of the scores, how well they
// separate successes from failures, and adverse events.
//
// It depends on package catalog for follow-up reports and the predictions stored
// with them. Every share has a 95 % interval suited to small numbers, and fewer
// than MinCases cases give no statistic.
//
// The package does not rate, read or store anything. Activities that were never
// tried have no outcome; Report.NotTried counts them.
package calibrate
