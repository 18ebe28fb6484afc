package catalog_test

import (
	"strings"
	"testing"

	"trailcat/internal/catalog"
)

func TestCheckURL(t *testing.T) {
	t.Parallel()

	for url, want := range map[string]string{
		"https://example.org":                                             "",
		"http://example.org:8080/cats/1?a=b#photo":                        "",
		"https://example.org/my cat.jpg":                                  "",
		"https://petharbor.com/PublicDetail.asp?shelterlist='KING'&ID=19": "",
		"https://bücher.example/Žofie.jpg":                                "",
		"https://[2606:2800:220:1::1]:443/":                               "",
		"https://my_shelter.example/":                                     "",

		"ftp://example.org/":                                         "http or https",
		"javascript:alert(1)":                                        "http or https",
		"example.org":                                                "http or https",
		"https://":                                                   "http or https",
		"https://:80/":                                               "http or https",
		"https://exa'mple.org/":                                      "http or https",
		"https://example.org%2Fa/":                                   "http or https",
		`https://example.org/"onload="x`:                             "double quotes",
		`https://exa"mple.org/`:                                      "double quotes",
		"https://example.org/<script>":                               "angle brackets",
		`https://example.org\@evil.example/`:                         "backslashes",
		"https://example.org/a\tb":                                   "control",
		"https://example.org/a\u0085b":                               "control",
		"https://example.org/\u202egpj.exe":                          "invisible",
		"https://example.org/\u2066a":                                "invisible",
		"https://exam\u200bple.org/":                                 "invisible",
		"https://example.org/a\u2028b":                               "invisible",
		"https://user@example.org/":                                  "user name",
		"https://user:secret@example.org/":                           "user name",
		"https://@example.org/":                                      "user name",
		"https://example.org:65536/":                                 "port",
		"https://example.org:0/":                                     "port",
		"https://example.org:99999999999999999999999":                "port",
		"https://example.org/" + strings.Repeat("a", catalog.MaxURL): "at most",
	} {
		if got := catalog.CheckURL(url); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("CheckURL(%q) = %q, want it to contain %q", url, got, want)
		}
	}
}
