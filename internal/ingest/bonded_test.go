package ingest_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBondedPairs_AreOneListingWithATag(t *testing.T) {
	t.Parallel()

	for name, pair := range map[string]bool{
		"Bo / Mia": true, "Bo & Mia (bonded pair)": true, "Bo and Mia - BONDED": true, "Bo + Mia, bonded pair": true,
		"Salt & Pepper": false, "Bo/Mia": false, "Mac and Cheese": false, "Vagabond": false, "Bo": false,
	} {
		const format = "name: pairs\nid: Id\ncolumns: [Id]\nfields:\n  name: Name\n  age: Age\n  traits.tags: Tags\n"
		cats, memory := newCatalog()
		load(t, cats, read(t, format, "Id;Name;Age;Tags\nP1;"+name+";2 years / 3 years;calm\n"))
		cat := memory.cat(t, "P1")
		want := []string{"calm"}
		if pair {
			want = append(want, "Bonded pair")
		}
		if diff := cmp.Diff(want, cat.Traits.Tags); diff != "" {
			t.Errorf("%s: tags (-want +got):\n%s", name, diff)
		}
		if len(memory.cats) != 1 || len(cat.BondedWith) != 0 {
			t.Errorf("%s: got %d listings, bonded with %v, want one listing and no guess", name, len(memory.cats), cat.BondedWith)
		}
		if !cat.Birth.On.IsZero() || cat.Unparsed["age"] != "2 years / 3 years" {
			t.Errorf("%s: got the birth %v and unparsed %v, want the two ages unparsed", name, cat.Birth, cat.Unparsed)
		}
		logged := len(memory.log)
		load(t, cats, read(t, format, "Id;Name;Age\nP1;"+name+";2 years / 3 years\n"))
		if len(memory.log) != logged {
			t.Errorf("%s again, without tags: got a change, want none", name)
		}
	}
}
