package catalog

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"trailcat/internal/vocab"
)

// The bounds of what a listing may hold. They are wide: they are there to catch
// mistakes of unit and paste, not to edit what shelters write.
const (
	MaxName        = 200
	MaxExternalID  = 100
	MaxDescription = 64 << 10 // bytes
	MaxPhotos      = 50
	MaxTags        = 50
	MaxURL         = 2048
)

// Normalize brings facts into their one form, so that what means the same is equal:
// times in UTC to the microsecond, days without a time, empty lists nil, text
// without bytes that are no text.
func (f *Facts) Normalize() {
	for _, normalize := range normalizers() {
		normalize(f)
	}
	if f.Birth.On.IsZero() {
		f.Birth = Birth{}
	}
	if f.Sex == "" {
		f.Sex = vocab.SexUnknown
	}
	f.Photos = distinctPhotos(f.Photos)
	if len(f.Videos) == 0 {
		f.Videos = nil
	}
	maps.DeleteFunc(f.Raw, func(_, words string) bool { return strings.TrimSpace(words) == "" })
	if len(f.Raw) == 0 {
		f.Raw = nil
	}
}

// normalizers bring the facts of each kind into their one form.
var normalizers = sync.OnceValue(func() []func(*Facts) {
	var out []func(*Facts)
	for _, fact := range factTable() {
		switch at := fact.At.(type) {
		case func(*Facts) *string:
			if fact.Kind != KindTerm {
				out = append(out, func(f *Facts) { *at(f) = normalizeText(*at(f)) })
			}
		case func(*Facts) *time.Time:
			normalize := instant
			if fact.Kind == KindDate {
				normalize = day
			}
			out = append(out, func(f *Facts) { *at(f) = normalize(*at(f)) })
		case func(*Facts) *[]string:
			out = append(out, func(f *Facts) { *at(f) = tidyList(*at(f)) })
		}
	}
	return out
})

// KeepUnparsed keeps the words of a field that were not understood; no words clear it.
func (f *Facts) KeepUnparsed(field, words string) {
	raw := maps.Clone(f.Raw) // the caller's copy of the facts may share the map
	delete(raw, field)
	if words != "" {
		if raw == nil {
			raw = map[string]string{}
		}
		raw[field] = words
	}
	f.Raw = raw
}

// HashMicrochip is what is kept of a microchip's number: enough to see that two
// listings are of one cat, and nothing that one would read off a screen.
func HashMicrochip(number string) string {
	number = strings.ToUpper(strings.Join(strings.Fields(number), ""))
	if number == "" {
		return ""
	}
	return fmt.Sprintf("%x", sha256.Sum256([]byte("trailcat microchip "+number)))
}

// Excerpt is the summary, or the beginning of the description where there is
// none: whole sentences if they fit into 160 letters, else whole words.
func (f Facts) Excerpt() string {
	if f.Summary != "" {
		return f.Summary
	}
	const room = 160
	cut, whole := firstLetters(f.Description, room)
	if whole {
		return cut
	}
	if end := strings.LastIndexAny(cut, ".!?"); end >= room/3 {
		return cut[:end+1]
	}
	if end := strings.LastIndexByte(cut, ' '); end > 0 {
		cut = cut[:end]
	}
	return strings.TrimRight(cut, " ,;:-") + "…"
}

// firstLetters is a text's first letters, with one blank for all that is between
// two words, and whether that is all of it.
func firstLetters(text string, room int) (string, bool) {
	var b strings.Builder
	b.Grow(2 * room)
	for word := range strings.FieldsSeq(text) {
		if b.Len() > 0 {
			b.WriteByte(' ')
			if room--; room <= 0 {
				return b.String(), false
			}
		}
		for _, letter := range word {
			if room--; room < 0 {
				return b.String(), false
			}
			b.WriteRune(letter)
		}
	}
	return b.String(), true
}

// Faults lists what cannot be true. Now is the moment of writing.
func (f Facts) Faults(now time.Time) FieldErrors {
	var bad FieldErrors
	bad.Check(f.Name != "", "/name", "required", "a cat needs a name; where it has none, send its number or \"Unnamed\"")
	bad.Check(utf8.RuneCountInString(f.Name) <= MaxName, "/name", "too_long", fmt.Sprintf("is longer than %d letters", MaxName))
	bad.Check(len(f.Description) <= MaxDescription, "/description", "too_long", fmt.Sprintf("is longer than %d bytes", MaxDescription))
	bad.Check(slices.Contains(Statuses(), f.Status), "/status", "unknown_value", "is none of available, pending, on_hold, adopted, removed")
	bad.Check(f.URL == "" || webURL(f.URL), "/url", "malformed", "is not an http or https address")
	bad.Check(slices.Contains(vocab.Sexes(), f.Sex), "/sex", "unknown_value", "is none of female, male, unknown")
	bad.Check(f.Size == "" || slices.Contains(vocab.Sizes(), f.Size), "/size", "unknown_value", "is none of small, medium, large, xlarge")
	bad.Check(f.Coat == "" || slices.Contains(vocab.Coats(), f.Coat), "/coat", "unknown_value", "is none of hairless, short, medium, long")
	for at, t := range map[string]time.Time{"/listed_at": f.ListedAt, "/status_changed_at": f.StatusChangedAt, "/available_on": f.AvailableOn, "/adopted_on": f.AdoptedOn} {
		bad.Check(t.IsZero() || 1990 <= t.Year() && t.Year() <= 2100, at, "out_of_range", "is not between 1990 and 2100")
	}
	bad.WithPrefix("/birth", f.birthFaults(now))
	bad.WithPrefix("/breed", breedFaults(f.Breed))
	bad.WithPrefix("/colors", colorFaults(f.Colors))
	bad.Check(within(f.WeightKg, 0.05, 25), "/weight_kg", "out_of_range", "is not between 0.05 and 25 kg")
	bad.Check(within(f.GirthCm, 5, 100), "/girth_cm", "out_of_range", "is not between 5 and 100 cm")
	bad.Check(within(f.BodyLengthCm, 5, 120), "/body_length_cm", "out_of_range", "is not between 5 and 120 cm")
	bad.WithPrefix("/fee", f.Fee.faults())
	bad.WithPrefix("/photos", photoFaults(f.Photos))
	for i, v := range f.Videos {
		bad.Check(webURL(v.URL) || v.URL == "" && webURL(v.EmbedURL), fmt.Sprintf("/videos/%d/url", i), "malformed", "is not an http or https address")
	}
	bad.Check(len(f.Traits.Tags) <= MaxTags, "/traits/tags", "too_many", fmt.Sprintf("has more than %d entries", MaxTags))
	return bad
}

func (f Facts) birthFaults(now time.Time) FieldErrors {
	var bad FieldErrors
	if f.Birth.On.IsZero() {
		return nil
	}
	bad.Check(!f.Birth.On.After(now.AddDate(0, 0, 1)), "/date", "in_the_future", "is in the future")
	bad.Check(f.Birth.On.After(now.AddDate(-40, 0, 0)), "/date", "out_of_range", "is more than 40 years ago")
	bad.Check(slices.Contains(Precisions(), f.Birth.Precision), "/precision", "unknown_value", "is none of day, week, month, year")
	return bad
}

func breedFaults(b vocab.Breed) FieldErrors {
	var bad FieldErrors
	for at, name := range map[string]string{"/primary": b.Primary, "/secondary": b.Secondary} {
		if name != "" && !vocab.IsBreed(name) {
			bad.Check(false, at, "unknown_value", unknownTerm(name, vocab.Breeds()))
		}
	}
	return bad
}

func colorFaults(c vocab.Colors) FieldErrors {
	var bad FieldErrors
	for at, name := range map[string]string{"/primary": c.Primary, "/secondary": c.Secondary, "/tertiary": c.Tertiary} {
		if name != "" && !vocab.IsColor(name) {
			bad.Check(false, at, "unknown_value", unknownTerm(name, vocab.ColorNames()))
		}
	}
	bad.Check(c.Pattern == "" || slices.Contains(vocab.Patterns(), c.Pattern), "/pattern", "unknown_value", fmt.Sprintf("%q is no pattern we know", c.Pattern))
	return bad
}

func unknownTerm(name string, terms []string) string {
	said := fmt.Sprintf("%q is not in the vocabulary (see /v1/vocabulary)", name)
	if near := vocab.Suggest(name, terms); near != "" {
		said += fmt.Sprintf("; did you mean %q?", near)
	}
	return said
}

func (f Fee) faults() FieldErrors {
	var bad FieldErrors
	bad.Check(f.Minor == nil || (0 <= *f.Minor && *f.Minor <= 10_000_00), "/amount_minor", "out_of_range", "is not between 0 and 1000000 (it counts cents)")
	bad.Check(f.Minor == nil || len(f.Currency) == 3 && strings.ToUpper(f.Currency) == f.Currency, "/currency", "required", "is not an ISO 4217 code such as USD")
	return bad
}

func photoFaults(photos []Photo) FieldErrors {
	var bad FieldErrors
	bad.Check(len(photos) <= MaxPhotos, "", "too_many", fmt.Sprintf("has more than %d entries", MaxPhotos))
	for i, p := range photos {
		bad.Check(webURL(p.URL), fmt.Sprintf("/%d/url", i), "malformed", "is not an http or https address")
	}
	return bad
}

func within(v *float64, low, high float64) bool { return v == nil || (low <= *v && *v <= high) }

func webURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && len(s) <= MaxURL
}

func normalizeText(s string) string {
	clean := true
	for i := range len(s) {
		if s[i] == 0 || s[i] == '\r' || s[i] >= utf8.RuneSelf {
			clean = false
			break
		}
	}
	if !clean {
		s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
		s = strings.ReplaceAll(s, "\r\n", "\n")
	}
	return strings.TrimSpace(s)
}

func tidyList(list []string) []string {
	var out []string
	for _, s := range list {
		if s = normalizeText(s); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func distinctPhotos(photos []Photo) []Photo {
	var out []Photo
	for _, p := range photos {
		if !slices.ContainsFunc(out, func(q Photo) bool { return q.URL == p.URL }) {
			out = append(out, p)
		}
	}
	return out
}

// instant is t as the databases keep it: UTC, to the microsecond.
func instant(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}

// day is the date of t, as midnight in UTC.
func day(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}
