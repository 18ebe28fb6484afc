package petfinder

import (
	"encoding/base64"
	"hash/fnv"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/labstack/echo/v4"
)

// pagingSessions map the page numbers that clients request to cursors of the index. With
// cursors no item is repeated or missed while listings change; a page number alone would
// count from the start of a list that moves. See docs/adr/0008-petfinder-pages.md.
type pagingSessions struct {
	now      func() time.Time
	mu       sync.Mutex
	sessions *lru.Cache[uint64, *pagingSession]
}

const (
	maxSessions     = 4_000
	maxSessionPages = 64 // the last pages of a session
	sessionTTL      = 30 * time.Minute
)

// pagingSession is the progress of one client in one list.
type pagingSession struct {
	seed       int64
	totalPages int            // of the first page
	cursors    map[int]string // by page number
	lastPage   int            // 0 until the end of the list was reached
	usedAt     time.Time
}

// pageStart is where a page starts.
type pageStart struct {
	cursor string
	seed   int64 // of a random order
}

// encode returns the value of the cursor parameter for the page with this number.
func (s pageStart) encode(page int) string {
	return strconv.Itoa(page) + "." + strconv.FormatInt(s.seed, 36) + "." + s.cursor
}

// parsePageStart parses a cursor parameter. It reports false if the text is not one.
func parsePageStart(text string) (page int, s pageStart, ok bool) {
	parts := strings.SplitN(text, ".", 3)
	if len(parts) != 3 {
		return 0, pageStart{}, false
	}
	page, err := strconv.Atoi(parts[0])
	if err != nil {
		return 0, pageStart{}, false
	}
	s.seed, err = strconv.ParseInt(parts[1], 36, 64)
	s.cursor = parts[2]
	_, cursorErr := base64.RawURLEncoding.DecodeString(s.cursor)
	return page, s, err == nil && cursorErr == nil && s.cursor != ""
}

func newPagingSessions(now func() time.Time) (*pagingSessions, error) {
	sessions, err := lru.New[uint64, *pagingSession](maxSessions)
	return &pagingSessions{now: now, mu: sync.Mutex{}, sessions: sessions}, err
}

// sessionKey returns the key of the session of a client in a list.
func sessionKey(client, list string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(client + "\x00" + list)) // never fails
	return h.Sum64()
}

// clientID distinguishes clients that share a key by their address. It does not contain
// the token, so a client that requests a new token keeps its sessions.
func clientID(c echo.Context) string {
	r := c.Request()
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	return principalFrom(c).KeyID + " " + host + " " + r.Header.Get(echo.HeaderXForwardedFor)
}

// resumePoint is what is known about a requested page.
type resumePoint struct {
	pageStart
	known   bool // the page start is set
	pastEnd bool // the list ended before this page
	last    bool // this was the last page when the session began
}

// resumeSession returns the key of the client's session in a list, and where the
// requested page starts: as the link says, or else as the session does.
func (s *server) resumeSession(c echo.Context, resource string, p page) (session uint64, from resumePoint) {
	session = sessionKey(clientID(c), resource+p.list)
	from = s.sessions.resume(session, p.number)
	if p.linked {
		from.pageStart, from.known = p.start, true
	}
	return session, from
}

// resume returns what a session knows about a page. The first page is never resumed.
func (p *pagingSessions) resume(key uint64, page int) resumePoint {
	p.mu.Lock()
	defer p.mu.Unlock()
	session, ok := p.sessions.Get(key)
	if !ok || page == 1 || p.now().Sub(session.usedAt) > sessionTTL {
		return resumePoint{}
	}
	cursor, known := session.cursors[page]
	return resumePoint{
		pageStart: pageStart{cursor: cursor, seed: session.seed},
		known:     known, pastEnd: session.lastPage > 0 && page > session.lastPage, last: page == session.totalPages,
	}
}

// record records that a page was returned and where the next one starts; its cursor is
// empty at the end of the list. If begin is true, it replaces the session by a new one.
func (p *pagingSessions) record(key uint64, page int, begin bool, totalPages int, next pageStart) {
	p.mu.Lock()
	defer p.mu.Unlock()
	session, ok := p.sessions.Get(key)
	if !ok || begin {
		session = &pagingSession{seed: next.seed, totalPages: totalPages, cursors: map[int]string{}, lastPage: 0, usedAt: time.Time{}}
		p.sessions.Add(key, session)
	}
	session.usedAt = p.now()
	if next.cursor == "" {
		session.lastPage = page
		return
	}
	session.cursors[page+1] = next.cursor
	delete(session.cursors, page+1-maxSessionPages)
}
