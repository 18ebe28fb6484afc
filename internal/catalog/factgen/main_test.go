package main

import (
	"bytes"
	"os"
	"testing"
)

func TestGeneratedFiles_AreUpToDate(t *testing.T) {
	t.Parallel()

	for file, want := range map[string][]byte{"../../filters/tri_state_filters.go": filterStruct(), "../../catjson/tri_state_draft.go": draftStruct()} {
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what the table of facts generates; run make generate", file)
		}
	}
}
