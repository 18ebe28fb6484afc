package docs_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Decisions are numbered from 1, each number once, and the title of a page has its number.
func TestADR_Numbers(t *testing.T) {
	t.Parallel()

	pages, err := filepath.Glob("adr/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatalf("found %d pages (%v)", len(pages), err)
	}
	for i, page := range pages { // Glob sorts them
		number := i + 1
		if name := filepath.Base(page); !strings.HasPrefix(name, fmt.Sprintf("%04d-", number)) {
			t.Fatalf("page %d is %s, want it to begin with %04d", number, name, number)
		}
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		if title, _, _ := strings.Cut(string(text), "\n"); !strings.HasPrefix(title, fmt.Sprintf("# %d. ", number)) {
			t.Errorf("%s has the title %q, want it to begin with # %d.", page, title, number)
		}
	}
}
