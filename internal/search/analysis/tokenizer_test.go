package analysis

import (
	"strings"
	"testing"
)

func TestTokens(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		text string
		want string
	}{
		"case and punctuation are removed":  {"Hello, World! 3-legged", "hello world 3 legged"},
		"an apostrophe joins":               {"don't he'll", "dont hell"},
		"a possessive s is dropped":         {"the cat's Ada’s", "the cat ada"},
		"quotation marks are no apostrophe": {"'quoted' words", "quoted words"},
		"accents are folded":                {"Café Éclair naïve", "cafe eclair naive"},
		"a dash separates":                  {"cat—dog", "cat dog"},
		"other scripts are kept":            {"кот 猫", "кот 猫"},
		"punctuation alone has no token":    {"  ?! ", ""},
		"a long token is cut off":           {strings.Repeat("m", 90), strings.Repeat("m", MaxTokenLen)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if got := strings.Join(Tokens(test.text), " "); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
