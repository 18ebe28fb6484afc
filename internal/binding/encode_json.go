package binding

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// EncodeJSON is v as JSON, with ampersands in addresses as they are: nobody reads our JSON as HTML.
func EncodeJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("encode answer: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
