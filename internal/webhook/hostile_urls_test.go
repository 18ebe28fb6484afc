package webhook

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"trailcat/internal/catalog"
	"trailcat/internal/publicnet"
)

// forbiddenIPv4 are addresses that no webhook may call: the ends of each network, and
// the metadata services of clouds.
var forbiddenIPv4 = []string{
	"0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "100.100.100.200", "127.0.0.1", "127.255.255.255",
	"168.63.129.16", "169.254.169.254", "169.254.255.255", "172.16.0.0", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.0.1",
	"192.168.255.255", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
}

// forbiddenIPv6 are addresses that no webhook may call.
var forbiddenIPv6 = []string{
	"::", "::1", "0:0:0:0:0:0:0:1", "fc00::1", "fd00:ec2::254", "fdff:ffff::1", "fe80::1", "febf::1", "fe80::1%25eth0", "fec0::1", "ff02::1", "ff0e::1",
	"64:ff9b:1::1", "100::1", "2001::1", "2001:10::1", "2001:20::1", "2001:db8::1", "2620:4f:8000::1", "3fff::1", "5f00::1", "4000::1", "2606:2800::1%25eth0",
}

// ipv4Notations returns the ways to write an IPv4 address as the host of a URL. A
// resolver of the C library understands those that are not addresses for net/netip.
func ipv4Notations(addr netip.Addr) map[string]string {
	b := addr.As4()
	n := binary.BigEndian.Uint32(b[:])
	high, low := n>>16, n&0xffff
	return map[string]string{
		"dotted":              addr.String(),
		"decimal":             strconv.FormatUint(uint64(n), 10),
		"hexadecimal":         fmt.Sprintf("0x%08x", n),
		"octal":               fmt.Sprintf("0%o", n),
		"octal parts":         fmt.Sprintf("0%03o.0%03o.0%03o.0%03o", b[0], b[1], b[2], b[3]),
		"hexadecimal parts":   fmt.Sprintf("0x%x.0x%x.0x%x.0x%x", b[0], b[1], b[2], b[3]),
		"two parts":           fmt.Sprintf("%d.%d", b[0], n&0xffffff),
		"three parts":         fmt.Sprintf("%d.%d.%d", b[0], b[1], low),
		"name":                "name-" + strings.ReplaceAll(addr.String(), ".", "-") + ".example",
		"final dot":           addr.String() + ".",
		"mapped":              "[::ffff:" + addr.String() + "]",
		"mapped, hexadecimal": fmt.Sprintf("[::ffff:%x:%x]", high, low),
		"mapped, all digits":  fmt.Sprintf("[0000:0000:0000:0000:0000:ffff:%04X:%04X]", high, low),
		"compatible":          fmt.Sprintf("[::%x:%x]", high, low),
		"6to4":                fmt.Sprintf("[2002:%x:%x::1]", high, low),
		"NAT64":               fmt.Sprintf("[64:ff9b::%x:%x]", high, low),
		"Teredo":              fmt.Sprintf("[2001:0:%x:%x::1]", high, low),
		"percent-encoded":     strings.ReplaceAll(addr.String(), ".", "%2e"),
	}
}

// hostileURLs returns URLs by what is wrong with them, and the addresses that a resolver
// returns for their hosts.
func hostileURLs() (urls map[string]string, hosts fakeResolver) {
	urls, hosts = map[string]string{}, fakeResolver{"public.example": {"93.184.216.34"}, "both.example": {"93.184.216.34", "10.0.0.7"}, "six.example": {"2606:2800::1", "::1"}}
	for _, text := range forbiddenIPv4 {
		for notation, host := range ipv4Notations(netip.MustParseAddr(text)) {
			urls[text+" "+notation] = "https://" + host + "/hook"
			hosts[strings.ReplaceAll(host, "%2e", ".")] = []string{text}
		}
	}
	for _, text := range forbiddenIPv6 {
		urls[text] = "https://[" + text + "]:8443/hook"
	}
	maps.Copy(urls, map[string]string{
		"localhost": "https://localhost/", "localhost with a dot": "https://localhost./", "name below localhost": "https://a.localhost/", "public and private": "https://both.example/",
		"public and loopback": "https://six.example/", "no host": "https:///hook", "only a port": "https://:443/", "no address": "https://nowhere.example/", "empty": "",
		"relative": "/hook", "no scheme": "//public.example/hook", "http": "http://public.example/", "ftp": "ftp://public.example/", "file": "file:///etc/passwd",
		"gopher": "gopher://public.example/", "data": "data:text/plain,x", "javascript": "javascript:alert(1)", "unix": "unix:///run/docker.sock", "scheme twice": "https:https://public.example/",
		"user": "https://user@public.example/", "user and password": "https://user:secret@public.example/", "public user, private host": "https://public.example@127.0.0.1/",
		"private user": "https://127.0.0.1@public.example/", "encoded user": "https://public.example%40127.0.0.1/", "backslash": `https://public.example\@127.0.0.1/`,
		"fragment before the host": "https://127.0.0.1#@public.example/", "fragment": "https://public.example/#x", "question mark in the host": "https://127.0.0.1?@public.example/",
		"port 65536": "https://public.example:65536/", "port 99999": "https://public.example:99999/", "negative port": "https://public.example:-1/", "named port": "https://public.example:https/",
		"two ports": "https://public.example:443:80/", "port with a space": "https://public.example:44 3/", "line break in the host": "https://public.example\n127.0.0.1/", "NUL": "https://public.example\x00/",
		"tab": "https://public.example/\thook", "carriage return": "https://public.example/\r\nHost: 127.0.0.1", "unclosed bracket": "https://[::1/", "bracket in a name": "https://[public.example]/",
		"fullwidth digits": "https://１２７.０.０.１/", "circled digits": "https://①②⑦.⓪.⓪.①/", "ideographic full stops": "https://127。0。0。1/", "zone in a name": "https://[fe80::1%25lo0]/", "five parts": "https://127.0.0.0.1/",
		"number too large": "https://256.256.256.256/", "IPv6 with too many parts": "https://[1:2:3:4:5:6:7:8:9]/", "space first": " https://127.0.0.1/", "bidirectional character": "https://public.example/\u202ehook",
		"double quote": `https://public.example/"hook`,
	})
	hosts["localhost"], hosts["localhost."], hosts["a.localhost"] = []string{"127.0.0.1", "::1"}, []string{"127.0.0.1"}, []string{"127.0.0.1"}
	hosts["１２７.０.０.１"], hosts["①②⑦.⓪.⓪.①"], hosts["127。0。0。1"] = []string{"127.0.0.1"}, []string{"127.0.0.1"}, []string{"127.0.0.1"}
	return urls, hosts
}

// dialRecorder records the addresses that a sender connects to, and prevents the connection.
type dialRecorder struct {
	mu    sync.Mutex
	addrs []string
}

func (r *dialRecorder) attach(s *Sender) {
	s.dialer.Net.Control = func(_, addr string, _ syscall.RawConn) error {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.addrs = append(r.addrs, addr)
		return errors.New("not in tests")
	}
}

// TestSender_RefusesHostileURLs checks that a hostile URL cannot be registered, and if it is
// stored nevertheless, that nothing is sent to a forbidden address.
func TestSender_RefusesHostileURLs(t *testing.T) {
	t.Parallel()
	urls, hosts := hostileURLs()
	var dials dialRecorder
	s := newSender(t, func(c *SenderConfig) { c.Policy, c.Resolver = publicnet.Policy{}, hosts })
	dials.attach(s)
	for name, url := range urls {
		if message := s.ValidateURL(t.Context(), url); message == "" {
			t.Errorf("%s: %q is allowed", name, url)
		}
		d, err := s.Test(t.Context(), catalog.Webhook{ID: "whk_1", URL: url, Secret: catalog.NewWebhookSecret([32]byte{1})})
		if err != nil || d.StatusCode != 0 || d.Failure == "" {
			t.Errorf("%s: %q was called: got status %d and failure %q (%v)", name, url, d.StatusCode, d.Failure, err)
		}
	}
	for _, addr := range dials.addrs {
		if host := netip.MustParseAddrPort(addr).Addr(); host.Unmap() != netip.MustParseAddr("93.184.216.34") && host != netip.MustParseAddr("2606:2800::1") {
			t.Errorf("connected to %s", addr)
		}
	}
	if len(urls) < 145 || len(dials.addrs) == 0 {
		t.Errorf("got %d URLs and %d connections to public addresses, want at least 145 and 1", len(urls), len(dials.addrs))
	}
	t.Logf("%d URLs", len(urls))
}

// TestSender_DoesNotFollowAHostThatMoves covers DNS rebinding: the host of a registered
// webhook resolves to each forbidden address at the next call.
func TestSender_DoesNotFollowAHostThatMoves(t *testing.T) {
	t.Parallel()
	const url = "https://moving.example/hook"
	hosts := fakeResolver{"moving.example": {"93.184.216.34"}}
	var dials dialRecorder
	s := newSender(t, func(c *SenderConfig) { c.Policy, c.Resolver = publicnet.Policy{}, hosts })
	dials.attach(s)
	if message := s.ValidateURL(t.Context(), url); message != "" {
		t.Fatal(message)
	}
	for _, text := range append(forbiddenIPv4, forbiddenIPv6...) {
		addr := strings.Replace(text, "%25", "%", 1)
		hosts["moving.example"] = []string{addr}
		d, err := s.Test(t.Context(), catalog.Webhook{ID: "whk_1", URL: url, Secret: catalog.NewWebhookSecret([32]byte{1})})
		if err != nil || !strings.Contains(d.Failure, "not on the public internet") || len(dials.addrs) > 0 {
			t.Errorf("%s: got failure %q (%v) and connections to %v", addr, d.Failure, err, dials.addrs)
		}
	}
}

// TestSender_DoesNotFollowRedirects answers with redirects to forbidden addresses.
func TestSender_DoesNotFollowRedirects(t *testing.T) {
	t.Parallel()
	var target string
	var status int
	calls := 0
	w := startReceiver(t, func(w http.ResponseWriter, _ *http.Request) {
		calls++
		w.Header().Set("Location", target)
		w.WriteHeader(status)
	})
	s := newSender(t)
	for _, target = range []string{w.URL, "/again", "//127.0.0.1/", "http://169.254.169.254/latest/meta-data/", "https://[::1]/", "file:///etc/passwd", "gopher://127.0.0.1/", "\\\\127.0.0.1\\", ""} {
		for _, status = range []int{301, 302, 303, 307, 308} {
			calls = 0
			if d, err := s.Test(t.Context(), w); err != nil || d.Succeeded() || d.StatusCode != status || calls != 1 {
				t.Errorf("%d to %q: got status %d after %d calls (%v), want a failure after one", status, target, d.StatusCode, calls, err)
			}
		}
	}
}
