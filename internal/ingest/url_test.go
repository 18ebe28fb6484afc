package ingest

import "testing"

func TestCompleteURL(t *testing.T) {
	t.Parallel()

	for text, want := range map[string]string{
		"https://x.example.org/a.jpg?w=1&amp;h=2":                               "https://x.example.org/a.jpg?w=1&h=2",
		"https://x.example.org/a.jpg?w=1&amp;amp;h=2":                           "https://x.example.org/a.jpg?w=1&h=2",
		"https://x.example.org/a.jpg?a=1&copy=2":                                "https://x.example.org/a.jpg?a=1&copy=2",
		"//cdn.example.org/b.jpg":                                               "https://cdn.example.org/b.jpg",
		"www.example.org/c.jpg":                                                 "https://www.example.org/c.jpg",
		"http://x.example.org/d e.jpg":                                          "http://x.example.org/d%20e.jpg",
		"HTTP://X.EXAMPLE.ORG/F.JPG":                                            "HTTP://X.EXAMPLE.ORG/F.JPG",
		` <img alt="" src="https://x.example.org/i.jpg">`:                       "https://x.example.org/i.jpg",
		`<iframe width="1" src="//www.youtube.com/embed/dQw4w9WgXcQ"></iframe>`: "https://www.youtube.com/embed/dQw4w9WgXcQ",
		"<https://x.example.org/a.jpg>":                                         "https://x.example.org/a.jpg",
		"youtu.be/dQw4w9WgXcQ":                                                  "https://youtu.be/dQw4w9WgXcQ",
		"/photos/1.jpg":                                                         "/photos/1.jpg",
		"javascript:alert(1)":                                                   "javascript:alert(1)",
		"":                                                                      "",
	} {
		if got := CompleteURL(text); got != want {
			t.Errorf("CompleteURL(%q) = %q, want %q", text, got, want)
		}
	}
}
