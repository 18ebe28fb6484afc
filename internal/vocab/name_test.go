package vocab

import "testing"

func TestNormalizeName(t *testing.T) {
	t.Parallel()

	tests := map[string]string{
		"*MISHELL":          "Mishell",
		"*":                 "",
		"":                  "",
		"  kit   kat ":      "Kit Kat",
		"O'MALLEY":          "O'Malley",
		"MCKITTY":           "McKitty",
		"mango ma`am":       "Mango Ma'am",
		"LEO II":            "Leo II",
		"JJ":                "JJ",
		"mr. t":             "Mr. T",
		"DR PEPPER":         "Dr Pepper",
		"TOM AND JERRY":     "Tom and Jerry",
		"BELLA-BOO/HAL":     "Bella-Boo/Hal",
		"d.o.g.":            "D.O.G.",
		"3RD":               "3rd",
		"A638369":           "A638369",
		`"Sissy"`:           "Sissy",
		"Q-Tip":             "Q-Tip",
		`Max "The Cat"`:     `Max "The Cat"`,
		`"Max" & "Mia"`:     `"Max" & "Mia"`,
		`"Max" and "Mia"*`:  `"Max" and "Mia"`,
		`"Max`:              "Max",
		`Max"`:              "Max",
		`Max "Mia`:          `Max "Mia`,
		`""Max""`:           "Max",
		`'*"Max"*'`:         "Max",
		"“Max” “Mia”":       "“Max” “Mia”",
		"„Mia“":             "Mia",
		"«Mia»":             "Mia",
		"Rollin'":           "Rollin'",
		"KFC":               "KFC",
		"kfc":               "KFC",
		"R2D2":              "R2D2",
		"C3PO":              "C3PO",
		"K9 UNIT":           "K9 Unit",
		"SL-18":             "SL-18",
		"LUNA2":             "Luna2",
		"2ND CHANCE":        "2nd Chance",
		"SKY":               "Sky",
		"BMW/VW":            "BMW/VW",
		"MRS BUN":           "Mrs Bun",
		"LYNX":              "Lynx",
		"eBay":              "eBay",
		"ÉMILIE":            "Émilie",
		"猫":                 "猫",
		"Bella and McMuffy": "Bella and McMuffy",
	}
	for raw, want := range tests {
		if got := NormalizeName(raw); got != want {
			t.Errorf("NormalizeName(%q) = %q, want %q", raw, got, want)
		}
	}
}

func TestFold(t *testing.T) {
	t.Parallel()

	for raw, want := range map[string]string{
		"Domestic  Short-Hair": "domestic short hair", "Émilie & Zoë": "emilie zoe", " (x) ": "x", "": "", "already folded": "already folded",
		"trailing ": "trailing", "good_with": "good with", "ＣＡＴ": "cat",
	} {
		if got := Fold(raw); got != want {
			t.Errorf("Fold(%q) = %q, want %q", raw, got, want)
		}
	}
}

func TestSuggest(t *testing.T) {
	t.Parallel()

	terms := []string{"breed", "color", "age", "good_with", "good_with_dogs", "house_trained", "Domestic Short Hair", "Siamese"}
	for word, want := range map[string]string{
		"bread": "breed", "colour": "color", "goodwith": "good_with", "siamse": "Siamese", "SIAMESE": "Siamese", "doemstic short hair": "Domestic Short Hair",
		"aeg": "age", "house traind": "house_trained", "housetrained": "house_trained", "leash_trained": "", "good_with_kids": "", "zzz": "", "": "", "x": "", "elephants": "",
	} {
		if got := Suggest(word, terms); got != want {
			t.Errorf("Suggest(%q) = %q, want %q", word, got, want)
		}
	}
}
