package httpkit

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

// Limiter holds each of those who ask to so many requests a minute, of which
// half may come at once.
type Limiter struct {
	name      string // of the policy
	subject   string // in a sentence: from your address
	perMinute int
	buckets   *lru.Cache[string, *tokenbucket.Limiter]
}

// NewLimiter returns nil, which holds nobody, where perMinute sets no limit.
func NewLimiter(name, whose string, perMinute int) (*Limiter, error) {
	if perMinute <= 0 {
		return nil, nil //nolint:nilnil // no limit
	}
	buckets, err := lru.New[string, *tokenbucket.Limiter](maxClients)
	if err != nil {
		return nil, fmt.Errorf("set up the limiter: %w", err)
	}
	return &Limiter{name: name, subject: whose, perMinute: perMinute, buckets: buckets}, nil
}

// Allow counts one request, or says that it is one too many. How many are left
// stands in the header, as draft-ietf-httpapi-ratelimit-headers has it.
func (l *Limiter) Allow(h http.Header, who string, now time.Time) error {
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
	return NewHTTPError(http.StatusTooManyRequests, "too_many_requests", fmt.Sprintf("Too many requests %s. Ask again in %d s; the RateLimit header counts.", l.subject, wait))
}

// ClientAddress says from which address a request comes. X-Forwarded-For is
// believed only from the proxies that the operator named.
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
