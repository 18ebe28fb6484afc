package vocab

import "testing"

func TestParseVirusTest(t *testing.T) {
	t.Parallel()

	for raw, want := range map[string]struct{ fiv, felv string }{
		"Positive":                      {"true", "true"},
		"Yes":                           {"true", "true"},
		"0":                             {"false", "false"},
		"neg":                           {"false", "false"},
		"-":                             {"unknown", "unknown"},
		"":                              {"unknown", "unknown"},
		"Unknown":                       {"unknown", "unknown"},
		"Not tested":                    {"unknown", "unknown"},
		"FIV+":                          {"true", "unknown"},
		"FIV +":                         {"true", "unknown"},
		"FIV-":                          {"false", "unknown"},
		"FIV (-)":                       {"false", "unknown"},
		"FIV-positive":                  {"true", "unknown"},
		"FeLV neg":                      {"unknown", "false"},
		"FIV/FeLV negative":             {"false", "false"},
		"FIV/FeLV -":                    {"false", "false"},
		"FIV-/FeLV-":                    {"false", "false"},
		"FIV+/FeLV-":                    {"true", "false"},
		"FIV neg, FeLV pos":             {"false", "true"},
		"FIV: negative; FeLV: unknown":  {"false", "unknown"},
		"combo test negative":           {"false", "false"},
		"SNAP neg":                      {"false", "false"},
		"Negative FIV/FeLV":             {"false", "false"},
		"Negative for FIV and FeLV":     {"false", "false"},
		"positive FIV, negative FeLV":   {"true", "false"},
		"tested negative for FIV":       {"false", "unknown"},
		"Feline Leukemia: Negative":     {"unknown", "false"},
		"VIF négatif":                   {"false", "unknown"},
		"FIV":                           {"unparsed", "unparsed"},
		"FIV neg FeLV":                  {"unparsed", "unparsed"},
		"positive negative":             {"unparsed", "unparsed"},
		"FIV pos, FIV neg":              {"unparsed", "unparsed"},
		"FIV neg pos":                   {"unparsed", "unparsed"},
		"faint positive on second test": {"unparsed", "unparsed"},
	} {
		for virus, want := range map[Virus]string{FIV: want.fiv, FeLV: want.felv} {
			got, unparsed := ParseVirusTest(raw, virus)
			text := formatBool(got)
			if unparsed != "" {
				text = "unparsed"
			}
			if text != want || unparsed != "" && unparsed != raw {
				t.Errorf("ParseVirusTest(%q, %s) = %s, unparsed %q; want %s", raw, virus, text, unparsed, want)
			}
		}
	}
}
