package webhook

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"

	"trailcat/internal/catalog"
)

// AddressPolicy decides which IP addresses webhooks may call: those of the public
// internet, and the networks that the operator allows. It guards against
// server-side request forgery.
type AddressPolicy struct {
	Allow []netip.Prefix
}

// AllowListed reports whether the operator allows the network of an address. Such
// addresses may be called over http.
func (p AddressPolicy) AllowListed(addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	return slices.ContainsFunc(p.Allow, func(network netip.Prefix) bool { return network.Contains(addr) })
}

// Allowed reports whether an address may be called at all.
func (p AddressPolicy) Allowed(addr netip.Addr) bool {
	return p.AllowListed(addr) || isPublic(addr.Unmap())
}

// isPublic reports whether an address belongs to the public internet according to
// the special-purpose address registries of IANA (2025). Of IPv6 only 2000::/3
// does, which excludes NAT64, loopback and ranges that are defined in future.
func isPublic(addr netip.Addr) bool {
	if addr.Zone() != "" || addr.Is6() && !globalUnicastIPv6.Contains(addr) {
		return false
	}
	return addr.IsValid() && !slices.ContainsFunc(reservedNetworks, func(p netip.Prefix) bool { return p.Contains(addr) })
}

var globalUnicastIPv6 = netip.MustParsePrefix("2000::/3")

// reservedNetworks are networks whose addresses are not globally reachable.
var reservedNetworks = prefixes(
	"0.0.0.0/8",         // this network
	"10.0.0.0/8",        // private
	"100.64.0.0/10",     // carrier-grade NAT; metadata service of Alibaba Cloud
	"127.0.0.0/8",       // loopback
	"168.63.129.16/32",  // metadata service of Azure
	"169.254.0.0/16",    // link-local; metadata service of most clouds
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
	"2002::/16",         // 6to4: contains an IPv4 address
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

// Resolver looks up the IP addresses of a host. *net.Resolver implements it.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// ValidateURL returns why a URL cannot be called, as the message of a field
// error, or "" if it can. All current addresses of its host must be allowed; each
// call checks them again.
func (s *Sender) ValidateURL(ctx context.Context, text string) string {
	if message := catalog.CheckURL(text); message != "" {
		return message
	}
	u, _ := url.Parse(text) // CheckURL found no error
	if u.Fragment != "" {
		return "Must not contain a fragment."
	}
	addrs, err := s.resolve(ctx, u.Hostname())
	isForbidden := func(addr netip.Addr) bool { return !s.policy.Allowed(addr) }
	if err != nil || slices.ContainsFunc(addrs, isForbidden) {
		return "The host " + unreachable + ". The operator can allow other networks with trailcat serve --webhook-allow."
	}
	isPublic := func(addr netip.Addr) bool { return !s.policy.AllowListed(addr) }
	if u.Scheme == "http" && slices.ContainsFunc(addrs, isPublic) {
		return "Must use https."
	}
	return ""
}

// unreachable is the reason why a host is not called. It is the same for every host, so that
// callers do not learn which names exist in the network of the server and what they
// resolve to.
const unreachable = "was not found or is not on the public internet"

// resolve returns the IP addresses of a host, which may be an IP address itself.
func (s *Sender) resolve(ctx context.Context, host string) ([]netip.Addr, error) {
	if addr, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{addr}, nil
	}
	addrs, err := s.resolver.LookupNetIP(ctx, "ip", host)
	if err == nil && len(addrs) == 0 {
		err = errors.New("the host has no address")
	}
	return addrs, err
}

// errUnreachable reports a host that was not found or may not be called.
var errUnreachable = errors.New("the host " + unreachable)

// dial connects to a host at an allowed address. It resolves the host itself and
// dials the IP address, so that a second DNS answer cannot bypass the check.
func (s *Sender) dial(ctx context.Context, network, hostPort string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(hostPort)
	if err != nil {
		return nil, err
	}
	addrs, err := s.resolve(ctx, host)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUnreachable, err)
	}
	var lastErr error
	for _, addr := range addrs {
		if !s.policy.Allowed(addr) {
			lastErr = errUnreachable
			continue
		}
		conn, err := s.dialer.DialContext(ctx, network, net.JoinHostPort(addr.Unmap().String(), port))
		if err == nil {
			return conn, nil
		}
		lastErr = err
	}
	return nil, lastErr
}
