package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"slices"

	"trailcat/internal/errcode"
)

// maxNesting is how many levels of arrays and objects a row of a JSON text may have.
const maxNesting = 64

const faultNotJSON = "The row is not valid JSON."

// document is a value of a JSON text where an object is expected, or an element of XML as a
// JSON object.
type document struct {
	line  int
	raw   []byte // valid until the next document is read; if there is a fault, only its beginning
	fault string
}

// jsonReader reads a JSON text, one document after another. It checks the structure of the
// values and leaves their details to forEachCell.
type jsonReader struct {
	*window

	at      int    // offset of the next byte in the window
	limit   int    // offset at which the value must have ended
	partial bool   // the last page announces further pages
	isCut   bool   // a list is broken
	isFirst bool   // no document was read before
	name    []byte // of the member that was looked at last; empty if it is none of interest
	yield   func(document, error) bool
}

func newJSONReader(w *window) *jsonReader {
	return &jsonReader{window: w, at: 0, limit: 0, partial: false, isCut: false, isFirst: true, name: nil, yield: nil}
}

var (
	errBrokenJSON = errors.New("broken or truncated")
	errTooLong    = fmt.Errorf("larger than %d MiB", maxRow>>20)
	errTooDeep    = fmt.Errorf("nested more than %d levels deep", maxNesting)
	errStopped    = errors.New("stopped") // the caller wants no more documents
)

// documents returns the documents of the text. An error is the last value. A broken line of
// NDJSON costs only itself; a broken array is an error.
func (r *jsonReader) documents() iter.Seq2[document, error] {
	return func(yield func(document, error) bool) {
		r.yield = yield
		for r.skipSpace() {
			if err := r.topLevelValue(); errors.Is(err, errStopped) {
				return
			} else if err != nil {
				yield(document{}, err)
				return
			}
		}
	}
}

// skipSpace reads space. It returns false at the end of the text.
func (r *jsonReader) skipSpace() bool {
	for {
		text := r.peek(lookSize)
		space := len(text) - len(bytes.TrimLeft(text, " \t\r\n"))
		r.skip(space)
		if space < len(text) || len(text) == 0 {
			return len(text) > 0
		}
	}
}

// topLevelValue reads a value that is not in a list. A broken list is an error if it is the
// first value; otherwise the documents before it count.
func (r *jsonReader) topLevelValue() error {
	line, isFirst := r.line, r.isFirst
	isList, err := r.listOrObject()
	switch {
	case errors.Is(err, errStopped), isList && err == nil:
		return err
	case err == nil:
		return r.emit(line)
	case r.failure() != nil:
		return r.failure()
	case isList && isFirst:
		return brokenJSON(line, r.line, err)
	case isList:
		r.at, r.isCut = 0, true
		if r.line > line && bytes.HasPrefix(r.bytes, []byte{'{'}) { // the next row, to which the list was read
			return r.emitFault(line, nil, err)
		}
	}
	return r.skipBroken(line, err)
}

// listOrObject reads a list of documents, or looks at a value of another kind.
func (r *jsonReader) listOrObject() (isList bool, err error) {
	if r.bytes[0] == '[' {
		return true, r.list()
	}
	r.at, r.limit = 0, maxRow
	if r.spare <= 0 {
		r.limit = r.lineLength(maxRow)
	}
	if r.bytes[0] == '{' {
		return r.objectOrPage()
	}
	return false, r.value(0)
}

// emit passes on the value that was looked at as a document, and reads it.
func (r *jsonReader) emit(line int) error {
	doc := document{line: line, raw: r.bytes[:r.at], fault: ""}
	if doc.raw[0] != '{' {
		doc.fault = "Expected a JSON object."
	}
	r.isFirst = false
	if !r.yield(doc, nil) {
		return errStopped
	}
	r.skipRow(r.at, r.at)
	return nil
}

// emitFault passes on a document that cannot be read.
func (r *jsonReader) emitFault(line int, raw []byte, err error) error {
	doc := document{line: line, raw: raw, fault: faultNotJSON}
	if !errors.Is(err, errBrokenJSON) {
		doc.fault = fmt.Sprintf("The row is %v.", err)
	}
	r.isFirst = false
	if !r.yield(doc, nil) {
		return errStopped
	}
	return nil
}

// skipBroken reads a broken value up to the next line that begins with an object. It is an
// error if the text has nothing else.
func (r *jsonReader) skipBroken(line int, err error) error {
	seen, raw := r.at, []byte(nil)
	for {
		size := r.lineLength(maxRow)
		raw = append(raw, r.bytes[:min(size, maxCell-len(raw))]...)
		r.skipRow(size, max(seen, size))
		seen = 0
		text := r.peek(lookSize)
		if len(text) == 0 && r.isFirst && r.failure() == nil {
			return brokenJSON(line, r.line, err)
		}
		if len(text) == 0 || text[0] == '{' {
			return r.emitFault(line, raw, err)
		}
	}
}

func brokenJSON(from, at int, err error) error {
	return fileError(errcode.BadJSON, fmt.Sprintf("Invalid JSON: the value that begins in line %d is %v; it was read up to line %d.", from, err, at))
}

// objectOrPage looks at an object. If that has a list of documents, it reads it.
func (r *jsonReader) objectOrPage() (isPage bool, err error) {
	r.at++
	partial := false
	next, err := r.space()
	for first := true; err == nil; first = false {
		if next == '}' && first {
			break
		}
		if err = r.memberName(); err != nil {
			break
		}
		isList, isMore := slices.Contains(listNames, string(r.name)), string(r.name) == "has_more"
		if next, err = r.space(); err != nil {
			break
		}
		begin := r.at
		if isList && next == '[' && !isPage {
			isPage = true
			r.skip(r.at)
			if err = r.list(); err != nil {
				break
			}
			r.at = 0
		} else if err = r.value(1); err != nil {
			break
		}
		if isMore {
			answer := string(r.bytes[begin:r.at])
			partial = answer == "true" || answer == "1"
		}
		if isPage {
			r.skip(r.at)
			r.at, r.limit = 0, maxRow
		}
		if next, err = r.space(); err != nil || next == '}' {
			break
		}
		if next != ',' {
			err = errBrokenJSON
			break
		}
		r.at++
		next, err = r.space()
	}
	if err != nil {
		return isPage, err
	}
	r.at++
	if isPage {
		r.partial = partial
		r.skip(r.at)
	}
	return isPage, nil
}

// memberName looks at the name of a member and the colon behind it.
func (r *jsonReader) memberName() error {
	begin := r.at + 1
	c, err := r.byte()
	if err == nil && c != '"' {
		err = errBrokenJSON
	}
	if err == nil {
		err = r.text()
	}
	if err != nil {
		return err
	}
	r.name = r.name[:0]
	if size := r.at - 1 - begin; size <= len("has_more") {
		r.name = append(r.name, r.bytes[begin:begin+size]...)
	}
	if c, err = r.space(); err == nil && c != ':' {
		err = errBrokenJSON
	}
	r.at++
	return err
}

// list reads a list of documents. Documents that are too long or nested too deeply cost only
// themselves.
func (r *jsonReader) list() error {
	r.skip(1)
	for first := true; ; first = false {
		if !r.skipSpace() {
			return errBrokenJSON
		}
		switch c := r.bytes[0]; {
		case c == ']':
			r.skip(1)
			return nil
		case c == ',' && !first:
			r.skip(1)
			if !r.skipSpace() {
				return errBrokenJSON
			}
		case !first:
			return errBrokenJSON
		}
		began := r.line
		r.at, r.limit = 0, maxRow
		var stop error
		switch err := r.value(0); {
		case err == nil:
			stop = r.emit(began)
		case errors.Is(err, errBrokenJSON):
			return err
		default:
			stop = r.emitFault(began, r.bytes[:min(r.at, maxCell)], err)
			if stop == nil && !r.skipNested() {
				return errBrokenJSON
			}
		}
		if stop != nil {
			return stop
		}
	}
}

// skipNested reads an array or an object of any size. It returns false if the text ends in it.
func (r *jsonReader) skipNested() bool {
	depth, inText, escaped := 0, false, false
	for {
		text := r.peek(lookSize)
		if len(text) == 0 {
			return false
		}
		for i, c := range text {
			switch {
			case escaped:
				escaped = false
			case inText:
				escaped, inText = c == '\\', c != '"'
			case c == '"':
				inText = true
			case c == '{' || c == '[':
				depth++
			case c == '}' || c == ']':
				depth--
			}
			if depth == 0 && !inText {
				r.skip(i + 1)
				return true
			}
		}
		r.skip(len(text))
	}
}

// byte returns the next byte.
func (r *jsonReader) byte() (byte, error) {
	switch {
	case r.at < r.limit:
	case r.limit == maxRow:
		return 0, errTooLong
	default:
		return 0, errBrokenJSON
	}
	if r.at >= len(r.bytes) {
		if len(r.peek(r.at+lookSize)) <= r.at {
			return 0, errBrokenJSON
		}
	}
	return r.bytes[r.at], nil
}

// space looks at space and returns the byte behind it.
func (r *jsonReader) space() (byte, error) {
	for {
		c, err := r.byte()
		if err != nil || c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			return c, err
		}
		r.at++
	}
}

// value looks at a value inside depth arrays and objects.
func (r *jsonReader) value(depth int) error {
	c, err := r.space()
	switch {
	case err != nil:
		return err
	case (c == '{' || c == '[') && depth == maxNesting:
		return errTooDeep
	case c == '{':
		return r.object(depth + 1)
	case c == '[':
		return r.array(depth + 1)
	case c == '"':
		return r.text()
	default:
		return r.literal()
	}
}

func (r *jsonReader) object(depth int) error {
	r.at++
	return r.members('}', func() error {
		if err := r.memberName(); err != nil {
			return err
		}
		return r.value(depth)
	})
}

func (r *jsonReader) array(depth int) error {
	r.at++
	return r.members(']', func() error { return r.value(depth) })
}

// members looks at members that are separated by commas, up to a closing bracket.
func (r *jsonReader) members(closing byte, member func() error) error {
	c, err := r.space()
	if err == nil && c == closing {
		r.at++
		return nil
	}
	for err == nil {
		if err = member(); err != nil {
			break
		}
		if c, err = r.space(); err != nil {
			break
		}
		r.at++
		switch c {
		case closing:
			return nil
		case ',':
			_, err = r.space()
		default:
			return errBrokenJSON
		}
	}
	return err
}

// text looks at a string.
func (r *jsonReader) text() error {
	r.at++
	for escaped := false; ; r.at++ {
		if !escaped {
			r.skipPlainText()
		}
		c, err := r.byte()
		switch {
		case err != nil:
			return err
		case c < ' ': // also if escaped: a line end is the end of a broken line
			return errBrokenJSON
		case escaped:
			escaped = false
		case c == '"':
			r.at++
			return nil
		default:
			escaped = c == '\\'
		}
	}
}

// skipPlainText looks at characters of a string that are in the window and that are neither its
// end nor special.
func (r *jsonReader) skipPlainText() {
	for end := min(r.limit, len(r.bytes)); r.at < end; r.at++ {
		if c := r.bytes[r.at]; c == '"' || c == '\\' || c < ' ' {
			return
		}
	}
}

// literal looks at a number, true, false or null.
func (r *jsonReader) literal() error {
	begin := r.at
	for {
		c, err := r.byte()
		isPart := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '+' || c == '-' || c == '.'
		switch {
		case err == nil && isPart:
			r.at++
		case r.at == begin, errors.Is(err, errTooLong):
			return errors.Join(err, errBrokenJSON)
		default:
			return nil
		}
	}
}
