package ingest

import (
	"net/url"
	"regexp"
	"strings"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// textSetter is a target that is text as it stands.
func textSetter(pointer string, at func(*catalog.Facts) *string) factSetter {
	return factSetter{
		pointer: pointer,
		clear:   func(f *catalog.Facts) { *at(f) = "" },
		lay: func(f *catalog.Facts, words []string, r fieldReader) string {
			*at(f) = r.prefix + strings.Join(words, ", ")
			return ""
		},
		takes: []string{"prefix"},
	}
}

// richTextSetter is a target that is text for people, which may come as HTML. Paragraphs
// of several columns follow each other.
func richTextSetter(pointer string, at func(*catalog.Facts) *string) factSetter {
	return factSetter{
		pointer: pointer,
		clear:   func(f *catalog.Facts) { *at(f) = "" },
		lay: func(f *catalog.Facts, words []string, r fieldReader) string {
			*at(f) = r.prefix + PlainText(strings.Join(words, "\n\n"))
			return ""
		},
		takes: []string{"prefix"},
	}
}

// list is a target of several texts, parted by what the field says, or else by
// commas, semicolons, bars or line breaks.
func list(pointer string, at func(*catalog.Facts) *[]string) factSetter {
	return factSetter{
		pointer: pointer,
		clear:   func(f *catalog.Facts) { *at(f) = nil },
		lay: func(f *catalog.Facts, words []string, r fieldReader) string {
			var out []string
			for _, said := range words {
				for _, part := range r.parts(said) {
					if part = strings.TrimSpace(part); part != "" && (r.skip == nil || !r.skip.MatchString(part)) {
						out = append(out, r.prefix+part)
					}
				}
			}
			*at(f) = out
			return ""
		},
		takes: []string{"prefix", "split", "skip"},
	}
}

func (r fieldReader) parts(said string) []string {
	switch {
	case r.row.table.docs != nil: // a list there has its lines
		return splitList(said, "\n")
	case r.split == "":
		return strings.FieldsFunc(said, func(c rune) bool { return strings.ContainsRune(",;|\n", c) })
	default:
		return splitList(said, r.split)
	}
}

// answer is a target of yes or no, or unknown.
func answer(pointer string, at func(*catalog.Facts) **bool) factSetter {
	return factSetter{
		pointer: pointer,
		clear:   func(f *catalog.Facts) { *at(f) = nil },
		lay: func(f *catalog.Facts, words []string, r fieldReader) string {
			said, left := vocab.ParseBool(words[0])
			*at(f) = r.answered(said)
			return left
		},
		takes: []string{"inverted"},
	}
}

// answered turns an answer round where the column asks the opposite.
func (r fieldReader) answered(said *bool) *bool {
	if said == nil || !r.inverted {
		return said
	}
	return new(!*said)
}

func layName(f *catalog.Facts, words []string, r fieldReader) string {
	if r.asIs {
		f.Name = words[0]
		return ""
	}
	f.Name = vocab.NormalizeName(words[0])
	return ""
}

// stripNameDecoration sees that a name is nothing but the stars and quotes around it.
func stripNameDecoration(words string) bool { return vocab.NormalizeName(words) == "" }

func layURL(f *catalog.Facts, words []string, _ fieldReader) string {
	if !webAddress(words[0]) {
		return words[0]
	}
	f.URL = words[0]
	return ""
}

func layPhotos(f *catalog.Facts, words []string, r fieldReader) string {
	addresses, left := r.webAddresses(words)
	for _, address := range addresses {
		f.Photos = append(f.Photos, catalog.Photo{URL: address, Width: 0, Height: 0, Alt: ""})
	}
	return left
}

func layVideos(f *catalog.Facts, words []string, r fieldReader) string {
	addresses, left := r.webAddresses(words)
	for _, address := range addresses {
		f.Videos = append(f.Videos, catalog.Video{URL: address, EmbedURL: ""})
	}
	return left
}

// urlSeparator parts web addresses. They may hold commas and semicolons
// themselves, so only one right before the next address counts.
var urlSeparator = regexp.MustCompile(`[\s|;,]+(https?://)`)

func (r fieldReader) webAddresses(words []string) (addresses []string, left string) {
	var rest []string
	for line := range strings.SplitSeq(urlSeparator.ReplaceAllString(strings.Join(words, "\n"), "\n$1"), "\n") {
		line = strings.Trim(line, " \t\r|;,")
		switch {
		case line == "" || r.skip != nil && r.skip.MatchString(line):
		case webAddress(line):
			addresses = append(addresses, line)
		default:
			rest = append(rest, line)
		}
	}
	return addresses, strings.Join(rest, ", ")
}

func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && len(s) <= catalog.MaxURL
}
