package wire

import (
	"bytes"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trailcat/internal/binding"
	"trailcat/internal/catalog"
)

// TestCardsAreEncodedAsAllElseIs: the quick encoder writes what the standard library would.
func TestCardsAreEncodedAsAllElseIs(t *testing.T) {
	t.Parallel()

	text := rapid.OneOf(rapid.String(), rapid.Just("a <b> & c \u2028 \x01\t\"\\"), rapid.Just(""))
	rapid.Check(t, func(t *rapid.T) {
		var c catalog.Cat
		c.ID, c.Number = text.Draw(t, "id"), rapid.Int64().Draw(t, "number")
		c.Name, c.URL, c.Description = text.Draw(t, "name"), text.Draw(t, "url"), text.Draw(t, "description")
		c.ListedAt = time.UnixMicro(rapid.Int64Range(0, 4e15).Draw(t, "listed")).UTC()
		c.Altered, c.WeightKg = rapid.Ptr(rapid.Bool(), true).Draw(t, "altered"), rapid.Ptr(rapid.Float64Range(0, 30), true).Draw(t, "weight")
		if rapid.Bool().Draw(t, "pictured") {
			c.Photos = []catalog.Photo{{URL: text.Draw(t, "photo"), Width: rapid.IntRange(-1, 5000).Draw(t, "width")}}
		}
		want, err := binding.EncodeJSON(NewCard(c))
		if err != nil {
			t.Fatal(err)
		}
		if got := Card(c); !bytes.HasPrefix(want, got) {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
	})
}
