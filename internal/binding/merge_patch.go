package binding

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"trailcat/internal/catalog"
)

// MergePatch represents a JSON merge patch (RFC 7396) of an object: null clears a field,
// and omitted fields keep their values.
type MergePatch map[string]any

// ApplyPatch returns the draft with the patch applied. It returns only errors of fields
// that the patch contains, because stored values may be older than the rules.
func ApplyPatch[T any](patch MergePatch, draft T) (out T, errs catalog.FieldErrors, err error) {
	text, err := json.Marshal(draft)
	if err != nil {
		return out, nil, fmt.Errorf("encode the object to patch: %w", err)
	}
	var before any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&before); err != nil {
		return out, nil, fmt.Errorf("decode the object to patch: %w", err)
	}
	errs = DecodeJSON(applyMergePatch(before, map[string]any(patch)), &out)
	return out, slices.DeleteFunc(errs, func(f catalog.FieldError) bool { return !patch.Contains(f.Pointer) }), nil
}

// Contains reports whether the patch changes the value at a JSON pointer.
func (p MergePatch) Contains(pointer string) bool {
	token, _, _ := strings.Cut(strings.TrimPrefix(pointer, "/"), "/")
	_, ok := p[strings.NewReplacer("~1", "/", "~0", "~").Replace(token)]
	return ok
}

// applyMergePatch returns the value with the patch applied. It does not change value.
func applyMergePatch(value, patch any) any {
	changes, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	out, _ := value.(map[string]any)
	out = maps.Clone(out)
	if out == nil {
		out = map[string]any{}
	}
	for name, change := range changes {
		if change == nil {
			delete(out, name)
		} else {
			out[name] = applyMergePatch(out[name], change)
		}
	}
	return out
}
