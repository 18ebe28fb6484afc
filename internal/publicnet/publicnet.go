// Package publicnet connects to hosts of the public internet, and only to those: it guards
// against server-side request forgery. It also says why a request failed and how long to wait
// before the next. It knows nothing of what is called and why.
package publicnet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"time"
)

// Policy decides which IP addresses may be called: those of the public internet, and the
// networks that the operator allows.
type Policy struct {
	Allow []netip.Prefix
}

// AllowListed reports whether the operator allows the network of an address. Such
// addresses may be called over http.
func (p Policy) AllowListed(addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	return slices.ContainsFunc(p.Allow, func(network netip.Prefix) bool { return network.Contains(addr) })
}

// Allowed reports whether an address may be called at all.
func (p Policy) Allowed(addr netip.Addr) bool {
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

// Unreachable is the reason why a host is not called. It is the same for every host, so that
// callers do not learn which names exist in the network of the server and what they
// resolve to.
const Unreachable = "was not found or is not on the public internet"

// ErrUnreachable reports a host that was not found or may not be called.
var ErrUnreachable = errors.New("the host " + Unreachable)

// Dialer connects to hosts at the addresses that a policy allows. It is safe for concurrent use.
type Dialer struct {
	Policy   Policy
	Resolver Resolver   // nil means net.DefaultResolver
	Net      net.Dialer // connects to an address; without a timeout it has one of 5 seconds
}

// connectTimeout is how long the attempt to connect to one address may take.
const connectTimeout = 5 * time.Second

// Resolve returns the IP addresses of a host, which may be an IP address itself.
func (d *Dialer) Resolve(ctx context.Context, host string) ([]netip.Addr, error) {
	if addr, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{addr}, nil
	}
	var resolver Resolver = net.DefaultResolver
	if d.Resolver != nil {
		resolver = d.Resolver
	}
	addrs, err := resolver.LookupNetIP(ctx, "ip", host)
	if err == nil && len(addrs) == 0 {
		err = errors.New("the host has no address")
	}
	return addrs, err
}

// DialContext connects to a host at an allowed address. It resolves the host itself and
// dials the IP address, so that a second DNS answer cannot bypass the check. The error is
// ErrUnreachable if the host is not found or has no address that is allowed.
func (d *Dialer) DialContext(ctx context.Context, network, hostPort string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(hostPort)
	if err != nil {
		return nil, err
	}
	addrs, err := d.Resolve(ctx, host)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	dialer := d.Net
	dialer.Timeout = cmp.Or(dialer.Timeout, connectTimeout)
	var lastErr error
	for _, addr := range addrs {
		if !d.Policy.Allowed(addr) {
			lastErr = ErrUnreachable
			continue
		}
		conn, err := dialer.DialContext(ctx, network, net.JoinHostPort(addr.Unmap().String(), port))
		if err == nil {
			return conn, nil
		}
		lastErr = err
	}
	return nil, lastErr
}
