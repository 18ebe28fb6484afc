package vocab

import (
	"strconv"
	"testing"
	"time"
)

// formatBool formats a tri-state value for messages and tables.
func formatBool(b *bool) string {
	if b == nil {
		return "unknown"
	}
	return strconv.FormatBool(*b)
}

func TestParseSex(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		sex      Sex
		altered  string
		unparsed string
	}{
		"Spayed Female":      {SexFemale, "true", ""},
		"Neutered Male":      {SexMale, "true", ""},
		"Neutered Female":    {SexFemale, "true", ""},
		"Intact Female":      {SexFemale, "false", ""},
		"Unaltered":          {SexUnknown, "false", ""},
		"S":                  {SexFemale, "true", ""},
		"N":                  {SexMale, "true", ""},
		"m":                  {SexMale, "unknown", ""},
		"U":                  {SexUnknown, "unknown", ""},
		"Unknown":            {SexUnknown, "unknown", ""},
		"":                   {SexUnknown, "unknown", ""},
		"N/A":                {SexUnknown, "unknown", ""},
		"Spayed/Neutered":    {SexUnknown, "true", ""},
		"Male (neutered)":    {SexMale, "true", ""},
		"Female not spayed":  {SexFemale, "false", ""},
		"Male/Female":        {SexUnknown, "unknown", "Male/Female"},
		"Intact, Neutered":   {SexUnknown, "unknown", "Intact, Neutered"},
		"Steer":              {SexUnknown, "unknown", "Steer"},
		"Femelle":            {SexFemale, "unknown", ""},
		"Femelle stérilisée": {SexFemale, "true", ""},
		"Mâle":               {SexMale, "unknown", ""},
		"Mâle castré":        {SexMale, "true", ""},
		"Mâle stérilisé(e)":  {SexMale, "true", ""},
		"Mâle non castré":    {SexMale, "false", ""},
		"Inconnu":            {SexUnknown, "unknown", ""},
	}
	for raw, want := range tests {
		t.Run(raw, func(t *testing.T) {
			t.Parallel()

			sex, altered, unparsed := ParseSex(raw)
			if sex != want.sex || formatBool(altered) != want.altered || unparsed != want.unparsed {
				t.Errorf("ParseSex(%q) = %s, altered %s, unparsed %q; want %+v", raw, sex, formatBool(altered), unparsed, want)
			}
		})
	}
}

func TestParseAltered_ParseBool(t *testing.T) {
	t.Parallel()

	tests := map[string]struct{ altered, answer string }{
		"Yes": {"true", "true"}, "yes": {"true", "true"}, "1": {"true", "true"}, "TRUE": {"true", "true"},
		"No": {"false", "false"}, "N": {"false", "false"}, "0": {"false", "false"},
		"Unknown": {"unknown", "unknown"}, "": {"unknown", "unknown"}, "n/a": {"unknown", "unknown"}, "?": {"unknown", "unknown"},
		"Oui": {"true", "true"}, "Non": {"false", "false"}, "TBD": {"unknown", "unknown"}, "null": {"unknown", "unknown"}, "Stérilisé": {"true", "unparsed"},
		"spayed": {"true", "unparsed"}, "Neutered": {"true", "unparsed"}, "intact": {"false", "unparsed"}, "Spayed Female": {"true", "unparsed"},
		"Male": {"unparsed", "unparsed"}, "yes no": {"unparsed", "unparsed"}, "2": {"unparsed", "unparsed"},
	}
	format := func(b *bool, unparsed string) string {
		if unparsed != "" {
			return "unparsed"
		}
		return formatBool(b)
	}
	for raw, want := range tests {
		t.Run(raw, func(t *testing.T) {
			t.Parallel()

			if got := format(ParseAltered(raw)); got != want.altered {
				t.Errorf("ParseAltered(%q) = %s, want %s", raw, got, want.altered)
			}
			if got := format(ParseBool(raw)); got != want.answer {
				t.Errorf("ParseBool(%q) = %s, want %s", raw, got, want.answer)
			}
		})
	}
}

func TestParseSize_ParseCoat(t *testing.T) {
	t.Parallel()

	sizes := map[string]Size{
		"MED": SizeMedium, "KITTN": SizeSmall, "KITTE": SizeSmall, "X-LRG": SizeXLarge, "TOY": SizeSmall, "Extra Large": SizeXLarge,
		"S": SizeSmall, "M": SizeMedium, "L": SizeLarge, "XL": SizeXLarge, "X-Large": SizeXLarge, "": "", "Unknown": "", "N/A": "",
		"Petit": SizeSmall, "Moyenne": SizeMedium, "Grand": SizeLarge, "Très grand": SizeXLarge, "null": "",
		"Small 25 lbs (11 kg) or less": SizeSmall, "Med. 26-60 lbs (12-27 kg)": SizeMedium, "X-Large 101 lbs (46 kg) or more": SizeXLarge,
	}
	for raw, want := range sizes {
		if got, unparsed := ParseSize(raw); got != want || unparsed != "" {
			t.Errorf("ParseSize(%q) = %q, unparsed %q; want %q", raw, got, unparsed, want)
		}
	}
	coats := map[string]Coat{
		"Short": CoatShort, "DLH": CoatLong, "Medium haired": CoatMedium, "Semi-longhair": CoatMedium, "Hairless": CoatHairless, "L": CoatLong,
		"Domestic Short Hair": CoatShort, "": "", "unknown": "",
		"Poil court": CoatShort, "Poils longs": CoatLong, "Mi-long": CoatMedium, "À poil long": CoatLong, "nil": "",
	}
	for raw, want := range coats {
		if got, unparsed := ParseCoat(raw); got != want || unparsed != "" {
			t.Errorf("ParseCoat(%q) = %q, unparsed %q; want %q", raw, got, unparsed, want)
		}
	}
	for _, raw := range []string{"Small/Large", "12 lbs", "gigantic", "or less"} {
		if got, unparsed := ParseSize(raw); got != "" || unparsed != raw {
			t.Errorf("ParseSize(%q) = %q, unparsed %q; want all of it unparsed", raw, got, unparsed)
		}
	}
}

func TestParseDate(t *testing.T) {
	t.Parallel()

	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
	known := map[string]time.Time{
		"02/09/2020":                day(2020, 2, 9),
		"2/9/2020":                  day(2020, 2, 9),
		"12/25/2018 12:00:00 AM":    day(2018, 12, 25),
		"05/05/2025 09:55:00 AM":    time.Date(2025, 5, 5, 9, 55, 0, 0, time.UTC),
		"05/05/2025 02:28 PM":       time.Date(2025, 5, 5, 14, 28, 0, 0, time.UTC),
		"2025-05-05T10:08:00":       time.Date(2025, 5, 5, 10, 8, 0, 0, time.UTC),
		"2023-02-21":                day(2023, 2, 21),
		" 2009-11-28  00:00:00 ":    day(2009, 11, 28),
		"2023-07-29T18:43:09+0000":  time.Date(2023, 7, 29, 18, 43, 9, 0, time.UTC),
		"2023-07-29T18:43:09-05:00": time.Date(2023, 7, 29, 23, 43, 9, 0, time.UTC),
		"2023-07-29T18:43:09.25Z":   time.Date(2023, 7, 29, 18, 43, 9, 250e6, time.UTC),
		"March 3, 2024":             day(2024, 3, 3),
	}
	for raw, want := range known {
		if got, ok, unparsed := ParseDate(raw, MonthFirst); !ok || !got.Equal(want) || got.Location() != time.UTC || unparsed != "" {
			t.Errorf("ParseDate(%q) = %v, %t, unparsed %q; want %v", raw, got, ok, unparsed, want)
		}
	}
	for _, raw := range []string{"", "Unknown", "0000-00-00", "N/A"} {
		if _, ok, unparsed := ParseDate(raw, MonthFirst); ok || unparsed != "" {
			t.Errorf("ParseDate(%q): known %t, unparsed %q; want unknown and nothing unparsed", raw, ok, unparsed)
		}
	}
	for _, raw := range []string{"25/12/2018", "2023-02-30", "soon", "5"} {
		if _, ok, unparsed := ParseDate(raw, MonthFirst); ok || unparsed != raw {
			t.Errorf("ParseDate(%q): known %t, unparsed %q; want all of it unparsed", raw, ok, unparsed)
		}
	}
}

func TestParseDate_InOrder(t *testing.T) {
	t.Parallel()

	const unparsed = "unparsed"
	for raw, want := range map[string]struct{ monthFirst, dayFirst, unknown string }{
		"05/11/2022":             {"2022-05-11", "2022-11-05", unparsed},
		"5/11/22":                {"2022-05-11", "2022-11-05", unparsed},
		"05-11-2022":             {"2022-05-11", "2022-11-05", unparsed},
		"05.11.2022":             {"2022-05-11", "2022-11-05", unparsed},
		"05/05/2022":             {"2022-05-05", "2022-05-05", "2022-05-05"},
		"25/10/2026":             {unparsed, "2026-10-25", "2026-10-25"},
		"25/10/2026 14:30":       {unparsed, "2026-10-25", "2026-10-25"},
		"10/25/2026 02:30:00 PM": {"2026-10-25", unparsed, "2026-10-25"},
		"2022-05-11":             {"2022-05-11", "2022-05-11", "2022-05-11"},
		"11 May 2022":            {"2022-05-11", "2022-05-11", "2022-05-11"},
		"30/02/2022":             {unparsed, unparsed, unparsed},
		"13/13/2022":             {unparsed, unparsed, unparsed},
	} {
		for order, want := range map[DateOrder]string{MonthFirst: want.monthFirst, DayFirst: want.dayFirst, "": want.unknown} {
			got, known, rest := ParseDate(raw, order)
			text := got.Format(time.DateOnly)
			if rest != "" {
				text = unparsed
			}
			if text != want || known != (rest == "") {
				t.Errorf("ParseDate(%q, %q) = %s, known %t, unparsed %q; want %s", raw, order, got, known, rest, want)
			}
		}
	}
}

func TestProvenOrder(t *testing.T) {
	t.Parallel()

	for raw, want := range map[string]DateOrder{
		"25/10/2026": DayFirst, "25.10.26 08:00": DayFirst, "10/25/2026": MonthFirst, "12-31-2026": MonthFirst,
		"05/11/2022": "", "2026-10-25": "", "25/13/2026": "", "40/10/2026": "", "": "", "soon": "", "13/00/2026": "",
	} {
		if got := ProvenOrder(raw); got != want {
			t.Errorf("ProvenOrder(%q) = %q, want %q", raw, got, want)
		}
	}
}

func TestParsePartialDate(t *testing.T) {
	t.Parallel()

	for raw, want := range map[string]string{
		"2021-03": "2021-03-01 month", "03/2021": "2021-03-01 month", "March 2021": "2021-03-01 month", "2021": "2021-01-01 year",
		"2021-13": "", "21": "", "2021-03-04": "", "": "", "20210": "",
	} {
		got, precision, ok := ParsePartialDate(raw)
		if text := got.Format(time.DateOnly) + " " + string(precision); ok != (want != "") || ok && text != want {
			t.Errorf("ParsePartialDate(%q) = %s, %t; want %q", raw, text, ok, want)
		}
	}
}

func TestIsCat(t *testing.T) {
	t.Parallel()

	for raw, want := range map[string]bool{
		"cat": true, "CAT": true, "Feline": true, " Kitten ": true, "Cats & Kittens": true,
		"Barn Cat": true, "Feral cat": true, "Community cat": true, "Cat (Domestic)": true, "Cat, Adult": true, "cat/kitten": true,
		"Felis catus": true, "Felis silvestris catus": true, "Chat": true, "chatte": true, "CHATON": true, "Chat adulte": true, "Gato": true, "Kätzchen": true,
		"Dog": false, "Domestic Shorthair": false, "": false, "Caterpillar": false, "Catahoula": false, "Catfish": false,
		"Cat/Dog": false, "Bobcat": false, "Domestic": false, "Barn": false, "Feral": false, "Not a cat": false, "Château": false,
	} {
		if got := IsCat(raw); got != want {
			t.Errorf("IsCat(%q) = %t, want %t", raw, got, want)
		}
	}
}
