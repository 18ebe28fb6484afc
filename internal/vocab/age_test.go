package vocab

import (
	"testing"
	"time"
)

func TestParseAge(t *testing.T) {
	t.Parallel()

	tests := map[string]Age{
		"11 YEARS -1 MONTHS":  {131, 3987, PrecisionMonth, Senior},
		"9 years 2 months.":   {110, 3348, PrecisionMonth, Senior},
		"2 years":             {24, 730, PrecisionYear, Young},
		"1 YEAR":              {12, 365, PrecisionYear, Young},
		"10 WEEKS":            {2, 70, PrecisionWeek, Kitten},
		"1 weeks":             {0, 7, PrecisionWeek, Kitten},
		"3 days.":             {0, 3, PrecisionDay, Kitten},
		"0 days.":             {0, 0, PrecisionDay, Kitten},
		"2y 3m":               {27, 822, PrecisionMonth, Young},
		"8wks old":            {1, 56, PrecisionWeek, Kitten},
		"1.5 years":           {18, 548, PrecisionYear, Young},
		"2 1/2 years":         {30, 913, PrecisionYear, Young},
		"6-8 weeks":           {1, 49, PrecisionWeek, Kitten},
		"3 to 5 years":        {48, 1461, PrecisionYear, Adult},
		"about two years old": {24, 730, PrecisionYear, Young},
		"Adult (5 y/o)":       {60, 1826, PrecisionYear, Adult},
		"1 year 2 weeks":      {12, 379, PrecisionWeek, Young},
		"25 years":            {300, 9131, PrecisionYear, Senior},
		"Baby":                {0, 0, PrecisionGroup, Kitten},
		"Kitten":              {0, 0, PrecisionGroup, Kitten},
		"young":               {0, 0, PrecisionGroup, Young},
		"Adult":               {0, 0, PrecisionGroup, Adult},
		"SENIOR":              {0, 0, PrecisionGroup, Senior},
		"0 years":             {0, 0, PrecisionGroup, Kitten},
		"Under 6 months":      {0, 0, PrecisionGroup, Kitten},
		"10+ years":           {0, 0, PrecisionGroup, Senior},
		"8 years or older":    {0, 0, PrecisionGroup, Senior},
		"Adult, age unknown":  {0, 0, PrecisionGroup, Adult},
		"<1 year":             {0, 0, PrecisionGroup, Kitten},
		"< 1 yr":              {0, 0, PrecisionGroup, Kitten},
		"<=6 mo":              {0, 0, PrecisionGroup, Kitten},
		"≤ 6 months":          {0, 0, PrecisionGroup, Kitten},
		"up to 1 year":        {0, 0, PrecisionGroup, Kitten},
		">10 years":           {0, 0, PrecisionGroup, Senior},
		"≥8yrs":               {0, 0, PrecisionGroup, Senior},
		"8+ yrs.":             {0, 0, PrecisionGroup, Senior},
		"Adult (3+ years)":    {0, 0, PrecisionGroup, Adult},
		"6–8 weeks":           {1, 49, PrecisionWeek, Kitten},
		"6 - 8 weeks":         {1, 49, PrecisionWeek, Kitten},
		"6 weeks – 8 weeks":   {1, 49, PrecisionWeek, Kitten},
		"1 year - 2 years":    {18, 548, PrecisionYear, Young},
		"1yr-2yrs":            {18, 548, PrecisionYear, Young},
		"1-2 years":           {18, 548, PrecisionYear, Young},
		"1 year to 2 years":   {18, 548, PrecisionYear, Young},
		"6 months - 1 year":   {9, 274, PrecisionMonth, Kitten},
		"1½ years":            {18, 548, PrecisionYear, Young},
		"1 ½ yrs":             {18, 548, PrecisionYear, Young},
		"½ year":              {6, 183, PrecisionYear, Kitten},
		"~2 years":            {24, 730, PrecisionYear, Young},
		"2 ans":               {24, 730, PrecisionYear, Young},
		"1 an et 3 mois":      {15, 457, PrecisionMonth, Young},
		"Âgé de 10 semaines":  {2, 70, PrecisionWeek, Kitten},
		"environ deux ans":    {24, 730, PrecisionYear, Young},
		"3 à 5 ans":           {48, 1461, PrecisionYear, Adult},
		"plus de 10 ans":      {0, 0, PrecisionGroup, Senior},
		"moins d'un an":       {0, 0, PrecisionGroup, Kitten},
		"an year":             {12, 365, PrecisionYear, Young},
		"Chaton":              {0, 0, PrecisionGroup, Kitten},
		"Adulte":              {0, 0, PrecisionGroup, Adult},
	}
	for raw, want := range tests {
		t.Run(raw, func(t *testing.T) {
			t.Parallel()

			if got, known, unparsed := ParseAge(raw); got != want || !known || unparsed != "" {
				t.Errorf("ParseAge(%q) = %+v, known %t, unparsed %q; want %+v", raw, got, known, unparsed, want)
			}
		})
	}
}

func TestParseAge_UnknownOrUnparsed(t *testing.T) {
	t.Parallel()

	for _, raw := range []string{"NO AGE", "", "Unknown", "N/A", "Âge inconnu"} {
		if got, known, unparsed := ParseAge(raw); got != (Age{}) || known || unparsed != "" {
			t.Errorf("ParseAge(%q) = %+v, known %t, unparsed %q; want unknown and nothing unparsed", raw, got, known, unparsed)
		}
	}
	for _, raw := range []string{
		"99 years 10 months.", "31 years 1 month.", "-1 years", "5", "years", "2 years 3 years", "Young/Adult", "1/0 years",
		"2+ years", "at least 5 years", "Over 1 year", "under 5 years", "up to 2 years", "3+ yrs", ">1", "1-2-3 years", "1 year - 2 years - 3 years",
		"over 2 years, under 5 years", "2019-03-04", "99999999999999999999 days", "soon", "over", "3 4 years",
	} {
		if got, known, unparsed := ParseAge(raw); got != (Age{}) || known || unparsed != raw {
			t.Errorf("ParseAge(%q) = %+v, known %t, unparsed %q; want all of it unparsed", raw, got, known, unparsed)
		}
	}
}

func TestAge_BirthDate(t *testing.T) {
	t.Parallel()

	on := time.Date(2026, time.March, 31, 15, 0, 0, 0, time.UTC)
	tests := map[string]string{
		"10 weeks":         "2026-01-20",
		"3 days":           "2026-03-28",
		"1 month":          "2026-02-28", // there is no 31 February
		"2 years 1 month":  "2024-02-29",
		"5 years":          "2021-03-31",
		"1 year 0 months.": "2025-03-31",
	}
	for raw, want := range tests {
		age, _, _ := ParseAge(raw)
		born, ok := age.BirthDate(on)
		if got := born.Format(time.DateOnly); !ok || got != want {
			t.Errorf("BirthDate of %q on %s = %s, %t; want %s", raw, on.Format(time.DateOnly), got, ok, want)
		}
	}
	for _, raw := range []string{"Adult", "NO AGE"} {
		age, _, _ := ParseAge(raw)
		if born, ok := age.BirthDate(on); ok {
			t.Errorf("BirthDate of %q = %s, want none", raw, born)
		}
	}
}

func TestAgeGroupOf(t *testing.T) {
	t.Parallel()

	for months, want := range map[int]AgeGroup{-1: "", 0: Kitten, 11: Kitten, 12: Young, 35: Young, 36: Adult, 95: Adult, 96: Senior, 240: Senior} {
		if got := AgeGroupOf(months); got != want {
			t.Errorf("AgeGroupOf(%d) = %q, want %q", months, got, want)
		}
	}
}
