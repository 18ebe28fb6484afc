package binding

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// DecodeJSON puts what JSON said into a field.
func DecodeJSON(bad *catalog.FieldErrors, at string, field reflect.Value, tag reflect.StructTag, value any) {
	wrong := func(want string) {
		bad.Check(false, at, "wrong_type", fmt.Sprintf("Is %s where %s belongs.", jsonType(value), want))
	}
	note := func(f *catalog.FieldError) {
		if f != nil {
			f.Pointer = at
			*bad = append(*bad, *f)
		}
	}
	switch field.Kind() {
	case reflect.Pointer:
		if value != nil {
			field.Set(reflect.New(field.Type().Elem()))
			DecodeJSON(bad, at, field.Elem(), tag, value)
		}
	case reflect.Interface: // it may be anything
		field.Set(reflect.ValueOf(value))
	case reflect.Struct:
		if object, ok := value.(map[string]any); ok {
			decodeObject(bad, at, field, object)
		} else {
			wrong("an object")
		}
	case reflect.Slice:
		if list, ok := value.([]any); ok {
			field.Set(reflect.MakeSlice(field.Type(), len(list), len(list)))
			for i, item := range list {
				DecodeJSON(bad, at+"/"+strconv.Itoa(i), field.Index(i), "", item)
			}
		} else {
			wrong("a list")
		}
	case reflect.Map:
		if object, ok := value.(map[string]any); ok {
			decodeMap(bad, at, field, object)
		} else {
			wrong("an object")
		}
	case reflect.String:
		if text, ok := value.(string); ok {
			field.SetString(text)
			note(checkString(text, tag))
		} else {
			wrong("a text")
		}
	case reflect.Bool:
		if is, ok := value.(bool); ok {
			field.SetBool(is)
		} else {
			wrong("true or false")
		}
	case reflect.Int, reflect.Int64:
		if n, ok := toInteger(value); ok {
			field.SetInt(n)
			note(checkRange(float64(n), tag))
		} else {
			wrong("a whole number")
		}
	default: // a float64
		if x, ok := toFloat(value); ok {
			field.SetFloat(x)
			note(checkRange(x, tag))
		} else {
			wrong("a number")
		}
	}
}

func decodeObject(bad *catalog.FieldErrors, at string, target reflect.Value, object map[string]any) {
	names := make([]string, 0, target.NumField())
	for i := range target.NumField() {
		field := target.Type().Field(i)
		name, option, _ := strings.Cut(field.Tag.Get("json"), ",")
		names = append(names, name)
		if value := object[name]; value != nil {
			DecodeJSON(bad, at+"/"+name, target.Field(i), field.Tag, value)
		} else {
			bad.Check(option == "omitempty" || field.Tag.Get("validate") == "optional", at+"/"+name, "required", "Is required.")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if slices.Contains(names, name) {
			continue
		}
		said := fmt.Sprintf("There is no field %q.", name)
		if near := vocab.Suggest(name, names); near != "" {
			said = fmt.Sprintf("There is no field %q; did you mean %q?", name, near)
		}
		bad.Check(false, at+"/"+PointerToken(name), "unknown_field", said)
	}
}

// decodeMap fills a map from text to something.
func decodeMap(bad *catalog.FieldErrors, at string, field reflect.Value, object map[string]any) {
	field.Set(reflect.MakeMap(field.Type()))
	for _, name := range slices.Sorted(maps.Keys(object)) {
		value := reflect.New(field.Type().Elem()).Elem()
		DecodeJSON(bad, at+"/"+PointerToken(name), value, "", object[name])
		field.SetMapIndex(reflect.ValueOf(name), value)
	}
}

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

// toInteger takes 5.0 for 5, which some languages write for it.
func toInteger(value any) (int64, bool) {
	const exact = 1 << 53
	x, ok := toFloat(value)
	return int64(x), ok && x == math.Trunc(x) && math.Abs(x) <= exact
}

func jsonType(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case string:
		return "a text"
	case bool:
		return "true or false"
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	default:
		return "a number"
	}
}
