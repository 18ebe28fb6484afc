package binding

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
)

// EncodeJSON returns v as JSON. It does not escape &, < and > as Unicode escapes, so
// that URLs stay readable; do not put the result into HTML.
func EncodeJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("encode response: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// JSONErrorMessage returns a sentence for callers about JSON that cannot be parsed. The
// subject names the JSON, as in "request body".
func JSONErrorMessage(subject string, err error) string {
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, io.EOF):
		return fmt.Sprintf("The %s is empty; expected JSON.", subject)
	case errors.As(err, &syntax):
		return fmt.Sprintf("The %s is not valid JSON: %s, at byte %d.", subject, strings.TrimPrefix(syntax.Error(), "json: "), syntax.Offset)
	default:
		return fmt.Sprintf("The %s is not valid JSON: %s.", subject, strings.TrimPrefix(err.Error(), "json: "))
	}
}

// DecodeJSON reads a value, as encoding/json decodes it with UseNumber, into the struct
// that in points to. The struct tags are the rules: json, enums, minimum, maximum and
// maxLength; a field is required unless it has omitempty or validate:"optional". Null is
// the same as omitted. The errors have JSON pointers.
func DecodeJSON(value, in any) catalog.FieldErrors {
	var errs catalog.FieldErrors
	decodeValue(&errs, "", reflect.ValueOf(in).Elem(), "", value)
	return errs
}

func decodeValue(errs *catalog.FieldErrors, pointer string, field reflect.Value, tag reflect.StructTag, value any) {
	wrongType := func(want string) {
		errs.Check(false, pointer, errcode.WrongType, fmt.Sprintf("Expected %s, got %s.", want, jsonType(value)))
	}
	addError := func(err *catalog.FieldError) {
		if err != nil {
			err.Pointer = pointer
			*errs = append(*errs, *err)
		}
	}
	switch field.Kind() {
	case reflect.Pointer:
		if value != nil {
			field.Set(reflect.New(field.Type().Elem()))
			decodeValue(errs, pointer, field.Elem(), tag, value)
		}
	case reflect.Interface: // any JSON value
		field.Set(reflect.ValueOf(value))
	case reflect.Struct:
		if object, ok := value.(map[string]any); ok {
			decodeObject(errs, pointer, field, object)
		} else {
			wrongType("an object")
		}
	case reflect.Slice:
		if list, ok := value.([]any); ok {
			field.Set(reflect.MakeSlice(field.Type(), len(list), len(list)))
			for i, item := range list {
				decodeValue(errs, pointer+"/"+strconv.Itoa(i), field.Index(i), "", item)
			}
		} else {
			wrongType("an array")
		}
	case reflect.Map:
		if object, ok := value.(map[string]any); ok {
			decodeMap(errs, pointer, field, object)
		} else {
			wrongType("an object")
		}
	case reflect.String:
		if text, ok := value.(string); ok {
			parsed, err := parseString(text, rulesOf(tag))
			field.SetString(parsed)
			addError(err)
		} else {
			wrongType("a string")
		}
	case reflect.Bool:
		if b, ok := value.(bool); ok {
			field.SetBool(b)
		} else {
			wrongType("a boolean")
		}
	case reflect.Int, reflect.Int64:
		if n, ok := toInteger(value); ok {
			field.SetInt(n)
			addError(checkRange(float64(n), rulesOf(tag)))
		} else {
			wrongType("an integer")
		}
	default: // float64
		if x, ok := toFloat(value); ok {
			field.SetFloat(x)
			addError(checkRange(x, rulesOf(tag)))
		} else {
			wrongType("a number")
		}
	}
}

func decodeObject(errs *catalog.FieldErrors, pointer string, target reflect.Value, object map[string]any) {
	fields := jsonFields(target.Type())
	names := make([]string, 0, len(fields))
	for _, field := range fields {
		name, option, _ := strings.Cut(field.Tag.Get("json"), ",")
		names = append(names, name)
		if value := object[name]; value != nil {
			decodeValue(errs, pointer+"/"+name, target.FieldByIndex(field.Index), field.Tag, value)
		} else {
			errs.Check(option == "omitempty" || field.Tag.Get("validate") == "optional", pointer+"/"+name, errcode.Required, "Field is required.")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if slices.Contains(names, name) {
			continue
		}
		errs.Check(false, pointer+"/"+PointerToken(name), errcode.UnknownField, UnknownField(name, fieldNames(target.Type())))
	}
}

var cachedFields sync.Map // of reflect.Type to []reflect.StructField

// jsonFields returns the fields of a struct type. Those of an embedded struct are in its place.
func jsonFields(t reflect.Type) []reflect.StructField {
	if cached, ok := cachedFields.Load(t); ok {
		return cached.([]reflect.StructField)
	}
	fields := slices.DeleteFunc(reflect.VisibleFields(t), func(f reflect.StructField) bool { return f.Anonymous })
	cachedFields.Store(t, fields)
	return fields
}

// fieldNames returns the names of the JSON fields of a struct type, and those of the fields
// of objects within it, with a dot.
func fieldNames(t reflect.Type) []string {
	var names []string
	for _, field := range jsonFields(t) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		names = append(names, name)
		inner := field.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct && inner != reflect.TypeFor[time.Time]() {
			for _, field := range jsonFields(inner) {
				member, _, _ := strings.Cut(field.Tag.Get("json"), ",")
				names = append(names, name+"."+member)
			}
		}
	}
	return names
}

func decodeMap(errs *catalog.FieldErrors, pointer string, field reflect.Value, object map[string]any) {
	field.Set(reflect.MakeMap(field.Type()))
	for _, name := range slices.Sorted(maps.Keys(object)) {
		value := reflect.New(field.Type().Elem()).Elem()
		decodeValue(errs, pointer+"/"+PointerToken(name), value, "", object[name])
		field.SetMapIndex(reflect.ValueOf(name), value)
	}
}

// PointerToken escapes a name for use in a JSON pointer (RFC 6901).
func PointerToken(name string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}

func toFloat(value any) (float64, bool) {
	n, ok := value.(json.Number)
	if !ok {
		return 0, false
	}
	x, err := n.Float64()
	return x, err == nil
}

// toInteger returns an integer. It accepts 5.0, which some languages write for 5.
func toInteger(value any) (int64, bool) {
	const maxExact = 1 << 53
	x, ok := toFloat(value)
	return int64(x), ok && x == math.Trunc(x) && math.Abs(x) <= maxExact
}

// jsonType returns the type of a JSON value with an article, for messages.
func jsonType(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case []any:
		return "an array"
	case map[string]any:
		return "an object"
	default:
		return "a number"
	}
}
