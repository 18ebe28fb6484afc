package ingest

import (
	"iter"
	"regexp"
	"strings"
	"unicode"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// textSetter returns a setter of text that is used as it is.
func textSetter(pointer string, at func(*catalog.Facts) *string) factSetter {
	return factSetter{
		pointer: pointer,
		clear:   func(f *catalog.Facts) { *at(f) = "" },
		set: func(f *catalog.Facts, values []string, r fieldReader) string {
			*at(f) = r.prefix + strings.Join(values, ", ")
			return ""
		},
		isEmpty:  vocab.IsPlaceholder,
		settings: []string{"prefix"},
	}
}

// richTextSetter returns a setter of text that may be HTML. The values of several
// columns become paragraphs.
func richTextSetter(pointer string, at func(*catalog.Facts) *string) factSetter {
	return factSetter{
		pointer: pointer,
		clear:   func(f *catalog.Facts) { *at(f) = "" },
		set: func(f *catalog.Facts, values []string, r fieldReader) string {
			text := r.prefix + PlainText(strings.Join(values, "\n\n"))
			*at(f) = strings.ToValidUTF8(text[:min(len(text), catalog.MaxDescription)], "")
			return text[len(*at(f)):]
		},
		isHTML:   true,
		isEmpty:  func(value string) bool { return len(value) < 100 && vocab.IsPlaceholder(PlainText(value)) },
		settings: []string{"prefix"},
	}
}

// maxEntries is how many entries of a list are used.
const maxEntries = catalog.MaxTags

// listSetter returns a setter of a list. Entries are separated as the field says,
// otherwise by commas, semicolons, vertical bars or line breaks.
func listSetter(pointer string, at func(*catalog.Facts) *[]string) factSetter {
	return factSetter{
		pointer: pointer,
		clear:   func(f *catalog.Facts) { *at(f) = nil },
		set: func(f *catalog.Facts, values []string, r fieldReader) string {
			var out []string
			for _, text := range values {
				for _, part := range r.splitEntries(text) {
					if part = strings.TrimSpace(part); !vocab.IsPlaceholder(part) && (r.skip == nil || !r.skip.MatchString(part)) {
						out = append(out, r.prefix+part)
					}
				}
			}
			used := min(len(out), maxEntries)
			*at(f) = out[:used:used]
			return strings.Join(out[used:], ", ")
		},
		settings: []string{"prefix", "split", "skip"},
	}
}

func (r fieldReader) splitEntries(text string) []string {
	switch {
	case r.row.table.json != nil: // JSON lists are joined by line breaks
		return splitList(text, "\n")
	case r.split == "":
		return strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune(",;|\n", c) })
	default:
		return splitList(text, r.split)
	}
}

// boolSetter returns a setter of a fact that is true, false or unknown.
func boolSetter(pointer string, at func(*catalog.Facts) **bool) factSetter {
	return factSetter{
		pointer: pointer,
		clear:   func(f *catalog.Facts) { *at(f) = nil },
		set: func(f *catalog.Facts, values []string, r fieldReader) string {
			answer, unparsed := vocab.ParseBool(values[0])
			*at(f) = r.invert(answer)
			return unparsed
		},
		settings: []string{"inverted"},
	}
}

// invert negates an answer if the column has the opposite meaning.
func (r fieldReader) invert(answer *bool) *bool {
	if answer == nil || !r.inverted {
		return answer
	}
	return new(!*answer)
}

// setName keeps the case of a name that is the ID of the cat.
func setName(f *catalog.Facts, values []string, r fieldReader) string {
	name := values[0]
	if !r.asIs && name != r.id {
		name = vocab.NormalizeName(name)
	}
	if runes := []rune(name); len(runes) > catalog.MaxName {
		f.Name = string(runes[:catalog.MaxName])
		return values[0]
	}
	f.Name = name
	return r.placeholderName()
}

// setMissingName sets the name of a cat for which the row has a word that stands for no
// name, and no other column. It returns the word.
func setMissingName(f *catalog.Facts, r fieldReader) string {
	if _, word := r.row.firstValue(r.columns()); word != "" {
		f.Name = r.id
	}
	return r.placeholderName()
}

// placeholderName returns the word that a row has instead of a name, or "" if it has none,
// or only decoration.
func (r fieldReader) placeholderName() string {
	_, word := r.row.firstValue(r.from)
	if !strings.ContainsFunc(word, isAlphanumeric) || !r.isEmpty(word) {
		return ""
	}
	return word
}

func isAlphanumeric(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

func setURL(f *catalog.Facts, values []string, _ fieldReader) string {
	address := CompleteURL(values[0])
	if catalog.CheckURL(address) != "" {
		return values[0]
	}
	f.URL = address
	return ""
}

func setPhotos(f *catalog.Facts, values []string, r fieldReader) string {
	var unparsed []string
	for text := range r.entriesOfURLs(values) {
		address, isFile := CompleteURL(text), false
		switch {
		case vocab.IsPlaceholder(address) || r.skip != nil && r.skip.MatchString(address):
			continue
		case len(f.Photos) == catalog.MaxPhotos:
		case catalog.CheckURL(address) == "":
			f.Photos = append(f.Photos, catalog.Photo{URL: address}) //nolint:exhaustruct_v5 // what a table says
			continue
		default:
			f.Photos, isFile = r.photos.addAll(f.Photos, text)
		}
		if !isFile {
			unparsed = append(unparsed, text)
		}
	}
	return strings.Join(unparsed, ", ")
}

func setVideos(f *catalog.Facts, values []string, r fieldReader) string {
	urls, unparsed := r.parseURLs(values)
	for _, u := range urls {
		f.Videos = append(f.Videos, catalog.Video{URL: u, EmbedURL: ""})
	}
	return unparsed
}

// urlSeparator separates URLs. URLs may contain commas and semicolons, so a
// separator counts only directly before the next URL, and before one without its protocol
// only with a blank. Brackets and quotes are those of a list as JSON or Python write it.
var urlSeparator = regexp.MustCompile(`(?i)(?:[\s|;,\['"]+(https?://)|[\s|;,\['"]*\s(//|www\.))`)

// entriesOfURLs returns the texts of a list of URLs.
func (r fieldReader) entriesOfURLs(values []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		text := embeddedURL.ReplaceAllString(strings.Join(values, "\n"), "\n$1\n")
		for line := range strings.SplitSeq(urlSeparator.ReplaceAllString(text, "\n$1$2"), "\n") {
			if !yield(strings.Trim(line, " \t\r|;,'\"[]")) {
				return
			}
		}
	}
}

func (r fieldReader) parseURLs(values []string) (urls []string, unparsed string) {
	var rest []string
	for text := range r.entriesOfURLs(values) {
		line := CompleteURL(text)
		switch {
		case vocab.IsPlaceholder(line) || r.skip != nil && r.skip.MatchString(line):
		case catalog.CheckURL(line) == "":
			urls = append(urls, line)
		default:
			rest = append(rest, text)
		}
	}
	return urls, strings.Join(rest, ", ")
}
