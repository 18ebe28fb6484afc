package ingest

import "bytes"

// The limits of a file. They bound the memory and the time that a row takes.
const (
	maxRows    = 200_000
	maxColumns = 1_000
	maxRow     = 1 << 20   // bytes
	maxCell    = 256 << 10 // bytes
)

// csvParser splits text into fields as RFC 4180 describes it.
type csvParser struct {
	comma byte
	text  []byte // of the fields of the row that was parsed last, one after another
	ends  []int  // of the fields in text
}

// rowEnd says how the text of a row ends.
type rowEnd int

const (
	rowComplete rowEnd = iota
	rowOpen            // in a quoted field, or the text ends before the row does
	rowBroken          // at a quote that must not be there
)

// parse splits the first row of a text. It returns the number of bytes that it looked at,
// which is the length of the row if that is complete. The end of the text is the end of the
// row only if atEnd is set. If lenient is set, quotes that must not be there are part of the
// field. A quoted field ends within maxCell bytes.
func (p *csvParser) parse(text []byte, atEnd, lenient bool) (n int, end rowEnd) {
	p.text, p.ends = p.text[:0], p.ends[:0]
	line := lineEnd(text, 0)
	for at := 0; ; {
		if at < len(text) && text[at] == '"' {
			at, end = p.parseQuoted(text, at+1, lenient)
			if end != rowComplete {
				p.endField()
				return at, end
			}
			line = max(line, at)
		} else {
			if line < at {
				line = lineEnd(text, at)
			}
			field := text[at:line]
			comma := bytes.IndexByte(field, p.comma)
			if comma >= 0 {
				field = field[:comma]
			} else {
				field = trimLineEnd(field)
			}
			if !lenient && bytes.IndexByte(field, '"') >= 0 {
				return at, rowBroken
			}
			p.text = append(p.text, field...)
			if at += len(field); comma < 0 && line == len(text) && !atEnd && !bytes.HasSuffix(text, []byte{'\n'}) {
				return len(text), rowOpen
			}
		}
		p.endField()
		switch {
		case at == len(text):
			if !atEnd {
				return at, rowOpen
			}
			return at, rowComplete
		case text[at] == p.comma:
			at++
		default:
			if n := lineEnd(text, at); atEnd || text[n-1] == '\n' {
				return n, rowComplete
			}
			return len(text), rowOpen
		}
	}
}

// parseQuoted parses a quoted field after its first quote. It returns the offset behind the
// last quote.
func (p *csvParser) parseQuoted(text []byte, at int, lenient bool) (int, rowEnd) {
	limit := min(len(text), at+maxCell)
	for {
		quote := bytes.IndexByte(text[at:limit], '"')
		if quote < 0 {
			p.appendLines(text[at:limit])
			return limit, rowOpen
		}
		p.appendLines(text[at : at+quote])
		at += quote + 1
		switch {
		case at < len(text) && text[at] == '"':
			p.text = append(p.text, '"')
			if at++; at > limit {
				return at, rowOpen
			}
		case at == len(text), text[at] == p.comma, beginsWithLineEnd(text[at:]):
			return at, rowComplete
		case lenient:
			p.text = append(p.text, '"')
		default:
			return at, rowBroken
		}
	}
}

// appendLines appends text with line ends of Unix.
func (p *csvParser) appendLines(text []byte) {
	for {
		end := bytes.Index(text, []byte("\r\n"))
		if end < 0 {
			p.text = append(p.text, text...)
			return
		}
		p.text = append(p.text, text[:end]...)
		text = text[end+1:]
	}
}

func (p *csvParser) endField() { p.ends = append(p.ends, len(p.text)) }

// size returns the number of fields.
func (p *csvParser) size() int { return len(p.ends) }

// fields returns the fields from the first to a column, in memory of their own.
func (p *csvParser) fields(columns int) []string {
	text := string(p.text[:p.start(columns)])
	fields, start := make([]string, columns), 0
	for i, end := range p.ends[:columns] {
		fields[i], start = text[start:end], end
	}
	return fields
}

// start returns where a field begins in the text.
func (p *csvParser) start(field int) int {
	if field == 0 {
		return 0
	}
	return p.ends[field-1]
}

// isBlank reports whether the fields from a column on are blank.
func (p *csvParser) isBlank(from int) bool {
	return len(bytes.TrimSpace(p.text[p.start(from):])) == 0
}

// beginsWithLineEnd reports whether a text that is not empty begins with the end of a line.
func beginsWithLineEnd(text []byte) bool {
	return text[0] == '\n' || text[0] == '\r' && (len(text) == 1 || text[1] == '\n')
}

// trimLineEnd returns a line, or the end of one, without its line end.
func trimLineEnd(line []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(line, []byte{'\n'}), []byte{'\r'})
}

// lineEnd returns the offset after the line that contains from.
func lineEnd(text []byte, from int) int {
	if n := bytes.IndexByte(text[from:], '\n'); n >= 0 {
		return from + n + 1
	}
	return len(text)
}
