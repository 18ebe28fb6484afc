package wire

import "time"

// OrNull returns a pointer to s, or nil for an empty string.
func OrNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// PositiveOrNull returns a pointer to n, or nil if n is not positive.
func PositiveOrNull(n int) *int {
	if n <= 0 {
		return nil
	}
	return &n
}

// timeOrNull returns a pointer to t, or nil for the zero time.
func timeOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// dateOrNull returns the date of t as in 2026-11-22, or nil for the zero time.
func dateOrNull(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	return new(t.Format(time.DateOnly))
}

// orEmpty returns the list, or an empty list for nil, which JSON would show as null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// orEmptyMap returns the map, or an empty map for nil, which JSON would show as null.
func orEmptyMap(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

// StringOrEmpty returns the string at s, or an empty string for nil.
func StringOrEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// MapSlice returns the results of convert for the items of a list. It never returns
// nil.
func MapSlice[A, B any](list []A, convert func(A) B) []B {
	out := make([]B, len(list))
	for i, item := range list {
		out[i] = convert(item)
	}
	return out
}
