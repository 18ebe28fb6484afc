package ingest

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"trailcat/internal/errcode"
)

var (
	// rowElements are the names of XML elements that are rows, in lower case.
	rowElements = []string{"adoptablesearch", "adoptabledetails", "animal", "cat", "pet", "record", "row"}
	// listElements are the names of XML elements that contain rows, or none, in lower case.
	listElements = []string{"arrayofxmlnode", "animals", "cats", "pets", "records", "rows"}
)

// xmlReader reads the rows of an XML text, or of several after each other, one at a time.
type xmlReader struct {
	*window

	tokens  *xml.Decoder
	left    int  // how many bytes may be read until the row, or what is between rows, must end
	isList  bool // there was a list of rows
	hasRows bool
}

// xmlDocuments returns the rows of an XML text. An error is the last value.
func xmlDocuments(w *window) iter.Seq2[document, error] {
	return func(yield func(document, error) bool) {
		r := &xmlReader{window: w, tokens: nil, left: 0, isList: false, hasRows: false}
		r.tokens = xml.NewDecoder(r)
		r.tokens.Entity = xml.HTMLEntity
		r.tokens.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // the window is UTF-8
		for depth := 0; ; {
			r.left = maxRow
			token, err := r.tokens.Token()
			switch {
			case errors.Is(err, io.EOF) && !r.isList && !r.hasRows:
				yield(document{}, fileError(errcode.NotATable, "The XML has no rows. Expected elements named "+strings.Join(rowElements, ", ")+". Check that it is not an error message."))
				return
			case errors.Is(err, io.EOF):
				return
			case err != nil:
				yield(document{}, r.brokenXML(err))
				return
			}
			switch element := token.(type) {
			case xml.StartElement:
				name := strings.ToLower(element.Name.Local)
				r.isList = r.isList || slices.Contains(listElements, name)
				if !slices.Contains(rowElements, name) {
					if depth++; depth > maxNesting {
						yield(document{}, r.brokenXML(errTooDeep))
						return
					}
					continue
				}
				r.hasRows = true
				line := r.line
				fields, err := r.fields(depth + 1)
				if err != nil {
					yield(document{}, r.brokenXML(err))
					return
				}
				if _, ok := fields.(map[string]any); !ok {
					continue
				}
				raw, err := json.Marshal(fields)
				if !yield(document{line: line, raw: raw, fault: ""}, err) || err != nil {
					return
				}
			case xml.EndElement:
				depth--
			}
		}
	}
}

// fields reads an element up to its end. It returns its text, or its elements by name: of
// an element that occurs more than once a list.
func (r *xmlReader) fields(depth int) (any, error) {
	if depth > maxNesting {
		return nil, errTooDeep
	}
	var text strings.Builder
	var object map[string]any
	for {
		token, err := r.tokens.Token()
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.CharData:
			text.Write(t)
		case xml.EndElement:
			if object != nil {
				return object, nil
			}
			return strings.TrimSpace(text.String()), nil
		case xml.StartElement:
			value, err := r.fields(depth + 1)
			if err != nil {
				return nil, err
			}
			if object == nil {
				object = map[string]any{}
			}
			name := t.Name.Local
			switch known := object[name].(type) {
			case nil:
				object[name] = value
			case []any:
				object[name] = append(known, value)
			default:
				object[name] = []any{known, value}
			}
		}
	}
}

// brokenXML returns the error for a text that cannot be read on.
func (r *xmlReader) brokenXML(err error) error {
	if failure := r.failure(); failure != nil {
		return failure
	}
	reason := "it is broken or truncated"
	if errors.Is(err, errTooLong) || errors.Is(err, errTooDeep) {
		reason = fmt.Sprintf("an element is %v", err)
	}
	return fileError(errcode.BadXML, fmt.Sprintf("Invalid XML near line %d: %s.", r.line, reason))
}

// ReadByte makes xml.Decoder read the text byte by byte, so that the line is that of the
// last token and a long token is noticed before it is in memory.
func (r *xmlReader) ReadByte() (byte, error) {
	if r.left == 0 {
		return 0, errTooLong
	}
	if len(r.bytes) == 0 && len(r.peek(1)) == 0 {
		return 0, io.EOF
	}
	b := r.bytes[0]
	r.skip(1)
	r.left--
	return b, nil
}

// Read is never called, since there is ReadByte.
func (r *xmlReader) Read(p []byte) (int, error) {
	b, err := r.ReadByte()
	if err != nil || len(p) == 0 {
		return 0, err
	}
	p[0] = b
	return 1, nil
}
