package ingest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/catalog"
	"trailcat/internal/ingest"
)

// loadSystem loads a file in the style of a system.
func loadSystem(t *testing.T, name string) (*memory, ingest.Report) {
	t.Helper()
	cats, memory := newCatalog()
	return memory, load(t, cats, readSystem(t, name, "auto"))
}

// loadText loads a text in a built-in format.
func loadText(t *testing.T, formatName, text string) (*memory, ingest.Report) {
	t.Helper()
	d, err := ingest.Read(strings.NewReader(text), format(t, formatName), ingest.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	cats, memory := newCatalog()
	return memory, load(t, cats, d)
}

func TestASM3_FeesAreAmountsInTablesAndCentsInJSON(t *testing.T) {
	t.Parallel()

	table, _ := loadSystem(t, "asm3.csv")
	want := catalog.Fee{Minor: new(int64(12500)), Currency: "USD"}
	if diff := cmp.Diff(want, table.cat(t, "C1").Fee); diff != "" {
		t.Errorf("125.00 in a table (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(catalog.Fee{}, table.cat(t, "C2").Fee); diff != "" {
		t.Errorf("0.00 in a table (-want +got):\n%s", diff)
	}
	json, _ := loadSystem(t, "asm3-photos.json")
	if diff := cmp.Diff(want, json.cat(t, "C1").Fee); diff != "" {
		t.Errorf("12500 in JSON (-want +got):\n%s", diff)
	}
}

func TestASM3_PhotosOfTheAnswer(t *testing.T) {
	t.Parallel()

	got, _ := loadSystem(t, "asm3-photos.json")
	want := []catalog.Photo{
		{URL: "https://service.example.org/asmservice?account=x&method=media_image&mediaid=5&ts=1"},
		{URL: "https://service.example.org/asmservice?account=x&method=media_image&mediaid=6&ts=2"},
	}
	if diff := cmp.Diff(want, got.cat(t, "C1").Photos); diff != "" {
		t.Errorf("photos (-want +got):\n%s", diff)
	}
	// In a table a list is written as in Python.
	header, row := asm3Table(map[string]string{"PHOTOURLS": fmt.Sprintf("['%s', '%s']", want[0].URL, want[1].URL)})
	table, _ := loadText(t, "asm3", header+row)
	if diff := cmp.Diff(want, table.cat(t, "M1").Photos); diff != "" {
		t.Errorf("photos of a table (-want +got):\n%s", diff)
	}
}

// asm3Table returns the header and the row of a table in the format asm3 with some
// further columns.
func asm3Table(further map[string]string) (header, row string) {
	names := []string{"ANIMALNAME", "SHELTERCODE", "SPECIESNAME", "SEX", "BREEDNAME1", "BASECOLOURNAME", "ISGOODWITHCATS", "ISGOODWITHDOGS", "ISGOODWITHCHILDREN", "ISHOUSETRAINED", "NEUTERED", "DATEOFBIRTH"}
	values := []string{"Juno", "M1", "Cat", "0", "Domestic Short Hair", "Black", "0", "2", "2", "2", "1", "2022-05-01"}
	for name, value := range further {
		names, values = append(names, name), append(values, `"`+value+`"`)
	}
	return strings.Join(names, ",") + "\n", strings.Join(values, ",") + "\n"
}

func TestASM3_MovementsDecideTheStatus(t *testing.T) {
	t.Parallel()

	// The movements of ASM3 by number and by name, and what they mean for a listing.
	want := map[string]state{
		"": {"available", ""}, "0": {"available", ""}, "None": {"available", ""},
		"1": {"adopted", ""}, "Adoption": {"adopted", ""},
		"2": {"available", ""}, "Foster": {"available", ""},
		"3": {"removed", "transferred"}, "Transfer": {"removed", "transferred"},
		"4": {"removed", "escaped"}, "5": {"removed", "reclaimed"}, "6": {"removed", "stolen"}, "7": {"removed", "released"},
		"8": {"available", ""}, "9": {"pending", "reserved"}, "10": {"available", ""},
		"11": {"pending", "trial adoption"}, "12": {"on_hold", "permanent foster"},
	}
	for movement, want := range want {
		header, row := asm3Table(map[string]string{"ACTIVEMOVEMENTTYPE": movement})
		answer, _ := loadText(t, "asm3", header+row)
		export, _ := loadText(t, "asm3-csv", "ANIMALCODE,ANIMALNAME,ANIMALSEX,ANIMALSPECIES,ANIMALBREED1,MOVEMENTTYPE\nM1,Juno,Female,Cat,DSH,"+movement+"\n")
		for name, m := range map[string]*memory{"asm3": answer, "asm3-csv": export} {
			if got := stateOf(m.cat(t, "M1")); got != want {
				t.Errorf("%s: movement %q: got %v, want %v", name, movement, got, want)
			}
		}
	}
}

func TestASM3_AnimalsOfTheAnswerThatAreNotAdoptable(t *testing.T) {
	t.Parallel()

	m, _ := loadSystem(t, "asm3-photos.json")
	want := map[string]catalog.Status{"C1": "available", "C2": "removed", "C3": "on_hold"}
	if diff := cmp.Diff(want, m.statuses()); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
	header, row := asm3Table(map[string]string{"NONSHELTERANIMAL": "1"})
	if m, report := loadText(t, "asm3", header+row); len(m.cats) != 0 || report.SkippedByReason["not_of_the_shelter"] != 1 {
		t.Errorf("animal of a client: got %d cats and %v, want it skipped", len(m.cats), report.SkippedByReason)
	}
}

func TestASM3_AnimalsThatLeft(t *testing.T) {
	t.Parallel()

	header, row := asm3Table(map[string]string{"ARCHIVED": "1"})
	m, _ := loadText(t, "asm3", header+row)
	if got := stateOf(m.cat(t, "M1")); got != (state{"removed", "left the shelter"}) {
		t.Errorf("archived animal: got %v, want removed", got)
	}
	for trial, want := range map[string]time.Time{"0": day(2026, 10, 20), "1": {}} {
		header, row := asm3Table(map[string]string{"ARCHIVED": "1", "ACTIVEMOVEMENTTYPE": "1", "ACTIVEMOVEMENTDATE": "2026-10-20T00:00:00", "HASTRIALADOPTION": trial})
		m, _ := loadText(t, "asm3", header+row)
		if got := m.cat(t, "M1").AdoptedOn; !got.Equal(want) {
			t.Errorf("adoption, trial %s: got adopted on %v, want %v", trial, got, want)
		}
	}
}

func TestASM3_WordsForNoDateAreNoDeath(t *testing.T) {
	t.Parallel()

	for _, word := range []string{"", "None", "N/A", "null", "0000-00-00"} {
		header, row := asm3Table(map[string]string{"DECEASEDDATE": word})
		m, _ := loadText(t, "asm3", header+row)
		if got := m.cat(t, "M1").Status; got != catalog.Available {
			t.Errorf("DECEASEDDATE %q: got %s, want available", word, got)
		}
	}
	header, row := asm3Table(map[string]string{"DECEASEDDATE": "2026-10-20"})
	m, _ := loadText(t, "asm3", header+row)
	if got := stateOf(m.cat(t, "M1")); got != (state{"removed", "died"}) {
		t.Errorf("got %v for a date, want removed", got)
	}
}

func TestASM3_ExportOfAnimals(t *testing.T) {
	t.Parallel()

	m, report := loadSystem(t, "asm3-export.csv")
	want := map[string]catalog.Status{"C1": "available", "C2": "adopted", "C3": "removed"}
	if diff := cmp.Diff(want, m.statuses()); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]int{"not_of_the_shelter": 1, "detail": 1}, report.SkippedByReason); diff != "" {
		t.Errorf("skipped (-want +got):\n%s", diff)
	}
	if pip := m.cat(t, "C1"); pip.Description != "" || pip.Microchipped != nil || pip.WeightKg != nil {
		t.Errorf("got %+v, want the words None and the weight 0 as unknown", pip.Facts)
	}
	if got := m.cat(t, "C2").AdoptedOn; !got.Equal(day(2026, 10, 20)) {
		t.Errorf("adopted cat: got %v as the day of the adoption, want that of the movement", got)
	}
}

func TestFees_DecimalSeparatorsAndUnits(t *testing.T) {
	t.Parallel()

	const (
		units = `{from: Fee, currency: USD}`
		cents = `{from: Fee, unit: minor, currency: USD}`
		both  = `{from: Fee, unit: minor_in_json, zero: unknown, currency: USD}`
	)
	unknown := int64(-1)
	for _, test := range []struct {
		setting, value string
		json           bool
		want           int64 // cents
	}{
		{units, "125", false, 12500},
		{units, "125.00", false, 12500},
		{units, "125,00", false, 12500},
		{units, "125,5", false, 12550},
		{units, "$1,250.00", false, 125000},
		{units, "1 250,00 $", false, 125000},
		{units, "1.250,00", false, 125000},
		{units, "1,250", false, 125000},
		{units, "1 250,00", false, 125000},
		{units, "0", false, 0},
		{units, "1.250", false, unknown},
		{units, "1,25,00", false, unknown},
		{units, "50-100", false, unknown},
		{cents, "12500", false, 12500},
		{cents, "125.00", false, unknown},
		{cents, "125,00", false, unknown},
		{cents, "0", false, 0},
		{both, "12500", true, 12500},
		{both, "125.00", true, 12500},
		{both, "125", false, 12500},
		{both, "125,00", false, 12500},
		{both, "0", true, unknown},
		{both, "0.00", false, unknown},
		{both, "0,00", false, unknown},
	} {
		text := "Id;Name;Fee\n1;Zoë;" + test.value + "\n"
		if test.json {
			text = fmt.Sprintf(`{"Id": 1, "Name": "Zoë", "Fee": %s}`, test.value)
		}
		cats, memory := newCatalog()
		load(t, cats, read(t, "name: fees\nid: Id\nfields:\n  name: Name\n  fee: "+test.setting+"\n", text))
		got := unknown
		if fee := memory.cat(t, "1").Fee.Minor; fee != nil {
			got = *fee
		}
		if got != test.want {
			t.Errorf("%s, json %t, %q: got %d cents, want %d", test.setting, test.json, test.value, got, test.want)
		}
	}
}

func TestMeasures_DecimalCommas(t *testing.T) {
	t.Parallel()

	for value, want := range map[string]float64{"4,5": 4.5, "4.5": 4.5, "4,5 kg": 4.5, "4500 g": 4.5, "4,500 g": 4.5} {
		cats, memory := newCatalog()
		load(t, cats, read(t, "name: weights\nid: Id\nfields:\n  name: Name\n  weight_kg: {from: Weight, unit: kg}\n", "Id;Name;Weight\n1;Zoë;"+value+"\n"))
		if got := memory.cat(t, "1").WeightKg; got == nil || *got != want {
			t.Errorf("%q: got %v, want %v kg", value, got, want)
		}
	}
}
