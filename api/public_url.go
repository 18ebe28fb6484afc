package api

import (
	"net/http"
	"net/netip"
	"slices"

	"github.com/labstack/echo/v4"
)

// publicURL is where the world finds this server, without a slash at the end:
// what the operator said, else what the request says.
func (a *API) publicURL(c echo.Context) string {
	if a.PublicURL != "" {
		return a.PublicURL
	}
	r, scheme := c.Request(), "http"
	if r.TLS != nil || a.fromTrustedProxy(r) && r.Header.Get(echo.HeaderXForwardedProto) == "https" {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}

// fromTrustedProxy says whether a request was handed to us by a proxy that the operator named.
func (a *API) fromTrustedProxy(r *http.Request) bool {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && slices.ContainsFunc(a.TrustedProxies, func(p netip.Prefix) bool { return p.Contains(peer.Addr().Unmap()) })
}
