package apitest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

const (
	maxLine  = 150 // a value of at most this many bytes is shown on one line
	maxWhole = 8   // an object of at most this many members shows all of them
)

// elider formats the JSON bodies of one transcript. It leaves out members of large
// objects that equal what the transcript last showed at the same place (in an array, also
// in the previous element) or that are null from the start, and shows how many there are.
// So a transcript shows what each exchange changes, and still differs if any member does.
type elider struct {
	last map[string]string // compact JSON by path
}

// format returns a JSON body, indented. If whole is true it leaves nothing out.
func (e *elider) format(body []byte, whole bool) (string, error) {
	var compact bytes.Buffer
	if err := json.Compact(&compact, body); err != nil {
		return "", err
	}
	var b strings.Builder
	err := e.write(&b, "", "", "\n", compact.Bytes(), whole)
	return b.String(), err
}

// write writes compact JSON. It compares with what was shown at path or, if that is new,
// at sibling. The newline is a line break with the indentation of the value.
func (e *elider) write(b *strings.Builder, path, sibling, newline string, value []byte, whole bool) error {
	if len(value) <= len("{}") || value[0] != '{' && value[0] != '[' {
		b.Write(value)
		return nil
	}
	isObject := value[0] == '{'
	names, values, err := readMembers(value)
	if err != nil {
		return err
	}
	line, lines := len(value) <= maxLine && path != "", newline+"  "
	if line {
		newline, lines = "", ""
	}
	b.WriteByte(value[0])
	separator, omitted := "", 0
	for i, v := range values {
		at, before := path+"/"+names[i], sibling+"/"+names[i]
		if !isObject && i > 0 {
			before = path + "/" + names[i-1]
		}
		last, seen := e.last[at]
		if !seen {
			last, seen = e.last[before]
		}
		e.last[at] = string(v)
		unchanged := seen && last == string(v) && (len(values) > maxWhole || len(v) > maxLine) || !seen && string(v) == "null" && len(values) > maxWhole
		if unchanged && !whole && !line {
			omitted++
			continue
		}
		b.WriteString(separator + lines)
		if separator = ","; line {
			separator = ", "
		}
		if isObject {
			fmt.Fprintf(b, "%q: ", names[i])
		}
		if err := e.write(b, at, before, lines, v, whole); err != nil {
			return err
		}
	}
	if omitted > 0 {
		fmt.Fprintf(b, "%s%s… %d more", separator, lines, omitted)
	}
	b.WriteString(newline)
	b.WriteByte(value[len(value)-1])
	return nil
}

// readMembers returns the members of an object, or the elements of an array, whose
// names are their indexes.
func readMembers(value []byte) (names []string, values []json.RawMessage, err error) {
	dec := json.NewDecoder(bytes.NewReader(value))
	if _, err := dec.Token(); err != nil {
		return nil, nil, err
	}
	for dec.More() {
		name := strconv.Itoa(len(values))
		if value[0] == '{' {
			token, err := dec.Token()
			if err != nil {
				return nil, nil, err
			}
			name = fmt.Sprint(token)
		}
		var member json.RawMessage
		if err := dec.Decode(&member); err != nil {
			return nil, nil, err
		}
		names, values = append(names, name), append(values, member)
	}
	return names, values, nil
}
