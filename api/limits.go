package api

import (
	"fmt"
	"math"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/labstack/echo/v4"
	tokenbucket "golang.org/x/time/rate"
)

// maxClients is how many addresses or keys are counted at once; the one unseen longest is forgotten.
const maxClients = 100_000

// limiter holds each of those who ask to so many requests a minute, of which
// half may come at once.
type limiter struct {
	name      string // of the policy
	whose     string // in a sentence: from your address
	perMinute int
	buckets   *lru.Cache[string, *tokenbucket.Limiter]
}

// newLimiter returns nil, which holds nobody, where perMinute sets no limit.
func newLimiter(name, whose string, perMinute int) (*limiter, error) {
	if perMinute <= 0 {
		return nil, nil //nolint:nilnil // no limit
	}
	buckets, err := lru.New[string, *tokenbucket.Limiter](maxClients)
	if err != nil {
		return nil, fmt.Errorf("set up the limiter: %w", err)
	}
	return &limiter{name: name, whose: whose, perMinute: perMinute, buckets: buckets}, nil
}

// take counts one request, or says that it is one too many. How many are left
// stands in the header, as draft-ietf-httpapi-ratelimit-headers has it.
func (l *limiter) take(h http.Header, who string, now time.Time) error {
	if l == nil {
		return nil
	}
	perSecond, burst := tokenbucket.Limit(float64(l.perMinute)/60), max(1, l.perMinute/2)
	bucket, ok := l.buckets.Get(who)
	if !ok {
		bucket = tokenbucket.NewLimiter(perSecond, burst)
		l.buckets.Add(who, bucket)
	}
	allowed := bucket.AllowN(now, 1)
	left := bucket.TokensAt(now)
	refill := int(math.Ceil(max(0, float64(burst)-left) / float64(perSecond)))
	h.Set("RateLimit-Policy", fmt.Sprintf(`"%s";q=%d;w=60`, l.name, l.perMinute))
	h.Set("RateLimit", fmt.Sprintf(`"%s";r=%d;t=%d`, l.name, int(max(0, left)), refill))
	if allowed {
		return nil
	}
	wait := int(math.Ceil(max(0.001, 1-left) / float64(perSecond)))
	h.Set("Retry-After", strconv.Itoa(wait))
	return &httpError{http.StatusTooManyRequests, "too_many_requests", fmt.Sprintf("Too many requests %s. Ask again in %d s; the RateLimit header counts.", l.whose, wait)}
}

// rateLimit counts requests by address, except for those that show a key: they are
// counted by authenticate, which alone knows whether the key is good. A good one
// counts by itself and a false one by its address, so none can be made up.
func (a *API) rateLimit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !showsKey(r) {
			if err := a.addresses.take(w.Header(), a.address(r), a.Now()); err != nil {
				a.answer(w, r, err)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// showsKey says whether a request is authenticate's to judge. Where tokens are
// given out, keys are sent otherwise.
func showsKey(r *http.Request) bool {
	return r.Header.Get("Authorization") != "" && r.URL.Path != tokenPath
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
