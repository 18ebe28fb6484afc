//go:build bench

package bench

import (
	"net/http"
	"strconv"
	"sync"
)

// fixed answers with bytes that were put there before.
type fixed struct {
	mu      sync.RWMutex
	answers map[string][]byte
}

func newFixed() *fixed { return &fixed{mu: sync.RWMutex{}, answers: map[string][]byte{}} }

// put keeps an answer and tells its path.
func (f *fixed) put(name string, body []byte) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	path := "/fixed/" + name
	f.answers[path] = body
	return path
}

func (f *fixed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.RLock()
	body := f.answers[r.URL.Path]
	f.mu.RUnlock()
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // whoever asked may be gone
}
