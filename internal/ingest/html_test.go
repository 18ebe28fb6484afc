package ingest

import "testing"

func TestPlainText(t *testing.T) {
	t.Parallel()

	tests := map[string]struct{ text, want string }{
		"plain text":                             {"Sweet & shy.\n\nLoves laps.", "Sweet & shy.\n\nLoves laps."},
		"less-than signs":                        {"I <3 you, 5 < 6", "I <3 you, 5 < 6"},
		"paragraphs":                             {"<p>Sweet.</p><p>Shy.</p>", "Sweet.\n\nShy."},
		"self-closing paragraphs":                {"Sweet.<p/><p/>Shy.<p/>", "Sweet.\n\nShy."},
		"line breaks":                            {"Sweet.<br>Shy.<BR />Old.", "Sweet.\nShy.\nOld."},
		"lists":                                  {"<ul><li>sweet</li><li>shy</li></ul>", "- sweet\n- shy"},
		"source line breaks between tags":        {"<p>Sweet\nand shy.</p>", "Sweet and shy."},
		"source line breaks without block tags":  {"<b>Sweet</b>\nand shy.", "Sweet\nand shy."},
		"inline tags":                            {"A <b>sweet</b> <a href=\"https://e.org\">cat</a>", "A sweet cat"},
		"scripts and styles":                     {"Sweet<script>alert('<p>')</script> cat<style>p{}</style>", "Sweet cat"},
		"comments":                               {"Sweet<!-- <p>no</p> --> cat", "Sweet cat"},
		"entities":                               {"Tom &amp; Zo&euml;&nbsp;&#39;s &quot;cat&quot;", `Tom & Zoë 's "cat"`},
		"entities encoded twice":                 {"Tom &amp;amp; Jerry&amp;#39;s", "Tom & Jerry's"},
		"HTML encoded twice":                     {"&lt;p&gt;Sweet &amp;amp; shy.&lt;/p&gt;&lt;p&gt;Old.&lt;/p&gt;", "Sweet & shy.\n\nOld."},
		"an open tag at the end":                 {"Sweet <b", "Sweet <b"},
		"table cells":                            {"<table><tr><td>Good with dogs:</td><td>Yes</td></tr>\n<tr><th>Cats:</th> <td>Unknown</td></tr></table>", "Good with dogs: Yes\nCats: Unknown"},
		"definitions":                            {"<dl><dt>Color:</dt><dd>Black</dd><dt>Age:</dt><dd>2</dd></dl>", "Color: Black\nAge: 2"},
		"text around a table":                    {"Facts<table><tr><td>Age</td></tr></table>Sweet", "Facts\n\nAge\nSweet"},
		"an address in angle brackets":           {"Write to <adopt@example.org> please", "Write to <adopt@example.org> please"},
		"an address beside tags":                 {"<p>Write to <adopt@example.org> or <https://example.org/a?b=1></p>", "Write to <adopt@example.org> or <https://example.org/a?b=1>"},
		"an encoded address":                     {"Write to &lt;adopt@example.org&gt;", "Write to <adopt@example.org>"},
		"words in angle brackets":                {"<b>Ask</b> for <Fluffy McMuffin>", "Ask for <Fluffy McMuffin>"},
		"tags of Word":                           {"Sweet<o:p></o:p> cat", "Sweet cat"},
		"a parameter that begins like an entity": {"https://e.org/?a=1&copy=2", "https://e.org/?a=1&copy=2"},
		"CRLF":                                   {"Sweet.\r\nShy.", "Sweet.\nShy."},
		"many empty lines":                       {"Sweet.\n\n\n\n  \nShy.", "Sweet.\n\nShy."},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if got := PlainText(test.text); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
