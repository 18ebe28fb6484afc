package httpkit

import (
	"fmt"
	"maps"
	"math"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/labstack/echo/v4"
	tokenbucket "golang.org/x/time/rate"

	"trailcat/internal/errcode"
)

// maxClients is the number of clients that a limiter counts. Beyond it, the limiter
// forgets the client whose last request is longest ago.
const maxClients = 100_000

// Limiter limits each client to a number of requests a minute, of which half may come at
// once. A nil Limiter sets no limit. It is safe for concurrent use.
type Limiter struct {
	policy    string
	subject   string
	perMinute int
	buckets   *lru.Cache[string, *tokenbucket.Limiter]
}

// NewLimiter returns a limiter, or nil if perMinute is not positive. The policy names the
// limit in headers; the subject names the client in messages, as in "your IP address".
func NewLimiter(policy, subject string, perMinute int) (*Limiter, error) {
	if perMinute <= 0 {
		return nil, nil //nolint:nilnil // no limit
	}
	buckets, err := lru.New[string, *tokenbucket.Limiter](maxClients)
	if err != nil {
		return nil, fmt.Errorf("create rate limiter: %w", err)
	}
	return &Limiter{policy: policy, subject: subject, perMinute: perMinute, buckets: buckets}, nil
}

// Allow counts a request of a client and returns an error if it exceeds the limit. It
// sets the headers of draft-ietf-httpapi-ratelimit-headers.
func (l *Limiter) Allow(h http.Header, client string, now time.Time) error {
	if l == nil {
		return nil
	}
	perSecond, burst := tokenbucket.Limit(float64(l.perMinute)/60), max(1, l.perMinute/2)
	bucket, ok := l.buckets.Get(client)
	if !ok {
		bucket = tokenbucket.NewLimiter(perSecond, burst)
		l.buckets.Add(client, bucket)
	}
	allowed := bucket.AllowN(now, 1)
	remaining := bucket.TokensAt(now)
	refill := int(math.Ceil(max(0, float64(burst)-remaining) / float64(perSecond)))
	h.Set("RateLimit-Policy", fmt.Sprintf(`"%s";q=%d;w=60`, l.policy, l.perMinute))
	h.Set("RateLimit", fmt.Sprintf(`"%s";r=%d;t=%d`, l.policy, int(max(0, remaining)), refill))
	if allowed {
		return nil
	}
	wait := int(math.Ceil(max(0.001, 1-remaining) / float64(perSecond)))
	h.Set("Retry-After", strconv.Itoa(wait))
	return NewHTTPError(http.StatusTooManyRequests, errcode.TooManyRequests, fmt.Sprintf("Rate limit exceeded for %s. Retry in %d %s; see the RateLimit headers.", l.subject, wait, plural(wait, "second")))
}

// siteFactor is how many times the limit of an IPv6 network of /64 applies to a /48, which
// one site usually has.
const siteFactor = 10

// AddressLimiter limits requests by IP address. IPv6 addresses count by their network,
// because one client has many of them: by /64, and by /48 at ten times the limit. A nil
// AddressLimiter sets no limit.
type AddressLimiter struct{ networks, sites *Limiter }

// NewAddressLimiter returns a limiter, or nil if perMinute is not positive.
func NewAddressLimiter(perMinute int) (*AddressLimiter, error) {
	if perMinute <= 0 {
		return nil, nil //nolint:nilnil // no limit
	}
	networks, err := NewLimiter("address", "your IP address", perMinute)
	if err != nil {
		return nil, err
	}
	sites, err := NewLimiter("site", "your network", siteFactor*perMinute)
	if err != nil {
		return nil, err
	}
	return &AddressLimiter{networks: networks, sites: sites}, nil
}

// ClientNetwork returns what counts as one client with an IP address: the address, or the
// network of /64 of an IPv6 address.
func ClientNetwork(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if ip = ip.Unmap().WithZone(""); ip.Is4() {
		return ip.String()
	}
	return netip.PrefixFrom(ip, 64).Masked().String()
}

// Allow is Limiter.Allow for the client with an IP address.
func (l *AddressLimiter) Allow(h http.Header, address string, now time.Time) error {
	if l == nil {
		return nil
	}
	err := l.networks.Allow(h, ClientNetwork(address), now)
	ip, invalid := netip.ParseAddr(address)
	if err != nil || invalid != nil || ip.Unmap().Is4() {
		return err // not counted for a site
	}
	site := http.Header{}
	err = l.sites.Allow(site, netip.PrefixFrom(ip, 48).Masked().String(), now)
	if err != nil {
		maps.Copy(h, site)
	}
	return err
}

func plural(n int, noun string) string {
	if n == 1 {
		return noun
	}
	return noun + "s"
}

// ClientAddress returns a function that returns the IP address of a request's client. The
// function believes X-Forwarded-For only if a trusted proxy sent it.
func ClientAddress(trusted []netip.Prefix) func(*http.Request) string {
	if len(trusted) == 0 {
		return echo.ExtractIPDirect()
	}
	options := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range trusted {
		bits := 128
		if p.Addr().Is4() {
			bits = 32
		}
		options = append(options, echo.TrustIPRange(&net.IPNet{IP: p.Masked().Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), bits)}))
	}
	return echo.ExtractIPFromXFFHeader(options...)
}
