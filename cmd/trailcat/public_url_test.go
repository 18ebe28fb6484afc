package main

import (
	"net/url"
	"testing"
)

func TestPublicURL(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		flag, want string
		refused    bool
	}{
		"a host":             {"https://cats.example.org", "https://cats.example.org", false},
		"a slash at the end": {"https://cats.example.org/", "https://cats.example.org", false},
		"a path before ours": {"https://example.org/cats", "https://example.org/cats", false},
		"no scheme":          {"cats.example.org", "", true},
		"no host":            {"https://", "", true},
		"a query":            {"https://cats.example.org/?x=1", "", true},
		"a password":         {"https://me:secret@cats.example.org", "", true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u, err := url.Parse(tt.flag)
			if err != nil {
				t.Fatal(err)
			}
			c := serveCommand{PublicURL: u}
			if err := c.Validate(); (err != nil) != tt.refused {
				t.Fatal(err)
			}
			if got := publicURL(u); !tt.refused && got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
	if c := (serveCommand{}); c.Validate() != nil || publicURL(c.PublicURL) != "" {
		t.Error("no address is an address, or refused")
	}
}
