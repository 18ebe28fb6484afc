package catalog

import (
	"errors"
	"fmt"
	"strings"

	"trailcat/internal/errcode"
)

// Error is a failure that the caller can act on. Its text is written for the
// caller; code that passes the error on may wrap it with context for our logs.
// Every other error is internal, and its text is never shown to callers.
type Error struct {
	Kind   Kind
	Code   errcode.Code // identifies the error for programs
	Detail string       // one sentence for people that says what to do
	Fields []FieldError // errors of single fields of the input
}

// Kind classifies an error.
type Kind string

// The kinds of errors.
const (
	Malformed          Kind = "malformed"     // the request cannot be parsed: a bad parameter, cursor or id
	Invalid            Kind = "invalid"       // the request can be parsed, but its content is not valid
	NotFound           Kind = "not_found"     // the resource does not exist
	Gone               Kind = "gone"          // the resource existed and was removed
	Unauthorized       Kind = "unauthorized"  // the caller is not authenticated
	Forbidden          Kind = "forbidden"     // the caller is authenticated but not allowed
	Conflict           Kind = "conflict"      // the request conflicts with the current state
	PreconditionFailed Kind = "stale"         // the caller's version is not the current one
	Unavailable        Kind = "unavailable"   // the service cannot answer now; the caller can retry
	Misconfigured      Kind = "misconfigured" // the service cannot answer until its operator changes its configuration
	StorageFull        Kind = "storage_full"  // the storage of the service is full
	Internal           Kind = "internal"      // a failure that the caller cannot act on
)

// Errorf returns an error for the caller. The detail is formatted as by fmt.Sprintf.
func Errorf(kind Kind, code errcode.Code, format string, args ...any) *Error {
	return &Error{Kind: kind, Code: code, Detail: fmt.Sprintf(format, args...), Fields: nil}
}

// WithFields returns the error with the errors of single fields.
func (e *Error) WithFields(fields ...FieldError) *Error {
	out := *e
	out.Fields = fields
	return &out
}

// NotFoundError returns the error for a resource that does not exist, as in
// NotFoundError("cat", "cat_7f3a").
func NotFoundError(resource, id string) error {
	return Errorf(NotFound, errcode.NotFound, "The %s %q does not exist.", resource, id)
}

// KindOf returns the kind of err: Internal unless err wraps an *Error, and empty if
// err is nil.
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

func (e *Error) Error() string {
	if len(e.Fields) == 0 {
		return e.Detail
	}
	messages := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		messages[i] = f.String()
	}
	return e.Detail + " " + strings.Join(messages, "; ")
}

// FieldError is an error of one field of the body or of one query parameter.
type FieldError struct {
	Pointer   string       // JSON pointer into the body, such as "/birth/date"
	Parameter string       // or the name of a query parameter
	Code      errcode.Code // identifies the error for programs
	Message   string       // one sentence for people
}

func (f FieldError) String() string { return f.Pointer + f.Parameter + ": " + f.Message }

// FieldErrors collects the field errors of one input.
type FieldErrors []FieldError

// Check adds an error at a JSON pointer unless ok.
func (f *FieldErrors) Check(ok bool, pointer string, code errcode.Code, message string) {
	if !ok {
		*f = append(*f, FieldError{Pointer: pointer, Code: code, Message: message})
	}
}

// WithPrefix adds the errors of a part, with prefix before their pointers.
func (f *FieldErrors) WithPrefix(prefix string, part FieldErrors) {
	for _, p := range part {
		p.Pointer = prefix + p.Pointer
		*f = append(*f, p)
	}
}

// Err returns one error of kind Malformed or Invalid for all field errors, or nil if there
// are none.
func (f FieldErrors) Err(kind Kind) error {
	code := errcode.Invalid
	if kind == Malformed {
		code = errcode.InvalidParameters
	}
	switch len(f) {
	case 0:
		return nil
	case 1:
		return Errorf(kind, code, "The request has one error.").WithFields(f...)
	default:
		return Errorf(kind, code, "The request has %d errors.", len(f)).WithFields(f...)
	}
}
