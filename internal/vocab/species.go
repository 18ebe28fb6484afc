package vocab

import "strings"

const (
	// catWords are words for a cat in English, French, Spanish, German and Dutch.
	catWords = " cat cats kitten kittens kitty kitties feline felines catus " +
		"chat chats chatte chattes chaton chatons chatonne felin felins " +
		"gato gatos gata gatas gatito gatitos gatita felino katze katzen katzchen kater kat katten kitte poes "
	// catQualifiers are words that say what kind of cat it is.
	catQualifiers = " felis silvestris adult adults young juvenile senior baby neonate neonatal unweaned bottle nursing litter " +
		"domestic domesticated barn farm feral semi community working warehouse outdoor indoor stray owned house free roaming " +
		"short medium long hair haired shorthair mediumhair longhair shorthaired longhaired dsh dmh dlh " +
		"male female and or de la le et ou " +
		"adulte adultes domestique domestiques sauvage errant errante communautaire europeen ferme grange "
)

// IsCat reports whether a species or animal type means a cat ("Cat", "FELINE",
// "Kitten", "Barn Cat", "Cat (Domestic)", "chatte"). It does not recognize breeds. A
// value with a word that it does not know ("Cat/Dog", "Catahoula") is another animal.
func IsCat(raw string) bool {
	found := false
	for word := range strings.FieldsSeq(Fold(raw)) {
		switch word = " " + word + " "; {
		case strings.Contains(catWords, word):
			found = true
		case !strings.Contains(catQualifiers, word):
			return false
		}
	}
	return found
}
