package hints

import (
	"strings"
	"testing"

	"trailcat/internal/catalog"
)

// longDescription has about 1,000 characters in the style of shelters, with many
// hints.
const longDescription = `Meet Juniper! She was found in a parking lot in January and came to us with a cold, which is long gone. She is a sweet, curious and
affectionate girl who loves to watch birds from the window and follows her foster mom from room to room. She isn't shy with people she knows, but she
hides when new people come and needs some time to warm up to them. Her favorite spot is the windowsill in the kitchen, where the sun comes in after
breakfast. She loves her wand toys, plays fetch now and then, and will do anything for treats. Juniper does not like being picked up, though she enjoys
chin scratches and will sit on your lap when the house is calm. Her previous owner loved hiking, and told us that Juniper walked on a harness in their
garden. She travels well and naps in her carrier. She gets along with other cats, but dogs scare her, so a home without dogs would be best.
Juniper is spayed, vaccinated, microchipped and has tested negative for FIV and FeLV. Come and meet her by appointment, and bring some patience with you!`

func BenchmarkFind(b *testing.B) {
	f := catalog.Facts{Name: "Juniper", Description: longDescription[:1000], Traits: catalog.Traits{Energy: "high", Tags: []string{"curious", "lap cat"}}}
	texts := newTextCache()
	b.ReportAllocs()
	for b.Loop() {
		read(&f, texts)
		texts.entries.Purge()
	}
}

// BenchmarkFind_Again finds the hints of a text that was read before.
func BenchmarkFind_Again(b *testing.B) {
	f := catalog.Facts{Name: "Juniper", Description: longDescription[:1000], Traits: catalog.Traits{Energy: "high", Tags: []string{"curious", "lap cat"}}}
	Find(&f)
	b.ReportAllocs()
	for b.Loop() {
		Find(&f)
	}
}

func BenchmarkFind_NoHints(b *testing.B) {
	f := catalog.Facts{Name: "Juniper", Description: strings.Repeat("The adoption fee covers a check by the vet. ", 24)[:1000]}
	Find(&f)
	for b.Loop() {
		Find(&f)
	}
}
