package vocab

import "testing"

func TestIsPlaceholder(t *testing.T) {
	t.Parallel()

	for raw, want := range map[string]struct{ value, name bool }{
		"None": {true, true}, "N/A": {true, true}, "n.a.": {true, true}, "NA": {true, true}, "nil": {true, true}, "NULL": {true, true}, "0": {true, true},
		"000": {true, true}, "-": {true, true}, "--": {true, true}, "?": {true, true}, "": {true, true}, " ": {true, true}, "Unknown": {true, true},
		"TBD": {true, true}, "pending": {true, true}, "Aucun": {true, true}, "#N/A": {true, true},
		"No": {false, true}, "No Name": {false, true}, "Unnamed": {false, true}, "*": {true, true}, "Sans nom": {false, true},
		"Nona": {false, false}, "10": {false, false}, "Nil Nil": {false, false}, "猫": {false, false}, "🐈": {false, false}, "None of your business": {false, false},
	} {
		if got := IsPlaceholder(raw); got != want.value {
			t.Errorf("IsPlaceholder(%q) = %t, want %t", raw, got, want.value)
		}
		if got := IsPlaceholderName(raw); got != want.name {
			t.Errorf("IsPlaceholderName(%q) = %t, want %t", raw, got, want.name)
		}
	}
}
