package petfinder

import (
	"encoding/base64"
	"hash/fnv"
	"strconv"
	"strings"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

// pagingSessions remembers how those who count pages get from one to the next. The index
// walks by cursors, each of which begins where a page ended, so that nothing is
// met twice or missed while listings change; a page number alone would count
// from a beginning that moves. See docs/adr/0008-petfinder-pages.md.
type pagingSessions struct {
	now func() time.Time
	mu  sync.Mutex
	all *lru.Cache[uint64, *pagingSession]
}

const (
	rememberedWalks = 4_000
	rememberedPages = 64 // of a walk, the last ones
	walkLife        = 30 * time.Minute
)

// pagingSession is one client's way through one list.
type pagingSession struct {
	seed   int64
	pages  int // how many there were at the beginning
	steps  map[int]string
	ended  int // the last page, 0 if it was not reached yet
	seenAt time.Time
}

// pageStart leads to a page.
type pageStart struct {
	cursor string
	seed   int64 // of a random order
}

// text is the step to a page as a parameter.
func (s pageStart) text(page int) string {
	return strconv.Itoa(page) + "." + strconv.FormatInt(s.seed, 36) + "." + s.cursor
}

func parseStep(text string) (page int, s pageStart, ok bool) {
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
	_, notOurs := base64.RawURLEncoding.DecodeString(s.cursor)
	return page, s, err == nil && notOurs == nil && s.cursor != ""
}

func newWalks(now func() time.Time) (*pagingSessions, error) {
	all, err := lru.New[uint64, *pagingSession](rememberedWalks)
	return &pagingSessions{now: now, mu: sync.Mutex{}, all: all}, err
}

// sessionKey tells the walks of different clients through different lists apart.
func sessionKey(client, list string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(client + "\x00" + list)) // never fails
	return h.Sum64()
}

// resumePoint is what is known of the page that a walk is to come to.
type resumePoint struct {
	pageStart
	known bool // there is a step to it
	over  bool // the walk ended before it
	last  bool // when the walk began, this was to be the last page
}

// resume tells how the walk goes on to a page.
func (w *pagingSessions) resume(id uint64, page int) resumePoint {
	w.mu.Lock()
	defer w.mu.Unlock()
	walk, ok := w.all.Get(id)
	if !ok || page == 1 || w.now().Sub(walk.seenAt) > walkLife {
		return resumePoint{}
	}
	cursor, known := walk.steps[page]
	return resumePoint{
		pageStart: pageStart{cursor: cursor, seed: walk.seed},
		known:     known, over: walk.ended > 0 && page > walk.ended, last: page == walk.pages,
	}
}

// record notes that a walk came to a page, and which cursor leads on: none where
// it ended. A page to which no step led begins another walk.
func (w *pagingSessions) record(id uint64, page int, began bool, pages int, next pageStart) {
	w.mu.Lock()
	defer w.mu.Unlock()
	at, ok := w.all.Get(id)
	if !ok || began {
		at = &pagingSession{seed: next.seed, pages: pages, steps: map[int]string{}, ended: 0, seenAt: time.Time{}}
		w.all.Add(id, at)
	}
	at.seenAt = w.now()
	if next.cursor == "" {
		at.ended = page
		return
	}
	at.steps[page+1] = next.cursor
	delete(at.steps, page+1-rememberedPages)
}
