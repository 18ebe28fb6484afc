package photo

import (
	"context"

	"trailcat/internal/catalog"
)

// Read returns what Keep would keep, and stores nothing. The errors are those of Keep.
func (k *Keeper) Read(ctx context.Context, file []byte) (catalog.KeptPhoto, error) {
	image, err := k.process(ctx, file)
	return image.KeptPhoto, err
}
