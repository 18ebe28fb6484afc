package webhook

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"trailcat/internal/publicnet"
)

// fakeResolver maps host names to addresses.
type fakeResolver map[string][]string

func (r fakeResolver) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	var addrs []netip.Addr
	for _, text := range r[host] {
		addrs = append(addrs, netip.MustParseAddr(text))
	}
	if len(addrs) == 0 {
		return nil, errors.New("no such host")
	}
	return addrs, nil
}

// refusedHost is the message for all hosts that may not be called, so that it does not
// reveal what the names of an internal network resolve to.
const refusedHost = "The host was not found or is not on the public internet. The operator can allow other networks with trailcat serve --webhook-allow."

func TestValidateURL(t *testing.T) {
	t.Parallel()
	resolver := fakeResolver{
		"good.example": {"93.184.216.34", "2606:2800:220:1::1"}, "inner.example": {"10.0.0.7"}, "both.example": {"93.184.216.34", "127.0.0.1"},
		"allowed.example": {"172.20.0.5"}, "mixed.example": {"172.20.0.5", "93.184.216.34"},
	}
	s := NewSender(SenderConfig{Policy: publicnet.Policy{Allow: []netip.Prefix{netip.MustParsePrefix("172.20.0.0/16")}}, Resolver: resolver})
	for url, want := range map[string]string{
		"https://good.example/hook":         "",
		"https://good.example:8443/hook?a=": "",
		"http://good.example/hook":          "https",
		"https://allowed.example/":          "",
		"http://allowed.example:8080/":      "",
		"http://mixed.example/":             "Must use https.",
		"http://172.20.1.1/":                "",
		"https://inner.example/":            refusedHost,
		"http://inner.example/":             refusedHost,
		"https://both.example/":             refusedHost,
		"http://both.example/":              refusedHost,
		"https://127.0.0.1/":                refusedHost,
		"https://[::1]:8080/":               refusedHost,
		"https://[::ffff:7f00:1]/":          refusedHost,
		"https://nowhere.example/":          refusedHost,
		"http://nowhere.example/":           refusedHost,
		"https://0x7f000001/":               refusedHost,
		"https://2130706433/":               refusedHost,
		"https://good.example:65536/":       "port",
		"https://good.example:0/":           "port",
		"https://good.example/?a=\"b":       "double quotes",
		"https://good.example/\u202e":       "invisible",
		"ftp://good.example/":               "https",
		"good.example/hook":                 "https",
		"https://":                          "https",
		"https://a:b@good.example/":         "user name",
		"https://good.example/#part":        "fragment",
		"://":                               "https",
	} {
		if got := s.ValidateURL(t.Context(), url); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want it to contain %q", url, got, want)
		}
	}
}
