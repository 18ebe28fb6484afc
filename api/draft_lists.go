package api

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"trailcat/internal/catalog"
)

func readTexts(d *draft, f *draftField, v gjson.Result) []string {
	return readList(func(d *draft, pointer string, v gjson.Result) string { return d.text(pointer, v) })(d, f, v)
}

func readList[T any](read func(d *draft, pointer string, v gjson.Result) T) reader[[]T] {
	return func(d *draft, f *draftField, v gjson.Result) []T {
		if !v.IsArray() {
			d.wrong(f.pointer, v, "a list")
			return nil
		}
		var out []T
		v.ForEach(func(_, item gjson.Result) bool {
			if len(out) == longestList {
				d.fault(f.pointer, "too_many", fmt.Sprintf("Has more than %d entries.", longestList))
				return false
			}
			out = append(out, read(d, f.pointer+"/"+strconv.Itoa(len(out)), item))
			return len(d.bad) < maxErrors
		})
		return out
	}
}

func readPhoto(d *draft, pointer string, v gjson.Result) catalog.Photo {
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

func readVideo(d *draft, pointer string, v gjson.Result) catalog.Video {
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
func (d *draft) parts(pointer string, v gjson.Result, fields map[string]func(string, gjson.Result)) {
	if !v.IsObject() {
		d.wrong(pointer, v, "an object or a text")
		return
	}
	v.ForEach(func(key, value gjson.Result) bool {
		at := pointer + "/" + pointerToken(key.Str)
		if read, ok := fields[key.Str]; !ok {
			d.fault(at, "unknown_field", fmt.Sprintf("There is no field %q.", key.Str))
		} else if value.Type != gjson.Null {
			read(at, value)
		}
		return len(d.bad) < maxErrors
	})
}

func (d *draft) pixels(pointer string, v gjson.Result) int {
	n, ok := d.whole(pointer, v)
	if ok && (n < 0 || n > 100_000) {
		d.fault(pointer, "out_of_range", "Is not between 0 and 100000.")
		return 0
	}
	return int(n)
}
