package vocab

// IsCat says whether a species or animal type means a cat ("Cat", "FELINE",
// "Kitten"). A breed is no species.
func IsCat(raw string) bool {
	switch Fold(raw) {
	case "cat", "cats", "kitten", "kittens", "feline", "felines", "cat kitten", "cats kittens", "domestic cat", "felis catus":
		return true
	default:
		return false
	}
}
