package quality_test

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/quality"
)

// slowStore lists no cats, takes 0.9 s for it and records which shelters were
// saved.
type slowStore struct {
	quality.Store

	saved []string
}

func (s *slowStore) ListedCats(ctx context.Context, _ string, _ func([]catalog.Cat) error) error {
	select {
	case <-ctx.Done():
	case <-time.After(900 * time.Millisecond):
	}
	return ctx.Err()
}

func (s *slowStore) CatsByMicrochip(context.Context, []string) ([]catalog.Cat, error) {
	return nil, nil
}

func (s *slowStore) SaveQuality(_ context.Context, shelterID string, _ catalog.Quality) error {
	s.saved = append(s.saved, shelterID)
	return nil
}

func TestQueue_SavesAllReviewsThatWereEnqueuedBeforeItCloses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		enqueued []string
		cancel   bool // end the context before closing
		want     []string
	}{
		"waiting reviews":                      {[]string{"a", "b", "c"}, false, []string{"a", "b", "c"}},
		"shelter that is waiting already":      {[]string{"a", "a", "b", "a"}, false, []string{"a", "b"}},
		"nothing":                              {nil, false, nil},
		"context ends before the queue closes": {[]string{"a", "b"}, true, []string{"a", "b"}},
		"more than the time limit allows":      {[]string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13"}, true, []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				store := &slowStore{}
				q := quality.NewQueue(quality.Reviewer{Store: store, Log: slog.New(slog.DiscardHandler), Now: time.Now})
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if tt.cancel {
					cancel()
				}
				ended := make(chan struct{})
				for _, id := range tt.enqueued {
					q.Enqueue(catalog.Shelter{ID: id})
				}
				go func() { q.Run(ctx); close(ended) }()
				time.Sleep(time.Millisecond) // fake time: Run has begun
				q.Close()
				q.Enqueue(catalog.Shelter{ID: "late"})
				<-ended
				if !slices.Equal(store.saved, tt.want) {
					t.Errorf("got reviews of %v, want %v", store.saved, tt.want)
				}
			})
		})
	}
}

func TestQueue_ReviewsWhatIsEnqueuedWhileItWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &slowStore{}
		q := quality.NewQueue(quality.Reviewer{Store: store, Log: slog.New(slog.DiscardHandler), Now: time.Now})
		go q.Run(t.Context())
		synctest.Wait()
		q.Enqueue(catalog.Shelter{ID: "a"})
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if want := []string{"a"}; !slices.Equal(store.saved, want) {
			t.Errorf("got reviews of %v, want %v", store.saved, want)
		}
		q.Close()
	})
}
