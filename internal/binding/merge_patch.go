package binding

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"trailcat/internal/catalog"
)

// MergePatch says what is to change: what it does not name stays, and null clears.
type MergePatch map[string]any

// ApplyPatch lays a patch over a draft and returns what becomes of it. The faults are
// those of what the patch names: what is there already may be older than our rules.
func ApplyPatch[T any](patch MergePatch, draft T) (out T, bad catalog.FieldErrors, err error) {
	bad, err = applyMergePatch(map[string]any(patch), draft, &out)
	return out, slices.DeleteFunc(bad, func(f catalog.FieldError) bool { return !patch.Names(f.Pointer) }), err
}

// Names says whether the patch speaks of what a pointer points to.
func (p MergePatch) Names(pointer string) bool {
	for field := range p {
		if at := "/" + PointerToken(field); pointer == at || strings.HasPrefix(pointer, at+"/") {
			return true
		}
	}
	return false
}

// applyMergePatch lays a merge patch (RFC 7396) over the form of a thing as it is, and
// reads the result into the struct that in points to, by the rules of bindBody.
func applyMergePatch(patch, now, in any) (catalog.FieldErrors, error) {
	text, err := json.Marshal(now)
	if err != nil {
		return nil, fmt.Errorf("lay out what is to be patched: %w", err)
	}
	var before any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&before); err != nil {
		return nil, fmt.Errorf("lay out what is to be patched: %w", err)
	}
	var bad catalog.FieldErrors
	DecodeJSON(&bad, "", reflect.ValueOf(in).Elem(), "", applyPatchTo(before, patch))
	return bad, nil
}

// applyPatchTo is a value with a merge patch over it.
func applyPatchTo(value, patch any) any {
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
			out[name] = applyPatchTo(out[name], change)
		}
	}
	return out
}
