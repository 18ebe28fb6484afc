// Package access says who may do what: keys, what they are allowed, and the
// short-lived tokens that stand for them.
//
// It is pure: it knows no database, no HTTP, no clock and no source of
// randomness. Those who keep keys and those who ask come to it with what it needs.
package access
