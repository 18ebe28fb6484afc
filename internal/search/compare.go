package search

import (
	"context"
	"fmt"
	"sync"

	"trailcat/internal/catalog"
)

// Compare compares the versions of all cats with the source and returns how many differ: 0,
// unless the index missed a change or the source was changed without a log entry. It reads all
// cats, while queries are answered and changes are applied.
func (x *Index) Compare(ctx context.Context) (different int, err error) {
	if !x.State().Ready {
		return 0, errNotFilled()
	}
	var mu sync.Mutex
	suspects := map[string]int64{} // versions as they were read
	err = x.source.ScanCats(ctx, func(cats []catalog.Cat, _ catalog.LogPosition) error {
		mu.Lock()
		defer mu.Unlock()
		for i := range cats {
			if version, _, _, ok := x.Version(cats[i].ID); !ok || version != cats[i].Version {
				suspects[cats[i].ID] = cats[i].Version
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("read cats: %w", err)
	}
	if len(suspects) == 0 {
		return 0, nil
	}
	// The others changed meanwhile: the index must now have that version or a later one.
	if err := x.CatchUp(ctx); err != nil {
		return 0, err
	}
	for id, read := range suspects {
		version, _, _, ok := x.Version(id)
		if ok && version == read {
			continue
		}
		rows, _, err := x.source.CatsWithPosition(ctx, []string{id})
		if err != nil {
			return 0, fmt.Errorf("read cats: %w", err)
		}
		if !ok || version < read || len(rows) == 0 || version > rows[0].Version {
			different++
		}
	}
	return different, nil
}
