package imaging

import (
	"testing"

	"pgregory.net/rapid"
)

func TestHuffmanTable_HasACodeForEachSymbol(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(r *rapid.T) {
		var frequencies [257]int
		want := 0
		for i := range 256 {
			if rapid.Bool().Draw(r, "occurs") {
				frequencies[i] = 1 << rapid.IntRange(0, 40).Draw(r, "magnitude")
				want++
			}
		}
		lengths, symbols := huffmanTable(&frequencies)
		count, space := 0, 0
		for i, n := range lengths {
			count += int(n)
			space += int(n) << (16 - i)
		}
		if count != want || len(symbols) != want || space >= 1<<16 {
			r.Errorf("got %d codes of %d symbols, want %d; they take %d of 65536", count, len(symbols), want, space)
		}
	})
}
