package wire

import (
	"maps"
	"slices"
	"strings"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
)

// WrittenCat is a cat after a write, with what was not understood.
type WrittenCat struct {
	Cat

	Warnings []WriteWarning `json:"warnings"` // Values of the request that were not understood. The rest was written, and these facts are unknown.
} //	@name	WrittenCat

// WriteWarning is a value of a body that was not understood. The rest was written, the fact
// is unknown, and its words are in `unparsed` of the cat.
type WriteWarning struct {
	Pointer string       `json:"pointer" example:"/sex"`                                                               // JSON pointer to the field of the cat.
	Value   string       `json:"value" example:"man"`                                                                  // Words that were not understood.
	Code    errcode.Code `json:"code" swaggertype:"string" extensions:"x-codes=warning"`                               // `placeholder`: a word for a missing value.
	Message string       `json:"message" example:"Expected female, male or unknown, or a word such as neutered male."` // What is wrong, as a sentence.
} //	@name	WriteWarning

// NewWriteWarnings returns the warnings for the unparsed words of the fields of a cat, in
// the order of the fields.
func NewWriteWarnings(unparsed map[string]string) []WriteWarning {
	out := make([]WriteWarning, 0, len(unparsed))
	for _, field := range slices.Sorted(maps.Keys(unparsed)) {
		w := catalog.UnparsedWarning(field, unparsed[field])
		out = append(out, WriteWarning{Pointer: "/" + strings.ReplaceAll(field, ".", "/"), Value: unparsed[field], Code: w.Code, Message: w.Message})
	}
	return out
}
