package catalog

import (
	"context"
	"fmt"
)

// Precondition is what a write of one cat counts on. The zero Condition counts on nothing.
type Precondition struct {
	Absent  bool  // there is no such cat yet; else the error is Conflict
	Present bool  // there is one; else the error is Stale
	Version int64 // it is at this version, where this is not 0; else the error is Stale
}

// PutCat makes one edit true as UpsertCats does, if the condition holds. An edit
// that cannot be true is an error.
func (c *Catalog) PutCat(ctx context.Context, shelterID string, edit CatUpdate, only Precondition) (Cat, Result, error) {
	outcomes, err := c.putCats(ctx, shelterID, []CatUpdate{edit}, func(outcomes []CatResult) error {
		if outcomes[0].Err != nil {
			return outcomes[0].Err
		}
		return only.check(edit.ExternalID, outcomes[0])
	})
	if err != nil {
		return Cat{}, ResultRejected, err
	}
	return outcomes[0].Cat, outcomes[0].Result, nil
}

// check holds the condition against what a write is about to do.
func (only Precondition) check(externalID string, o CatResult) error {
	isNew, before := o.Result == WasCreated, o.Cat.Version
	if o.Result == WasUpdated {
		before--
	}
	switch {
	case only.Absent && !isNew:
		return &Error{
			Kind: Conflict, Code: "already_exists", Faults: nil,
			Detail: fmt.Sprintf("The shelter has a cat %q already: %s. PUT or PATCH changes it.", externalID, o.Cat.ID),
		}
	case isNew && (only.Present || only.Version != 0):
		return &Error{Kind: PreconditionFailed, Code: "version_mismatch", Faults: nil, Detail: fmt.Sprintf("The shelter has no cat %q. Leave If-Match out to create it.", externalID)}
	case isNew:
		return nil
	default:
		return checkVersion("cat", before, only.Version)
	}
}
