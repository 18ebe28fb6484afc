package catjson

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"trailcat/internal/binding"
	"trailcat/internal/catalog"
)

func readTexts(d *Draft, f *draftField, v gjson.Result) []string {
	return readList(func(d *Draft, pointer string, v gjson.Result) string { return d.text(pointer, v) })(d, f, v)
}

func readList[T any](read func(d *Draft, pointer string, v gjson.Result) T) reader[[]T] {
	return func(d *Draft, f *draftField, v gjson.Result) []T {
		if !v.IsArray() {
			d.wrong(f.pointer, v, "a list")
			return nil
		}
		var out []T
		v.ForEach(func(_, item gjson.Result) bool {
			if len(out) == longestList {
				d.Fault(f.pointer, "too_many", fmt.Sprintf("Has more than %d entries.", longestList))
				return false
			}
			out = append(out, read(d, f.pointer+"/"+strconv.Itoa(len(out)), item))
			return len(d.Bad) < MaxErrors
		})
		return out
	}
}

func readPhoto(d *Draft, pointer string, v gjson.Result) catalog.Photo {
	if v.Type == gjson.String {
		return catalog.Photo{URL: v.Str, Width: 0, Height: 0, Alt: ""}
	}
	var p catalog.Photo
	d.parts(pointer, v, map[string]func(string, gjson.Result){
		"url":    func(at string, v gjson.Result) { p.URL = d.text(at, v) },
		"width":  func(at string, v gjson.Result) { p.Width = d.pixels(at, v) },
		"height": func(at string, v gjson.Result) { p.Height = d.pixels(at, v) },
		"alt":    func(at string, v gjson.Result) { p.Alt = strings.TrimSpace(d.text(at, v)) },
	})
	return p
}

func readVideo(d *Draft, pointer string, v gjson.Result) catalog.Video {
	if v.Type == gjson.String {
		return catalog.Video{URL: v.Str, EmbedURL: ""}
	}
	var out catalog.Video
	d.parts(pointer, v, map[string]func(string, gjson.Result){
		"url":       func(at string, v gjson.Result) { out.URL = d.text(at, v) },
		"embed_url": func(at string, v gjson.Result) { out.EmbedURL = d.text(at, v) },
	})
	return out
}

// parts reads the fields of an entry of a list; null is the same as left out.
func (d *Draft) parts(pointer string, v gjson.Result, fields map[string]func(string, gjson.Result)) {
	if !v.IsObject() {
		d.wrong(pointer, v, "an object or a text")
		return
	}
	v.ForEach(func(key, value gjson.Result) bool {
		at := pointer + "/" + binding.PointerToken(key.Str)
		if read, ok := fields[key.Str]; !ok {
			d.Fault(at, "unknown_field", fmt.Sprintf("There is no field %q.", key.Str))
		} else if value.Type != gjson.Null {
			read(at, value)
		}
		return len(d.Bad) < MaxErrors
	})
}

func (d *Draft) pixels(pointer string, v gjson.Result) int {
	n, ok := d.whole(pointer, v)
	if ok && (n < 0 || n > 100_000) {
		d.Fault(pointer, "out_of_range", "Is not between 0 and 100000.")
		return 0
	}
	return int(n)
}
