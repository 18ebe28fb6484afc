// Package webhook tells addresses of changes: it reads the log for each from a
// bookmark, signs what it found, posts it, and tries again.
//
// It knows leases, so that of several nodes one delivers to an address at a
// time; it knows which networks may be called, and what an answer means. It does
// not know what an event is: a Feed hands it those, ready to go out. It knows no
// database and no HTTP of ours.
package webhook
