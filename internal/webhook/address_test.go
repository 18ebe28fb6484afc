package webhook

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestAddressPolicy_AllowsOnlyThePublicInternet(t *testing.T) {
	t.Parallel()
	var policy AddressPolicy
	for addr, want := range map[string]bool{
		"93.184.216.34":            true,
		"8.8.8.8":                  true,
		"2606:2800:220:1::1":       true,
		"::ffff:93.184.216.34":     true, // IPv4-mapped
		"127.0.0.1":                false,
		"127.8.8.8":                false,
		"::1":                      false,
		"::ffff:127.0.0.1":         false,
		"::127.0.0.1":              false,
		"10.1.2.3":                 false,
		"172.16.0.1":               false,
		"172.31.255.255":           false,
		"172.32.0.1":               true,
		"192.168.1.1":              false,
		"::ffff:192.168.1.1":       false,
		"100.64.0.1":               false,
		"100.100.100.200":          false, // metadata
		"169.254.169.254":          false, // metadata
		"168.63.129.16":            false, // metadata
		"fd00:ec2::254":            false, // metadata
		"fe80::1":                  false,
		"fe80::1%eth0":             false,
		"2606:2800::1%eth0":        false,
		"fec0::1":                  false,
		"0.0.0.0":                  false,
		"0.1.2.3":                  false,
		"::":                       false,
		"224.0.0.1":                false,
		"239.1.1.1":                false,
		"255.255.255.255":          false,
		"240.0.0.1":                false,
		"ff02::1":                  false,
		"64:ff9b::7f00:1":          false, // NAT64 of 127.0.0.1
		"64:ff9b:1::7f00:1":        false,
		"2002:7f00:1::":            false, // 6to4 of 127.0.0.1
		"2001:0:4136:e378:8000::1": false, // Teredo
		"2001:db8::1":              false,
		"192.0.2.1":                false,
		"198.18.0.1":               false,
	} {
		if got := policy.Allowed(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s: got allowed %v, want %v", addr, got, want)
		}
	}
}

// TestAddressPolicy_TreatsMappedAddressesAlike checks that an IPv4 address and its
// IPv4-mapped IPv6 form get the same answer, and no private address is allowed.
func TestAddressPolicy_TreatsMappedAddressesAlike(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var four [4]byte
		copy(four[:], rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "address"))
		plain := netip.AddrFrom4(four)
		mapped := netip.AddrFrom16(plain.As16())
		if (AddressPolicy{}).Allowed(plain) != (AddressPolicy{}).Allowed(mapped) {
			t.Fatalf("got different answers for %s and %s, want the same", plain, mapped)
		}
		if (AddressPolicy{}).Allowed(plain) && (plain.IsPrivate() || plain.IsLoopback() || plain.IsLinkLocalUnicast() || plain.IsMulticast() || plain.IsUnspecified()) {
			t.Fatalf("%s is allowed, want it forbidden", plain)
		}
	})
}

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
	s := NewSender(SenderConfig{Policy: AddressPolicy{Allow: []netip.Prefix{netip.MustParsePrefix("172.20.0.0/16")}}, Resolver: resolver})
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
