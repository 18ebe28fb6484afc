package catalog

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"trailcat/internal/errcode"
	"trailcat/internal/vocab"
)

// Limits of a listing. They are wide, since they are to catch mistakes such as wrong
// units and not to edit what shelters write.
const (
	MaxName        = 200      // characters
	MaxExternalID  = 100      // bytes
	MaxDescription = 64 << 10 // bytes
	MaxPhotos      = 50
	MaxTags        = 50
)

// Normalize brings facts into a canonical form, so that facts of equal meaning
// compare equal: times in UTC to the microsecond, dates without a time of day, empty
// lists nil, videos with the player of their site, text in valid UTF-8 without
// surrounding spaces.
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
	slices.Sort(f.Temperament)
	f.Terms.normalize()
	f.HiddenFrom.normalize()
	f.Photos = normalizePhotos(f.Photos)
	f.Videos = withPlayers(f.Videos)
	maps.DeleteFunc(f.Unparsed, func(_, words string) bool { return strings.TrimSpace(words) == "" })
	if len(f.Unparsed) == 0 {
		f.Unparsed = nil
	}
}

// normalizers returns the functions that bring single facts into canonical form.
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
			out = append(out, func(f *Facts) { *at(f) = normalizeList(*at(f)) })
		}
	}
	return out
})

// KeepUnparsed stores the source's words for a field that could not be parsed. Empty
// words remove them.
func (f *Facts) KeepUnparsed(field, words string) {
	unparsed := maps.Clone(f.Unparsed) // the caller's copy of the facts may share the map
	delete(unparsed, field)
	if words != "" {
		if unparsed == nil {
			unparsed = map[string]string{}
		}
		unparsed[field] = words
	}
	f.Unparsed = unparsed
}

// Excerpt returns the summary or, without one, the beginning of the description:
// whole sentences if they fit into 160 characters, otherwise whole words.
func (f Facts) Excerpt() string {
	if f.Summary != "" {
		return f.Summary
	}
	const limit = 160
	cut, complete := firstCharacters(f.Description, limit)
	if complete {
		return cut
	}
	if end := strings.LastIndexAny(cut, ".!?"); end >= limit/3 {
		return cut[:end+1]
	}
	if end := strings.LastIndexByte(cut, ' '); end > 0 {
		cut = cut[:end]
	}
	return strings.TrimRight(cut, " ,;:-") + "…"
}

// firstCharacters returns up to limit characters of a text, with single spaces
// between words, and whether that is the whole text.
func firstCharacters(text string, limit int) (string, bool) {
	var b strings.Builder
	b.Grow(2 * limit)
	for word := range strings.FieldsSeq(text) {
		if b.Len() > 0 {
			b.WriteByte(' ')
			if limit--; limit <= 0 {
				return b.String(), false
			}
		}
		for _, character := range word {
			if limit--; limit < 0 {
				return b.String(), false
			}
			b.WriteRune(character)
		}
	}
	return b.String(), true
}

// Validate returns the field errors of the facts. now is the time of writing.
func (f Facts) Validate(now time.Time) FieldErrors {
	var errs FieldErrors
	errs.Check(f.Name != "", "/name", errcode.Required, "Must not be empty; for a cat without a name send its number or \"Unnamed\".")
	errs.Check(utf8.RuneCountInString(f.Name) <= MaxName, "/name", errcode.TooLong, fmt.Sprintf("Must be at most %d characters.", MaxName))
	errs.Check(len(f.Description) <= MaxDescription, "/description", errcode.TooLong, fmt.Sprintf("Must be at most %d bytes.", MaxDescription))
	errs.Check(slices.Contains(Statuses(), f.Status), "/status", errcode.UnknownValue, "Must be available, pending, on_hold, adopted or removed.")
	errs.checkURL("/url", f.URL)
	errs.Check(slices.Contains(vocab.Sexes(), f.Sex), "/sex", errcode.UnknownValue, "Must be female, male or unknown.")
	errs.Check(f.Size == "" || slices.Contains(vocab.Sizes(), f.Size), "/size", errcode.UnknownValue, "Must be small, medium, large or xlarge.")
	errs.Check(f.Coat == "" || slices.Contains(vocab.Coats(), f.Coat), "/coat", errcode.UnknownValue, "Must be hairless, short, medium or long.")
	for _, date := range []struct {
		pointer string
		time.Time
	}{{"/listed_at", f.ListedAt}, {"/status_changed_at", f.StatusChangedAt}, {"/available_on", f.AvailableOn}, {"/adopted_on", f.AdoptedOn}} {
		errs.Check(date.IsZero() || 1990 <= date.Year() && date.Year() <= 2100, date.pointer, errcode.OutOfRange, "Must be between 1990 and 2100.")
	}
	errs.WithPrefix("/birth", f.validateBirth(now))
	errs.WithPrefix("/breed", validateBreed(f.Breed))
	errs.WithPrefix("/colors", validateColors(f.Colors))
	errs.Check(within(f.WeightKg, 0.05, 25), "/weight_kg", errcode.OutOfRange, "Must be between 0.05 and 25 kg.")
	errs.Check(within(f.GirthCm, 5, 100), "/girth_cm", errcode.OutOfRange, "Must be between 5 and 100 cm.")
	errs.Check(within(f.BodyLengthCm, 5, 120), "/body_length_cm", errcode.OutOfRange, "Must be between 5 and 120 cm.")
	errs.WithPrefix("/fee", f.Fee.validate())
	errs.WithPrefix("/photos", validatePhotos(f.Photos))
	for _, trait := range f.Temperament {
		if !slices.Contains(vocab.Temperaments(), trait) {
			errs.Check(false, "/temperament", errcode.UnknownValue, unknownTerm(trait, vocab.Temperaments()))
		}
	}
	for i, v := range f.Videos {
		errs.Check(v.URL != "" || v.EmbedURL != "", fmt.Sprintf("/videos/%d/url", i), errcode.Required, "Must be an http or https URL.")
		errs.checkURL(fmt.Sprintf("/videos/%d/url", i), v.URL)
		errs.checkURL(fmt.Sprintf("/videos/%d/embed_url", i), v.EmbedURL)
	}
	errs.WithPrefix("/terms", f.Terms.validate())
	errs = append(errs, f.HiddenFrom.validate()...)
	errs.Check(len(f.Traits.Tags) <= MaxTags, "/traits/tags", errcode.TooMany, fmt.Sprintf("Must have at most %d entries.", MaxTags))
	return errs
}

func (f Facts) validateBirth(now time.Time) FieldErrors {
	var errs FieldErrors
	if f.Birth.On.IsZero() {
		return nil
	}
	errs.Check(!f.Birth.On.After(now.AddDate(0, 0, 1)), "/date", errcode.InTheFuture, "Must not be in the future.")
	errs.Check(f.Birth.On.After(now.AddDate(-40, 0, 0)), "/date", errcode.OutOfRange, "Must not be more than 40 years ago.")
	errs.Check(slices.Contains(Precisions(), f.Birth.Precision), "/precision", errcode.UnknownValue, "Must be day, week, month or year.")
	return errs
}

func validateBreed(b vocab.Breed) FieldErrors {
	var errs FieldErrors
	for _, breed := range []struct{ pointer, name string }{{"/primary", b.Primary}, {"/secondary", b.Secondary}} {
		if breed.name != "" && !vocab.IsBreed(breed.name) {
			errs.Check(false, breed.pointer, errcode.UnknownValue, unknownTerm(breed.name, vocab.Breeds()))
		}
	}
	return errs
}

func validateColors(c vocab.Colors) FieldErrors {
	var errs FieldErrors
	for _, color := range []struct{ pointer, name string }{{"/primary", c.Primary}, {"/secondary", c.Secondary}, {"/tertiary", c.Tertiary}} {
		if color.name != "" && !vocab.IsColor(color.name) {
			errs.Check(false, color.pointer, errcode.UnknownValue, unknownTerm(color.name, vocab.ColorNames()))
		}
	}
	errs.Check(c.Pattern == "" || slices.Contains(vocab.Patterns(), c.Pattern), "/pattern", errcode.UnknownValue, fmt.Sprintf("Unknown pattern %q. GET /v1/vocabulary lists the patterns.", c.Pattern))
	return errs
}

// unknownTerm returns the message for a term that is not in the vocabulary.
func unknownTerm(name string, terms []string) string {
	return fmt.Sprintf("%q is not in the vocabulary. GET /v1/vocabulary lists it.", name) + didYouMean(name, terms)
}

// didYouMean returns a question that suggests a similar term, or "" if there is none.
func didYouMean(name string, terms []string) string {
	if suggestion := vocab.Suggest(name, terms); suggestion != "" {
		return fmt.Sprintf(" Did you mean %q?", suggestion)
	}
	return ""
}

func (f Fee) validate() FieldErrors {
	var errs FieldErrors
	errs.Check(f.Minor == nil || (0 <= *f.Minor && *f.Minor <= 10_000_00), "/amount_minor", errcode.OutOfRange, "Must be between 0 and 1000000 (it counts cents).")
	errs.Check(f.Minor == nil || len(f.Currency) == 3 && strings.ToUpper(f.Currency) == f.Currency, "/currency", errcode.Required, "Must be an ISO 4217 code such as USD.")
	return errs
}

// within reports whether a value is unknown or between two bounds.
func within(v *float64, low, high float64) bool { return v == nil || (low <= *v && *v <= high) }

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

func normalizeList(list []string) []string {
	var out []string
	for _, s := range list {
		if s = normalizeText(s); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// instant returns t as the databases store it: in UTC, to the microsecond.
func instant(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}

// day returns the date of t, as midnight in UTC.
func day(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}
