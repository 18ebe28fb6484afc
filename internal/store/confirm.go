package store

import (
	"context"
	"fmt"
	"time"
)

// MarkSeen notes when these cats were last spoken of. It is no change.
func (t tx) MarkSeen(ctx context.Context, catIDs []string, at time.Time) error {
	if len(catIDs) == 0 {
		return nil
	}
	err := t.db.WithContext(ctx).Model(&catRow{}).Where(t.dialect.anyOf("id", catIDs)).UpdateColumn("confirmed_at", at.UTC()).Error
	if err != nil {
		return fmt.Errorf("confirm %d cats: %w", len(catIDs), err)
	}
	return nil
}
