package wire

import (
	"time"
)

// timeOrNil is t, or null where it never was or will be.
func timeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// OrNull is s, or null where nothing was said.
func OrNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// orEmpty is list, or an empty list rather than null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func StringOrEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// MapSlice is each item of a list as something else; never null.
func MapSlice[A, B any](list []A, to func(A) B) []B {
	out := make([]B, len(list))
	for i, item := range list {
		out[i] = to(item)
	}
	return out
}

func timeOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
