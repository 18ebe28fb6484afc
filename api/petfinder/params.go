package petfinder

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"trailcat/internal/httpkit"
	"trailcat/internal/vocab"
)

// params are the parameters of a query. They are parsed leniently, as Petfinder's clients
// require: a list may be separated by commas, repeated or named name[]; values need not
// be escaped; unknown names are ignored.
type params struct {
	values url.Values
	errs   []InvalidParam
}

var arraySuffix = regexp.MustCompile(`\[\d*\]$`)

func readParams(rawQuery string) *params {
	p := &params{values: url.Values{}, errs: nil}
	for name, list := range queryPairs(rawQuery) {
		name = arraySuffix.ReplaceAllString(name, "")
		for value := range strings.SplitSeq(list, ",") {
			if value = strings.TrimSpace(value); value != "" {
				p.values.Add(name, value)
			}
		}
	}
	return p
}

// queryPairs iterates over the names and values of a query in order.
func queryPairs(rawQuery string) func(yield func(name, value string) bool) {
	return func(yield func(string, string) bool) {
		for pair := range strings.SplitSeq(rawQuery, "&") {
			name, value, _ := strings.Cut(pair, "=")
			if name != "" && !yield(decodeParam(name), decodeParam(value)) {
				return
			}
		}
	}
}

// decodeParam unescapes a part of a query, if it is escaped, and makes it valid UTF-8
// without NUL.
func decodeParam(s string) string {
	s = strings.ReplaceAll(httpkit.UnescapeForm(s), "\x00", "")
	return strings.ToValidUTF8(s, "\uFFFD")
}

// reject records that a parameter is invalid.
func (p *params) reject(name, message string) {
	p.errs = append(p.errs, InvalidParam{In: "query", Path: name, Message: message})
}

// err returns the error of all invalid parameters, or nil.
func (p *params) err() error {
	if len(p.errs) == 0 {
		return nil
	}
	slices.SortStableFunc(p.errs, func(a, b InvalidParam) int { return strings.Compare(a.Path, b.Path) })
	return errInvalid(p.errs)
}

// raw returns the value of a parameter that may contain commas, such as Rockville, MD.
func (p *params) raw(name string) string { return strings.Join(p.values[name], ", ") }

// terms returns the search terms for the values of a parameter, by their folded form. It
// rejects a value that has none; noun is what the value was expected to be.
func (p *params) terms(name, noun string, terms map[string][]string) []string {
	var out []string
	for _, value := range p.values[name] {
		found, ok := terms[vocab.Fold(value)]
		if !ok {
			p.reject(name, fmt.Sprintf("%s is not a valid %s.", value, noun))
		}
		out = append(out, found...)
	}
	return out
}

// integer returns an integer from low to high, or the default if the parameter was not
// sent.
func (p *params) integer(name string, byDefault, low, high int) int {
	if len(p.values[name]) == 0 {
		return byDefault
	}
	n, err := strconv.Atoi(p.raw(name))
	if err != nil || n < low || n > high {
		p.reject(name, fmt.Sprintf("%s must be an integer between %d and %d.", name, low, high))
		return byDefault
	}
	return n
}

// dateTime returns a date and time in UTC, or zero if the parameter was not sent. A time
// without a zone is in UTC. An unescaped plus sign arrives as a space.
func (p *params) dateTime(name string) time.Time {
	text := p.raw(name)
	if text == "" {
		return time.Time{}
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05-0700", "2006-01-02T15:04:05", "2006-01-02T15:04", time.DateOnly} {
		for _, text := range []string{text, strings.ReplaceAll(text, " ", "+"), strings.Replace(text, " ", "T", 1)} {
			if t, err := time.Parse(layout, text); err == nil {
				return t.UTC()
			}
		}
	}
	p.reject(name, text+" is not a valid ISO 8601 date-time, such as 2026-11-20T09:00:00+00:00.")
	return time.Time{}
}

// list returns the parameters that select a list, without those that select a page. It is
// equal for all pages of a list.
func (p *params) list() string {
	list := url.Values{}
	for name, values := range p.values {
		if name != pageParam && name != cursorParam {
			list[name] = values
		}
	}
	return list.Encode()
}
