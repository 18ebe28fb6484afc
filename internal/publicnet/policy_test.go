package publicnet

import (
	"net/netip"
	"testing"

	"pgregory.net/rapid"
)

func TestPolicy_AllowsOnlyThePublicInternet(t *testing.T) {
	t.Parallel()
	var policy Policy
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

// TestPolicy_TreatsMappedAddressesAlike checks that an IPv4 address and its
// IPv4-mapped IPv6 form get the same answer, and no private address is allowed.
func TestPolicy_TreatsMappedAddressesAlike(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var four [4]byte
		copy(four[:], rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "address"))
		plain := netip.AddrFrom4(four)
		mapped := netip.AddrFrom16(plain.As16())
		if (Policy{}).Allowed(plain) != (Policy{}).Allowed(mapped) {
			t.Fatalf("got different answers for %s and %s, want the same", plain, mapped)
		}
		if (Policy{}).Allowed(plain) && (plain.IsPrivate() || plain.IsLoopback() || plain.IsLinkLocalUnicast() || plain.IsMulticast() || plain.IsUnspecified()) {
			t.Fatalf("%s is allowed, want it forbidden", plain)
		}
	})
}
