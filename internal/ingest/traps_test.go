package ingest_test

import (
	"strings"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// trap is something treacherous in a real file: what we make of it, and what is meant.
type trap func(m *memory) (got, want any)

// traps are what is treacherous in the real files, rule by rule.
var traps = map[string]map[string]trap{
	"montgomery 2021": {
		"a star before the name is not part of it": func(m *memory) (any, any) { return m.cats["A472536"].Name, "Kenny Chatney" },
		"N in Sex is a neutered male": func(m *memory) (any, any) {
			cat := m.cats["A472536"]
			return [2]any{cat.Sex, *cat.Altered}, [2]any{vocab.SexMale, true}
		},
		"MH in the breed is a coat": func(m *memory) (any, any) { return m.cats["A311649"].Coat, vocab.CoatMedium },
		"URL Link is found in spite of the space after it": func(m *memory) (any, any) {
			return m.cats["A472536"].Photos[0].URL, "http://www.petharbor.com/get_image.asp?res=DETAIL&id=A472536&location=MONT"
		},
		"an age counts from the day of the list": func(m *memory) (any, any) {
			return m.cats["A311649"].Birth, catalog.Birth{On: day(2007, 6, 2), Precision: catalog.ToTheYear}
		},
		"an intake is at midnight in Maryland": func(m *memory) (any, any) {
			return m.cats["A311649"].ListedAt.Format("2006-01-02T15:04Z07:00"), "2021-06-01T04:00Z"
		},
	},
	"king county": {
		"11 YEARS -1 MONTHS is an age": func(m *memory) (any, any) {
			return m.cats["A533907"].Birth, catalog.Birth{On: day(2008, 3, 1), Precision: catalog.ToTheMonth}
		},
		"the description begins after the facts": func(m *memory) (any, any) {
			return strings.HasPrefix(m.cats["A578240"].Description, "Meet Sorbie!\n\nShe came in"), true
		},
		"no tag is left in a description": func(m *memory) (any, any) {
			for _, cat := range m.cats {
				if strings.Contains(cat.Description, "<p") || strings.Contains(cat.Description, "Received on:") {
					return cat.ExternalID, ""
				}
			}
			return "", ""
		},
		"a temperament is kept as it is":         func(m *memory) (any, any) { return m.cats["A578240"].Traits.Tags[0], "Temperament: BLUE" },
		"no temperament is no tag":               func(m *memory) (any, any) { return len(m.cats["A533907"].Traits.Tags), 0 },
		"a fee is read out of the text":          func(m *memory) (any, any) { return *m.cats["A578791"].Fee.Minor, int64(10000) },
		"a fee that is not set is not known":     func(m *memory) (any, any) { return m.cats["A533907"].Fee, catalog.Fee{} },
		"a pet shop's postal code is told":       func(m *memory) (any, any) { return m.cats["A571724"].FosterPostalCode, "98033" },
		"a foster home's is not":                 func(m *memory) (any, any) { return m.cats["A533907"].FosterPostalCode, "" },
		"a page about the agency is not a cat's": func(m *memory) (any, any) { return m.cats["A533907"].URL, "" },
		"who is found and adoptable is listed":   func(m *memory) (any, any) { return m.cats["A567180"].Status, catalog.Available },
	},
	"austin": {
		"the newest outcome counts, though it was exported first": func(m *memory) (any, any) {
			cat := m.cats["7132"]
			return [2]any{cat.Status, cat.AdoptedOn}, [2]any{catalog.Adopted, day(2026, 1, 13)}
		},
		"a kitten is a cat":                 func(m *memory) (any, any) { return len(m.cats), 6648 },
		"two ways to write a date are read": func(m *memory) (any, any) { return m.cats["6881"].ListedAt.Format("15:04"), "14:55" },
		"Yes and yes are the same": func(m *memory) (any, any) {
			told := 0
			for _, cat := range m.cats {
				if cat.Altered != nil && *cat.Altered {
					told++
				}
			}
			return told, 4153
		},
		"RUSSIAN BLUE and Russian are one breed": func(m *memory) (any, any) {
			for _, cat := range m.cats {
				if cat.Raw["breed"] != "" {
					return cat.Raw["breed"], ""
				}
			}
			return "", ""
		},
		"an outcome that is no adoption keeps the shelter's word": func(m *memory) (any, any) {
			cat := m.cats["6881"]
			return [2]any{cat.Status, cat.StatusReason}, [2]any{catalog.Removed, "Euthanized"}
		},
	},
	"long beach": {
		"a star alone is no name":             func(m *memory) (any, any) { return m.cats["A649576"].Name, "A649576" },
		"the newest intake counts":            func(m *memory) (any, any) { return m.cats["A684444"].AdoptedOn, day(2023, 11, 11) },
		"a closed duplicate is not the cat":   func(m *memory) (any, any) { return m.cats["A673825"].AdoptedOn, day(2023, 7, 17) },
		"a cat without a name is not refused": func(m *memory) (any, any) { return len(m.cats), 13796 },
		"no cat was born after it left again": func(m *memory) (any, any) {
			for _, cat := range m.cats {
				if cat.Status == catalog.Removed && cat.Birth.On.After(cat.StatusChangedAt) {
					return cat.ExternalID, ""
				}
			}
			return "", ""
		},
		"a birth in 2031 is kept in words": func(m *memory) (any, any) {
			for _, cat := range m.cats {
				if strings.HasPrefix(cat.Raw["birth"], "2031") {
					return cat.Birth, catalog.Birth{}
				}
			}
			return "no such cat", ""
		},
	},
	"sonoma": {
		"KITTN is a size": func(m *memory) (any, any) {
			for _, cat := range m.cats {
				if cat.Raw["size"] != "" {
					return cat.Raw["size"], ""
				}
			}
			return "", ""
		},
		"a cat without a birth has none": func(m *memory) (any, any) {
			known := 0
			for _, cat := range m.cats {
				if !cat.Birth.On.IsZero() {
					known++
				}
			}
			return known, 4166
		},
		"an intake without an outcome is in care, not on offer": func(m *memory) (any, any) {
			held := 0
			for _, cat := range m.cats {
				if cat.Status == catalog.OnHold && cat.StatusReason == "in care" {
					held++
				}
			}
			return held, 26
		},
	},
	"bloomington (asm3)": {
		"the last movement counts": func(m *memory) (any, any) {
			cat := m.cats["C1301091"]
			return [2]any{cat.Status, cat.AdoptedOn}, [2]any{catalog.Adopted, day(2018, 5, 29)}
		},
		"Died in care where nobody died is not taken over": func(m *memory) (any, any) { return m.cats["C1301091"].StatusReason, "" },
		"of movements of one day the later row counts":     func(m *memory) (any, any) { return m.cats["C1905556"].StatusReason, "Foster" },
		"a microchip is told by its number":                func(m *memory) (any, any) { return *m.cats["C1301091"].Microchipped, true },
		"no microchip number is not known, not no":         func(m *memory) (any, any) { return m.cats["C1905556"].Microchipped == nil, true },
	},
}
