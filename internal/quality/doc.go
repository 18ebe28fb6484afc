// Package quality reviews the listings of a shelter: which lack data, which are stale,
// and which are likely duplicates of another listing. A queue runs reviews in the
// background.
//
// It depends on catalog, search and vocab. It knows no HTTP.
package quality
