package photo

import (
	"context"
	"fmt"
	"sync"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/photo/imaging"
)

// UsageReader reads what limits the photos of shelters. *store.Store implements it.
type UsageReader interface {
	Partner(ctx context.Context, id string) (catalog.Partner, error)
	PhotoUsage(ctx context.Context, shelterID string) (catalog.PhotoUsage, error)
	ShowsPhoto(ctx context.Context, shelterID, hash string) (bool, error)
}

// maxUsageAge is how long the usage of a shelter is cached. Counting its photos takes about as
// long as processing one.
const maxUsageAge = 30 * time.Second

// maxUsages is the number of shelters whose usage is cached.
const maxUsages = 10_000

// usages caches how many photos shelters have.
type usages struct {
	mu        sync.Mutex
	byShelter map[string]countedUsage
}

type countedUsage struct {
	catalog.PhotoUsage

	at time.Time
}

// CheckQuota returns an error of kind catalog.Conflict if a shelter has as many photos, or as many
// bytes of photos, as its quota allows, unless its cats show the photo in a file already. Photos
// that were added within 30 seconds may not be counted yet.
func (k *Keeper) CheckQuota(ctx context.Context, shelter catalog.Shelter, file []byte) error {
	err := k.checkQuota(ctx, shelter)
	if catalog.KindOf(err) != catalog.Conflict {
		return err
	}
	shown, showsErr := k.config.Usage.ShowsPhoto(ctx, shelter.ID, imaging.Hash(file))
	if showsErr != nil || shown {
		return showsErr
	}
	return err
}

// checkQuota returns an error of kind catalog.Conflict if a shelter may have no further photo.
func (k *Keeper) checkQuota(ctx context.Context, shelter catalog.Shelter) error {
	quotas := k.config.Quotas
	if shelter.PartnerID != "" {
		partner, err := k.config.Usage.Partner(ctx, shelter.PartnerID)
		if err != nil {
			return fmt.Errorf("read the quotas for photos: %w", err)
		}
		quotas = partner.Quotas.Or(quotas)
	}
	maxPhotos, maxBytes := limit(quotas.Photos), limit(quotas.PhotoBytes)
	if maxPhotos == 0 && maxBytes == 0 {
		return nil
	}
	usage, err := k.usage(ctx, shelter.ID)
	switch {
	case err != nil:
		return err
	case maxPhotos > 0 && usage.Photos >= maxPhotos:
		return catalog.Errorf(catalog.Conflict, errcode.QuotaExceeded, "The shelter has %d photos, and its quota is %d. %s", usage.Photos, maxPhotos, quotaAdvice)
	case maxBytes > 0 && usage.Bytes >= maxBytes:
		return catalog.Errorf(catalog.Conflict, errcode.QuotaExceeded, "The photos of the shelter take %d MB, and its quota is %d MB. %s", usage.Bytes>>20, maxBytes>>20, quotaAdvice)
	}
	return nil
}

const quotaAdvice = "Remove cats or photos that are no longer needed, or ask the operator for a higher quota; GET /v1/me shows the quotas."

func limit(quota *int64) int64 {
	if quota == nil {
		return 0
	}
	return *quota
}

// usage returns how many photos a shelter has, at most maxUsageAge ago.
func (k *Keeper) usage(ctx context.Context, shelterID string) (catalog.PhotoUsage, error) {
	now := k.config.Now()
	k.usages.mu.Lock()
	known, ok := k.usages.byShelter[shelterID]
	k.usages.mu.Unlock()
	if ok && now.Sub(known.at).Abs() < maxUsageAge {
		return known.PhotoUsage, nil
	}
	usage, err := k.config.Usage.PhotoUsage(ctx, shelterID)
	if err != nil {
		return catalog.PhotoUsage{}, err
	}
	k.usages.mu.Lock()
	defer k.usages.mu.Unlock()
	if k.usages.byShelter == nil || len(k.usages.byShelter) >= maxUsages {
		k.usages.byShelter = map[string]countedUsage{}
	}
	k.usages.byShelter[shelterID] = countedUsage{usage, now}
	return usage, nil
}
