package webhook

import (
	"context"
	"net/netip"
	"net/url"
	"slices"

	"trailcat/internal/catalog"
	"trailcat/internal/publicnet"
)

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
	addrs, err := s.dialer.Resolve(ctx, u.Hostname())
	isForbidden := func(addr netip.Addr) bool { return !s.dialer.Policy.Allowed(addr) }
	if err != nil || slices.ContainsFunc(addrs, isForbidden) {
		return "The host " + publicnet.Unreachable + ". The operator can allow other networks with trailcat serve --webhook-allow."
	}
	isPublic := func(addr netip.Addr) bool { return !s.dialer.Policy.AllowListed(addr) }
	if u.Scheme == "http" && slices.ContainsFunc(addrs, isPublic) {
		return "Must use https."
	}
	return ""
}
