package webhook

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
)

// Resolver finds the addresses of a host. A *net.Resolver is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// ValidateURL says why a URL cannot be called, in a sentence that lacks its subject;
// it is empty for one that can. All addresses of its host must be such as may be
// called, now; whether they still are is looked at again for each call.
func (s *Sender) ValidateURL(ctx context.Context, text string) string {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "":
		return "Is not an https address."
	case u.User != nil || u.Fragment != "":
		return "Must have neither a user name nor a fragment."
	}
	addrs, err := s.resolve(ctx, u.Hostname())
	if err != nil {
		return fmt.Sprintf("Names a host that is not found: %s.", u.Hostname())
	}
	for _, addr := range addrs {
		if !s.policy.Allowed(addr) {
			return fmt.Sprintf("Leads to %s, which is not on the public internet. The operator can allow it: trailcat serve --webhook-allow.", addr.Unmap())
		}
		if u.Scheme == "http" && !s.policy.AllowListed(addr) {
			return "Must begin with https."
		}
	}
	return ""
}

// resolve finds the addresses of a host, which may be one itself.
func (s *Sender) resolve(ctx context.Context, host string) ([]netip.Addr, error) {
	if addr, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{addr}, nil
	}
	addrs, err := s.resolver.LookupNetIP(ctx, "ip", host)
	if err == nil && len(addrs) == 0 {
		err = errors.New("it has no address")
	}
	return addrs, err
}

// addressError says that an address may not be called.
type addressError struct{ addr netip.Addr }

func (e *addressError) Error() string {
	return fmt.Sprintf("the address leads to %s, which is not on the public internet", e.addr.Unmap())
}

// dial connects to a host by an address that was looked at: it is resolved here
// and dialled as a number, so that no other name service answer comes between.
func (s *Sender) dial(ctx context.Context, network, hostPort string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(hostPort)
	if err != nil {
		return nil, err
	}
	addrs, err := s.resolve(ctx, host)
	if err != nil {
		return nil, err
	}
	var last error
	for _, addr := range addrs {
		if !s.policy.Allowed(addr) {
			last = &addressError{addr}
			continue
		}
		conn, err := s.dialer.DialContext(ctx, network, net.JoinHostPort(addr.Unmap().String(), port))
		if err == nil {
			return conn, nil
		}
		last = err
	}
	return nil, last
}
