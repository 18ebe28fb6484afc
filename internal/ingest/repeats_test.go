package ingest_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"trailcat/internal/catalog"
	"trailcat/internal/ingest"
)

func TestRepeats_TimesOfDayDecide(t *testing.T) {
	t.Parallel()

	format, err := os.ReadFile("testdata/systems/stays.yaml")
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile("testdata/systems/stays.csv")
	if err != nil {
		t.Fatal(err)
	}
	cats, memory := newCatalog()
	load(t, cats, read(t, string(format), string(file)))
	if got := memory.cat(t, "A1").Status; got != catalog.Adopted {
		t.Errorf("got status %s, want adopted: 17:26 is later than 09:26", got)
	}
}

const byFormat = "name: stays\nid: Id\nrepeats: {by: [On]}\nfields:\n  name: Name\n"

func TestRepeats_NewestByEveryFormOfDate(t *testing.T) {
	t.Parallel()

	for older, newer := range map[string]string{
		"2026-03-05":                "2026-03-06",
		"03/05/2026":                "03/06/2026",
		"2026-03-05 09:26":          "2026-03-05 17:26",
		"03/05/2026 9:26:00 AM":     "03/05/2026 5:26:00 PM",
		"2026-03-05T09:26:00Z":      "2026-03-05T09:26:00-05:00",
		"2026-03-05T23:00:00+02:00": "2026-03-05T22:30:00",
		"9:26":                      "17:26",
		"9:26 AM":                   "5:26 PM",
		"09:26:00.5":                "09:26:01",
		"9:26:00 am":                "12:26:00 pm",
		"1774000000":                "1774000001",
		"":                          "2026-03-05",
	} {
		for name, rows := range map[string][2]string{"ascending": {older, newer}, "descending": {newer, older}} {
			cats, memory := newCatalog()
			load(t, cats, read(t, byFormat, fmt.Sprintf("Id,Name,On\n1,%s,%s\n1,%s,%s\n", nameOf(rows[0], older), rows[0], nameOf(rows[1], older), rows[1])))
			if got := memory.cat(t, "1").Name; got != "Newer" {
				t.Errorf("%s, %q and %q: got the row %s, want Newer", name, rows[0], rows[1], got)
			}
		}
	}
}

func nameOf(value, older string) string {
	if value == older {
		return "Older"
	}
	return "Newer"
}

func TestRepeats_RefusesColumnsWithoutDates(t *testing.T) {
	t.Parallel()

	_, err := ingest.Read(strings.NewReader("Id,Name,On\n1,Zoë,\n2,Bo,third\n3,Mo,4th\n"), parse(t, byFormat), ingest.Options{Now: now})
	const want = `Column "On" has no dates or times, so it cannot decide which row of a cat is the newest (repeats, by). It has "third" in line 3.`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	for rule, file := range map[string]string{
		"one date among other words": "Id,Name,On\n1,Zoë,third\n2,Bo,2026-03-05\n",
		"blank column":               "Id,Name,On\n1,Zoë,\n",
		"words for no date":          "Id,Name,On\n1,Zoë,N/A\n",
	} {
		if _, err := ingest.Read(strings.NewReader(file), parse(t, byFormat), ingest.Options{Now: now}); err != nil {
			t.Errorf("%s: got error %v, want none", rule, err)
		}
	}
}
