package vocab

import (
	_ "embed"
	"regexp"
	"strings"
	"sync"
)

// Microchip is what a field says of a cat's microchip.
type Microchip struct {
	Number  string // in upper case, without separators; empty if it is not known exactly
	Chipped *bool  // nil if it is not known whether the cat has a microchip
}

//go:embed tables/microchips.tsv
var microchipTable string

var microchipWords = sync.OnceValue(func() *lexicon { return newLexicon(microchipTable, false) })

var (
	chipNumber = regexp.MustCompile(`\b[0-9A-F]{9,15}\b`)
	// roundedNumber matches a number that a spreadsheet has rounded.
	roundedNumber  = regexp.MustCompile(`^\d(?:[.,]\d+)?E\+?\d{1,2}$`)
	chipDecoration = regexp.MustCompile(`^AVID[ *]*|\.0+$|[ .*-]`)
)

// ParseMicrochip parses the number of a microchip ("985112000000001", "985 112 000 000
// 001", "AVID*012*345*678", "0A01 234 567"), or whether there is one ("No", "not chipped",
// "Yes"). Of several numbers it returns the first. A number that a spreadsheet rounded
// ("9.85E+14", 985110000000000) means that the cat has a microchip, but its number is unknown.
//
// It returns the whole field as unparsed if the number is not known exactly, or if it is a
// placeholder such as "N/A".
func ParseMicrochip(raw string) (chip Microchip, unparsed string) {
	text := strings.ToUpper(strings.TrimSpace(raw))
	switch answer := microchipWords().whole(raw).role; {
	case text == "":
		return Microchip{}, ""
	case answer != "":
		return Microchip{Chipped: new(answer == "yes")}, ""
	case roundedNumber.MatchString(text):
		return Microchip{Chipped: new(true)}, raw
	}
	number := chipDecoration.ReplaceAllString(text, "")
	if !chipNumber.MatchString(number) || len(number) > 15 {
		number = chipNumber.FindString(text)
	}
	switch {
	case !hasManyDigits(number):
		return Microchip{}, raw
	case strings.HasSuffix(number, "000000"):
		return Microchip{Chipped: new(true)}, raw
	default:
		return Microchip{Number: number, Chipped: new(true)}, ""
	}
}

// hasManyDigits reports whether a text has at least six digits, and is not one that people
// type to fill a field, such as 999999999 or 123456789.
func hasManyDigits(text string) bool {
	const sequence = "123456789012345"
	digits := 0
	for _, r := range text {
		if '0' <= r && r <= '9' {
			digits++
		}
	}
	return digits >= 6 && strings.Trim(text, text[:1]) != "" && text != sequence[:min(len(text), len(sequence))]
}
