package catalog

import (
	"errors"
	"fmt"
	"strings"
)

// Error is a failure that the caller can mend. Its text is written for the
// caller; whoever passes it on may wrap it with words for us. Every other error
// is our own failure, and its text is nobody else's business.
type Error struct {
	Kind   Kind
	Code   string       // a stable word for programs, as in "cat_removed"; empty means the kind says enough
	Detail string       // a sentence for people, saying what to do
	Faults []FieldError // what is wrong with the input, part by part
}

// Kind is what sort of failure an error is.
type Kind string

// The kinds of failure.
const (
	Malformed          Kind = "malformed"    // the question cannot be read: a bad parameter, cursor or id
	Invalid            Kind = "invalid"      // the question can be read, but what it says cannot be true
	NotFound           Kind = "not_found"    // there is no such thing
	Gone               Kind = "gone"         // there was such a thing
	Unauthorized       Kind = "unauthorized" // nobody knows who asks
	Forbidden          Kind = "forbidden"    // who asks may not
	Conflict           Kind = "conflict"     // with what is already there
	PreconditionFailed Kind = "stale"        // the caller's copy is older than ours
	Unavailable        Kind = "unavailable"  // not now; try again
	Internal           Kind = "internal"     // not the caller's to mend
)

// KindOf says what sort of failure err is: Internal unless it holds an *Error, empty if err is nil.
func KindOf(err error) Kind {
	var e *Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e):
		return e.Kind
	default:
		return Internal
	}
}

// NotFoundError is the error for a thing that is not there, as in Missing("cat", "cat_7f3a").
func NotFoundError(thing, id string) error {
	return &Error{Kind: NotFound, Detail: fmt.Sprintf("There is no %s %q.", thing, id)}
}

func (e *Error) Error() string {
	if len(e.Faults) == 0 {
		return e.Detail
	}
	said := make([]string, len(e.Faults))
	for i, f := range e.Faults {
		said[i] = f.String()
	}
	return e.Detail + " " + strings.Join(said, "; ")
}

// FieldError says what is wrong with one part of the input.
type FieldError struct {
	Pointer   string // where in the body, as a JSON pointer: "/birth/date"
	Parameter string // or which parameter of the query
	Code      string // a stable word for programs: required, unknown_value, out_of_range, …
	Message   string // a sentence for people
}

func (f FieldError) String() string { return f.Pointer + f.Parameter + ": " + f.Message }

// FieldErrors collects what is wrong with an input.
type FieldErrors []FieldError

// Check notes a fault at a JSON pointer unless ok.
func (f *FieldErrors) Check(ok bool, pointer, code, message string) {
	if !ok {
		*f = append(*f, FieldError{Pointer: pointer, Code: code, Message: message})
	}
}

// WithPrefix takes over the faults of a part that is found at the pointer place.
func (f *FieldErrors) WithPrefix(place string, part FieldErrors) {
	for _, p := range part {
		p.Pointer = place + p.Pointer
		*f = append(*f, p)
	}
}

// Err is one error of the given kind for all the faults, or nil if there are none.
func (f FieldErrors) Err(kind Kind) error {
	if len(f) == 0 {
		return nil
	}
	detail := "One thing is wrong with the request."
	if len(f) > 1 {
		detail = fmt.Sprintf("%d things are wrong with the request.", len(f))
	}
	return &Error{Kind: kind, Detail: detail, Faults: f}
}
