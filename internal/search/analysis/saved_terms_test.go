package analysis

import (
	"bytes"
	"reflect"
	"testing"

	"trailcat/internal/vocab"
)

// A saved dictionary is read by another process, which must number the words with another
// spelling in the same way.
func TestSpellings_AreTheSameInEveryProcess(t *testing.T) {
	t.Parallel()

	want := spellingsByStem(vocab.Spellings())
	for range 50 {
		if got := spellingsByStem(vocab.Spellings()); !reflect.DeepEqual(got, want) {
			t.Fatalf("got %v and %v", got, want)
		}
	}
}

func TestTermDictionary_ReadFromHasTheSameNumbers(t *testing.T) {
	t.Parallel()

	saved := NewTermDictionary()
	encode := func(d *TermDictionary, text string) []byte {
		encoder := d.NewEncoder()
		defer encoder.Close()
		return encoder.AppendField(nil, text)
	}
	const text = "Shorthair kittens purr unpronounceablenesses; été"
	want := encode(saved, text)
	loaded := NewTermDictionary()
	if err := loaded.ReadFrom(saved.AppendTo(nil)); err != nil {
		t.Fatal(err)
	}
	if got := encode(loaded, text); !bytes.Equal(got, want) || loaded.NumStems() != saved.NumStems() {
		t.Errorf("got %v, want %v", got, want)
	}
	if err := NewTermDictionary().ReadFrom(saved.AppendTo(nil)[3:]); err == nil {
		t.Error("a dictionary that begins with other terms is read")
	}
}
