package petfinder

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"trailcat/internal/vocab"
)

// params are the parameters of a query, as leniently read as clients need it:
// lists with commas, repeated, or as name[]; values that were not escaped; names
// that mean nothing to us.
type params struct {
	sent url.Values
	bad  []InvalidParam
}

var arrayName = regexp.MustCompile(`\[\d*\]$`)

func readParams(rawQuery string) *params {
	p := &params{sent: url.Values{}, bad: nil}
	for name, value := range pairs(rawQuery) {
		name = arrayName.ReplaceAllString(name, "")
		for one := range strings.SplitSeq(value, ",") {
			if one = strings.TrimSpace(one); one != "" {
				p.sent.Add(name, one)
			}
		}
	}
	return p
}

// pairs goes through the names and values of a query in order. What cannot be
// unescaped is taken as it stands.
func pairs(rawQuery string) func(yield func(name, value string) bool) {
	return func(yield func(string, string) bool) {
		for pair := range strings.SplitSeq(rawQuery, "&") {
			name, value, _ := strings.Cut(pair, "=")
			if name != "" && !yield(plain(name), plain(value)) {
				return
			}
		}
	}
}

func plain(s string) string {
	s = strings.ReplaceAll(unescaped(s), "\x00", "")
	return strings.ToValidUTF8(s, "\uFFFD")
}

func (p *params) refuse(name, message string) {
	p.bad = append(p.bad, InvalidParam{In: "query", Path: name, Message: message})
}

// err is what is wrong with the parameters, if anything is.
func (p *params) err() error {
	if len(p.bad) == 0 {
		return nil
	}
	slices.SortStableFunc(p.bad, func(a, b InvalidParam) int { return strings.Compare(a.Path, b.Path) })
	return errInvalid(p.bad)
}

// raw is the value of a parameter that may have commas in it, as in Rockville, MD.
func (p *params) raw(name string) string { return strings.Join(p.sent[name], ", ") }

// terms are our words for the values of a parameter. What a value means is told
// by its folded form; thing is what it fails to be otherwise.
func (p *params) terms(name, thing string, meaning map[string][]string) []string {
	var out []string
	for _, value := range p.sent[name] {
		terms, ok := meaning[vocab.Fold(value)]
		if !ok {
			p.refuse(name, fmt.Sprintf("%s is not a valid %s.", value, thing))
		}
		out = append(out, terms...)
	}
	return out
}

// number is a whole number between two bounds, usual if it was not sent.
func (p *params) number(name string, usual, least, most int) int {
	if len(p.sent[name]) == 0 {
		return usual
	}
	n, err := strconv.Atoi(p.raw(name))
	if err != nil || n < least || n > most {
		p.refuse(name, fmt.Sprintf("%s must be an integer between %d and %d.", name, least, most))
		return usual
	}
	return n
}

// moment is a date and time; zero if it was not sent. A plus sign that was not
// escaped arrives as a space. Without a zone it is UTC.
func (p *params) moment(name string) time.Time {
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
	p.refuse(name, text+" is not a valid ISO 8601 date-time, such as 2026-11-20T09:00:00+00:00.")
	return time.Time{}
}

// same is the query without the parameters that only say which page: what two
// requests have in common that ask for pages of the same list.
func (p *params) same() string {
	same := url.Values{}
	for name, values := range p.sent {
		if name != pageParam && name != walkParam {
			same[name] = values
		}
	}
	return same.Encode()
}
