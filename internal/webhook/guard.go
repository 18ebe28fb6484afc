package webhook

import (
	"net/netip"
	"slices"
)

// AddressPolicy says which addresses may be called: those of the public internet, and
// what an operator allows.
type AddressPolicy struct {
	Allow []netip.Prefix
}

// AllowListed says whether an operator allows an address by name. There http will do.
func (g AddressPolicy) AllowListed(addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	return slices.ContainsFunc(g.Allow, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// Allowed says whether an address may be called at all.
func (g AddressPolicy) Allowed(addr netip.Addr) bool {
	return g.AllowListed(addr) || isPublic(addr.Unmap())
}

// isPublic says whether an address belongs to the public internet, by the
// special-purpose registries of IANA as of 2025. Of IPv6 only 2000::/3 does, so
// that NAT64, loopback and whatever comes to be defined elsewhere are left out.
func isPublic(addr netip.Addr) bool {
	if addr.Zone() != "" || addr.Is6() && !globalUnicastIPv6.Contains(addr) {
		return false
	}
	return addr.IsValid() && !slices.ContainsFunc(reservedNetworks, func(p netip.Prefix) bool { return p.Contains(addr) })
}

var globalUnicastIPv6 = netip.MustParsePrefix("2000::/3")

// reservedNetworks are networks whose addresses are not for everybody.
var reservedNetworks = prefixes(
	"0.0.0.0/8",         // this network
	"10.0.0.0/8",        // private
	"100.64.0.0/10",     // shared with a carrier; the metadata of one cloud
	"127.0.0.0/8",       // loopback
	"168.63.129.16/32",  // the metadata of another
	"169.254.0.0/16",    // link-local; the metadata of most
	"172.16.0.0/12",     // private
	"192.0.0.0/24",      // protocols
	"192.0.2.0/24",      // documentation
	"192.31.196.0/24",   // AS112
	"192.52.193.0/24",   // AMT
	"192.88.99.0/24",    // 6to4 relays
	"192.168.0.0/16",    // private
	"192.175.48.0/24",   // AS112
	"198.18.0.0/15",     // benchmarks
	"198.51.100.0/24",   // documentation
	"203.0.113.0/24",    // documentation
	"224.0.0.0/3",       // multicast, reserved, broadcast
	"2001::/23",         // protocols, Teredo
	"2001:db8::/32",     // documentation
	"2002::/16",         // 6to4: an IPv4 address in disguise
	"2620:4f:8000::/48", // AS112
	"3fff::/20",         // documentation
)

func prefixes(texts ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		out[i] = netip.MustParsePrefix(text)
	}
	return out
}
