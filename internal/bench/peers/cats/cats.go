// Package cats defines the file of cats that all peers load.
package cats

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// Fields are the filters, of which all but status are facets.
var Fields = []string{"status", "sex", "age_group", "breed", "color", "pattern", "coat", "size", "good_with_children", "good_with_dogs", "good_with_cats", "altered", "house_trained"}

// Cat is a line of the file.
type Cat struct {
	ID       string              `json:"id"`
	Lat      float64             `json:"lat"`
	Lng      float64             `json:"lng"`
	ListedAt int64               `json:"listed_at"` // in seconds since 1970
	Text     string              `json:"text"`
	Fields   map[string][]string `json:"fields"` // a value that is not known is "unknown"
	Card     string              `json:"card"`   // JSON as in Trailcat's list
}

// Count is the number of cats with a value.
type Count struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

// Read calls do with each cat of a file.
func Read(name string, do func(*Cat) error) error { return ReadLines(name, do) }

// ReadLines calls do with each value of a file of JSON values.
func ReadLines[T any](name string, do func(*T) error) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	decoder := json.NewDecoder(bufio.NewReaderSize(file, 1<<20))
	for {
		value := new(T)
		switch err := decoder.Decode(value); {
		case err == io.EOF:
			return nil
		case err != nil:
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := do(value); err != nil {
			return err
		}
	}
}

// ParsePoint parses "lat,lng".
func ParsePoint(text string) (lat, lng float64, err error) {
	before, after, _ := strings.Cut(text, ",")
	if lat, err = strconv.ParseFloat(before, 64); err != nil {
		return 0, 0, err
	}
	lng, err = strconv.ParseFloat(after, 64)
	return lat, lng, err
}
