package ingest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/catalog"
)

// state is the status of a cat and the reason for it.
type state struct {
	Status catalog.Status
	Reason string
}

func stateOf(cat catalog.Cat) state { return state{cat.Status, cat.StatusReason} }

func TestStatus_WordsOfShelters(t *testing.T) {
	t.Parallel()

	tests := map[string]state{
		"Available": {"available", ""}, "ADOPTABLE": {"available", ""}, "Available for Adoption": {"available", ""}, "Available In Foster": {"available", ""},
		"Available For Adoption - Off Site": {"available", ""}, "Urgent": {"available", ""}, "disponible": {"available", ""}, "À adopter": {"available", ""},
		"Available Soon": {"on_hold", "Available Soon"}, "Coming soon": {"on_hold", "Coming soon"}, "Available after 12/01": {"on_hold", "Available after 12/01"},
		"Not available": {"on_hold", "Not available"}, "Medical Hold": {"on_hold", "Medical Hold"}, "On hold": {"on_hold", ""}, "HOLD": {"on_hold", ""},
		"In Foster": {"on_hold", "In Foster"}, "Bientôt disponible": {"on_hold", "Bientôt disponible"}, "En famille d'accueil": {"on_hold", "En famille d'accueil"},
		"Pending": {"pending", ""}, "Adoption Pending": {"pending", "Adoption Pending"}, "Application Pending": {"pending", "Application Pending"},
		"Pending adoption": {"pending", "Pending adoption"}, "Available - Adoption Pending": {"pending", "Available - Adoption Pending"},
		"Trial adoption": {"pending", "Trial adoption"}, "Foster-to-adopt": {"pending", "Foster-to-adopt"}, "Réservé": {"pending", "Réservé"}, "Adoption en cours": {"pending", "Adoption en cours"},
		"Adopted": {"adopted", ""}, "Adoptée": {"adopted", ""}, "Rehomed": {"adopted", ""},
		"Transferred": {"removed", "Transferred"}, "Passed away": {"removed", "Passed away"}, "Deleted": {"removed", ""},
		"lost?": {}, "Adoption": {}, "Not adopted": {}, "Pending surgery": {}, "": {},
	}
	const (
		column = "name: words\nid: Id\nstatus: {from: State}\nfields:\n  name: Name\n"
		rule   = "name: words\nid: Id\nstatus:\n  - {is: adopted, when: {State: gone}}\n  - {from: State}\nfields:\n  name: Name\n"
		values = "name: words\nid: Id\nstatus: {from: State, values: {gone: adopted}}\nfields:\n  name: Name\n"
	)
	for words, want := range tests {
		for _, format := range []string{column, rule, values} {
			cats, memory := newCatalog()
			report := load(t, cats, read(t, format, "Id;Name;State\n1;Zoë;"+words+"\n"))
			if want == (state{}) {
				if report.Rejected != 1 {
					t.Errorf("%q: got %+v, want an unknown status", words, report)
				}
				continue
			}
			if got := stateOf(memory.cat(t, "1")); got != want {
				t.Errorf("%q: got %v, want %v", words, got, want)
			}
		}
	}
}

func TestStatus_WordsInFormatsOfSoftware(t *testing.T) {
	t.Parallel()

	want := map[string]state{
		"1": {"on_hold", "Available Soon"}, "2": {"pending", "Adoption Pending"}, "3": {"available", ""}, "4": {"pending", "Application Pending"},
	}
	statuses := []string{"Available Soon", "Adoption Pending", "Available", "Application Pending"}
	for format, headerAndRow := range map[string][2]string{
		"petfinder":    {"ID,AnimalName,PrimaryBreed,SecondaryBreed,Sex,Size,Age,Desc,Type,Shots,Altered,NoDogs,NoCats,NoKids,Housetrained,Declawed,specialNeeds,Mix,photo1,Status\n", ",Zoë,,,F,M,Adult,,Cat,,,,,,,,,,,"},
		"rescuegroups": {"externalID,name,type,priBreed,okwithdogs,okwithcats,okwithkids,dsc,status\n", ",Zoë,Cat,,,,,,"},
		"adoptapet":    {"Id,Animal,Breed,Name,Sex,Description,GoodWKids,GoodWCats,GoodWDogs,SpayedNeutered,ShotsCurrent,Status\n", ",Cat,,Zoë,F,,,,,,,"},
		"shelterluv":   {"ID,Internal-ID,Name,Type,Sex,DOBUnixTime,Breed,Status\n", ",,Zoë,Cat,F,,,"},
		"trailcat":     {"external_id,name,status\n", ",Zoë,"},
	} {
		var file strings.Builder
		file.WriteString(headerAndRow[0])
		for i, status := range statuses {
			fmt.Fprintf(&file, "%d%s%s\n", i+1, headerAndRow[1], status)
		}
		memory, report := loadText(t, format, file.String())
		got := map[string]state{}
		for id, cat := range memory.cats {
			got[id] = stateOf(cat)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %+v (-want +got):\n%s", format, report.Errors, diff)
		}
	}
}
