package store

import (
	"context"

	"trailcat/internal/catalog"
)

// CatByExternalID finds one cat by its shelter and the shelter's own id for it.
func (s *Store) CatByExternalID(ctx context.Context, shelterID, externalID string) (catalog.Cat, error) {
	return s.oneCat(ctx, externalID, "shelter_id = ? AND external_id = ?", shelterID, externalID)
}
