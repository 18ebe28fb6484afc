package dictionary

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCompressor_RoundTrip(t *testing.T) {
	t.Parallel()

	c := NewCompressor([]string{`"status":"available"`})
	name := rapid.StringN(0, 60, -1)
	var texts, compressed [][]byte
	for i := range 4000 {
		text, _ := json.Marshal(map[string]any{"id": i, "status": "available", "name": name.Example(i % 50), "text": strings.Repeat("purr ", i%9)})
		texts, compressed = append(texts, text), append(compressed, c.Compress(nil, text))
	}
	in, out := 0, 0
	for i, b := range compressed {
		if got := c.Open(b).Append(nil); !bytes.Equal(got, texts[i]) {
			t.Fatalf("got %s, want %s", got, texts[i])
		}
		in, out = in+len(texts[i]), out+len(b)
	}
	if len(c.dictionaries) < 3 || out > in/2 {
		t.Errorf("got %d of %d bytes with %d dictionaries, want less than half with at least 3", out, in, len(c.dictionaries))
	}
}

func TestDictionary_RoundTripOfAnyText(t *testing.T) {
	t.Parallel()

	sample := [][]byte{[]byte("abababababab the cat the cat the cat the cat, the caterpillar and the category"), bytes.Repeat([]byte("the cat sat on the mat. "), 40)}
	d := train([]string{"x", "xyz", "a long piece of text", strings.Repeat("é", 300)}, sample, 2)
	rapid.Check(t, func(t *rapid.T) {
		text := bytes.Join(rapid.SliceOf(rapid.OneOf(rapid.SliceOf(rapid.Byte()), rapid.SampledFrom(sample))).Draw(t, "text"), nil)
		if got := d.decompress(nil, d.compress(nil, text)); !bytes.Equal(got, text) {
			t.Errorf("got %q, want %q", got, text)
		}
	})
}
