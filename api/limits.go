package api

import (
	"fmt"
	"math"
	"net"
	"net/http"
	"net/netip"
	"strconv"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"
)

// limitedAddresses is how many addresses are counted at once; the one unseen longest is forgotten.
const limitedAddresses = 100_000

// limiter holds each address to so many requests a minute, of which half may
// come at once. It says how many are left as draft-ietf-httpapi-ratelimit-headers has it.
func (a *API) limiter() (func(http.Handler) http.Handler, error) {
	if a.RatePerMinute <= 0 {
		return func(next http.Handler) http.Handler { return next }, nil
	}
	buckets, err := lru.New[string, *rate.Limiter](limitedAddresses)
	if err != nil {
		return nil, fmt.Errorf("set up the limiter: %w", err)
	}
	perSecond, burst := rate.Limit(float64(a.RatePerMinute)/60), max(1, a.RatePerMinute/2)
	policy := fmt.Sprintf(`"address";q=%d;w=60`, a.RatePerMinute)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			bucket, ok := buckets.Get(a.address(r))
			if !ok {
				bucket = rate.NewLimiter(perSecond, burst)
				buckets.Add(a.address(r), bucket)
			}
			now := a.Now()
			allowed := bucket.AllowN(now, 1)
			left := bucket.TokensAt(now)
			refill := int(math.Ceil(max(0, float64(burst)-left) / float64(perSecond)))
			w.Header().Set("RateLimit-Policy", policy)
			w.Header().Set("RateLimit", fmt.Sprintf(`"address";r=%d;t=%d`, int(max(0, left)), refill))
			if !allowed {
				wait := int(math.Ceil(max(0.001, 1-left) / float64(perSecond)))
				w.Header().Set("Retry-After", strconv.Itoa(wait))
				a.answer(w, r, tooMany(wait))
				return
			}
			next.ServeHTTP(w, r)
		})
	}, nil
}

// clientAddress says from which address a request comes. X-Forwarded-For is
// believed only from the proxies that the operator named.
func clientAddress(trusted []netip.Prefix) func(*http.Request) string {
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
