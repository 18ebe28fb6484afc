package catalog

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"trailcat/internal/vocab"
)

// HashMicrochip returns the hash of a microchip number, from which two listings of
// one cat can be recognized. The number itself is not stored.
func HashMicrochip(number string) string {
	number = strings.ToUpper(strings.Join(strings.Fields(number), ""))
	if number == "" {
		return ""
	}
	return fmt.Sprintf("%x", sha256.Sum256([]byte("trailcat microchip "+number)))
}

// ReadMicrochip reads what a source says of a microchip; see vocab.ParseMicrochip. It
// returns the hash of the number if that is known exactly, and whether the cat has a
// microchip, or nil. Words that were not understood may be shown, so the digits of what may
// be a number are replaced in them.
func ReadMicrochip(text string) (hash string, chipped *bool, unparsed string) {
	chip, unparsed := vocab.ParseMicrochip(text)
	const minDigits = 6
	if masked := strings.Map(maskDigit, unparsed); strings.Count(masked, "#") >= minDigits {
		unparsed = masked
	}
	return HashMicrochip(chip.Number), chip.Chipped, unparsed
}

func maskDigit(r rune) rune {
	if '0' <= r && r <= '9' {
		return '#'
	}
	return r
}
