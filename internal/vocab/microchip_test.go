package vocab

import "testing"

func TestParseMicrochip(t *testing.T) {
	t.Parallel()

	const unparsed = true
	for raw, want := range map[string]struct {
		number, chipped string
		unparsed        bool
	}{
		"985112000000001":             {"985112000000001", "true", !unparsed},
		"985 112 000 000 001":         {"985112000000001", "true", !unparsed},
		"985-112-000-000-001":         {"985112000000001", "true", !unparsed},
		"985112000000001.0":           {"985112000000001", "true", !unparsed},
		"'985112000000001":            {"985112000000001", "true", !unparsed},
		"985112000000001 (HomeAgain)": {"985112000000001", "true", !unparsed},
		"985112000000001 12/03/2020":  {"985112000000001", "true", !unparsed},
		"985112000000001; 900000001":  {"985112000000001", "true", !unparsed},
		"AVID*012*345*678":            {"012345678", "true", !unparsed},
		"0a01234567":                  {"0A01234567", "true", !unparsed},
		"9.85E+14":                    {"", "true", unparsed},
		"9,85E+14":                    {"", "true", unparsed},
		"9E+14":                       {"", "true", unparsed},
		"985110000000000":             {"", "true", unparsed},
		"No":                          {"", "false", !unparsed},
		"not chipped":                 {"", "false", !unparsed},
		"No microchip":                {"", "false", !unparsed},
		"Yes":                         {"", "true", !unparsed},
		"1":                           {"", "true", !unparsed},
		"microchipped":                {"", "true", !unparsed},
		"":                            {"", "unknown", !unparsed},
		"N/A":                         {"", "unknown", unparsed},
		"None":                        {"", "unknown", unparsed},
		"0":                           {"", "unknown", unparsed},
		"-":                           {"", "unknown", unparsed},
		"Unknown":                     {"", "unknown", unparsed},
		"pending":                     {"", "unknown", unparsed},
		"000000000000000":             {"", "unknown", unparsed},
		"999999999999999":             {"", "unknown", unparsed},
		"123456789":                   {"", "unknown", unparsed},
		"12345":                       {"", "unknown", unparsed},
		"FACADEFACE":                  {"", "unknown", unparsed},
		"see card":                    {"", "unknown", unparsed},
		"9851120000000011":            {"", "unknown", unparsed},
	} {
		got, rest := ParseMicrochip(raw)
		if got.Number != want.number || formatBool(got.Chipped) != want.chipped || (rest != "") != want.unparsed || rest != "" && rest != raw {
			t.Errorf("ParseMicrochip(%q) = %q, chipped %s, unparsed %q; want %+v", raw, got.Number, formatBool(got.Chipped), rest, want)
		}
	}
}
