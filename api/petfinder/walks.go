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

// walks remembers how those who count pages get from one to the next. The index
// walks by cursors, each of which begins where a page ended, so that nothing is
// met twice or missed while listings change; a page number alone would count
// from a beginning that moves. See docs/adr/0008-petfinder-pages.md.
type walks struct {
	now func() time.Time
	mu  sync.Mutex
	all *lru.Cache[uint64, *walk]
}

const (
	rememberedWalks = 4_000
	rememberedPages = 64 // of a walk, the last ones
	walkLife        = 30 * time.Minute
)

// walk is one client's way through one list.
type walk struct {
	seed   int64
	pages  int // how many there were at the beginning
	steps  map[int]string
	ended  int // the last page, 0 if it was not reached yet
	seenAt time.Time
}

// step leads to a page.
type step struct {
	cursor string
	seed   int64 // of a random order
}

// text is the step to a page as a parameter.
func (s step) text(page int) string {
	return strconv.Itoa(page) + "." + strconv.FormatInt(s.seed, 36) + "." + s.cursor
}

func parseStep(text string) (page int, s step, ok bool) {
	parts := strings.SplitN(text, ".", 3)
	if len(parts) != 3 {
		return 0, step{}, false
	}
	page, err := strconv.Atoi(parts[0])
	if err != nil {
		return 0, step{}, false
	}
	s.seed, err = strconv.ParseInt(parts[1], 36, 64)
	s.cursor = parts[2]
	_, notOurs := base64.RawURLEncoding.DecodeString(s.cursor)
	return page, s, err == nil && notOurs == nil && s.cursor != ""
}

func newWalks(now func() time.Time) (*walks, error) {
	all, err := lru.New[uint64, *walk](rememberedWalks)
	return &walks{now: now, mu: sync.Mutex{}, all: all}, err
}

// walkID tells the walks of different clients through different lists apart.
func walkID(client, list string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(client + "\x00" + list)) // never fails
	return h.Sum64()
}

// progress is what is known of the page that a walk is to come to.
type progress struct {
	step
	known bool // there is a step to it
	over  bool // the walk ended before it
	last  bool // when the walk began, this was to be the last page
}

// to tells how the walk goes on to a page.
func (w *walks) to(id uint64, page int) progress {
	w.mu.Lock()
	defer w.mu.Unlock()
	walk, ok := w.all.Get(id)
	if !ok || page == 1 || w.now().Sub(walk.seenAt) > walkLife {
		return progress{}
	}
	cursor, known := walk.steps[page]
	return progress{
		step:  step{cursor: cursor, seed: walk.seed},
		known: known, over: walk.ended > 0 && page > walk.ended, last: page == walk.pages,
	}
}

// came notes that a walk came to a page, and which cursor leads on: none where
// it ended. A page to which no step led begins another walk.
func (w *walks) came(id uint64, page int, began bool, pages int, next step) {
	w.mu.Lock()
	defer w.mu.Unlock()
	at, ok := w.all.Get(id)
	if !ok || began {
		at = &walk{seed: next.seed, pages: pages, steps: map[int]string{}, ended: 0, seenAt: time.Time{}}
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
