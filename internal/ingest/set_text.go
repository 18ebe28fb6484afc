package ingest

import (
	"regexp"
	"strings"

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
			*at(f) = r.prefix + PlainText(strings.Join(values, "\n\n"))
			return ""
		},
		settings: []string{"prefix"},
	}
}

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
					if part = strings.TrimSpace(part); part != "" && (r.skip == nil || !r.skip.MatchString(part)) {
						out = append(out, r.prefix+part)
					}
				}
			}
			*at(f) = out
			return ""
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

func setName(f *catalog.Facts, values []string, r fieldReader) string {
	if r.asIs {
		f.Name = values[0]
		return ""
	}
	f.Name = vocab.NormalizeName(values[0])
	return ""
}

// isEmptyName reports whether a name consists only of decoration such as stars
// and quotes.
func isEmptyName(name string) bool { return vocab.NormalizeName(name) == "" }

func setURL(f *catalog.Facts, values []string, _ fieldReader) string {
	if catalog.CheckURL(values[0]) != "" {
		return values[0]
	}
	f.URL = values[0]
	return ""
}

func setPhotos(f *catalog.Facts, values []string, r fieldReader) string {
	urls, unparsed := r.parseURLs(values)
	for _, u := range urls {
		f.Photos = append(f.Photos, catalog.Photo{URL: u, Width: 0, Height: 0, Alt: ""})
	}
	return unparsed
}

func setVideos(f *catalog.Facts, values []string, r fieldReader) string {
	urls, unparsed := r.parseURLs(values)
	for _, u := range urls {
		f.Videos = append(f.Videos, catalog.Video{URL: u, EmbedURL: ""})
	}
	return unparsed
}

// urlSeparator separates URLs. URLs may contain commas and semicolons, so a
// separator counts only directly before the next URL. Brackets and quotes are those of
// a list as JSON or Python write it.
var urlSeparator = regexp.MustCompile(`[\s|;,\['"]+(https?://)`)

func (r fieldReader) parseURLs(values []string) (urls []string, unparsed string) {
	var rest []string
	for line := range strings.SplitSeq(urlSeparator.ReplaceAllString(strings.Join(values, "\n"), "\n$1"), "\n") {
		line = strings.Trim(line, " \t\r|;,'\"[]")
		switch {
		case line == "" || r.skip != nil && r.skip.MatchString(line):
		case catalog.CheckURL(line) == "":
			urls = append(urls, line)
		default:
			rest = append(rest, line)
		}
	}
	return urls, strings.Join(rest, ", ")
}
