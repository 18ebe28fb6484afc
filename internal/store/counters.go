package store

import (
	"context"
	"fmt"
)

// NextNumbers takes n numbers of a counter for good and returns the first. A
// write that fails may leave a gap.
func (t tx) NextNumbers(ctx context.Context, counter string, n int) (int64, error) {
	const take = `INSERT INTO counters (name, value) VALUES (?, ?)
		ON CONFLICT (name) DO UPDATE SET value = counters.value + excluded.value RETURNING value`
	var last int64
	if err := t.counters.WithContext(ctx).Raw(take, counter, n).Scan(&last).Error; err != nil {
		return 0, fmt.Errorf("take %d numbers of %q: %w", n, counter, err)
	}
	return last - int64(n) + 1, nil
}
