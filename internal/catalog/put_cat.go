package catalog

import (
	"context"
	"fmt"
)

// Condition is what a write of one cat counts on. The zero Condition counts on nothing.
type Condition struct {
	Absent  bool  // there is no such cat yet; else the error is Conflict
	Present bool  // there is one; else the error is Stale
	Version int64 // it is at this version, where this is not 0; else the error is Stale
}

// PutCat makes one edit true as PutCats does, if the condition holds. An edit
// that cannot be true is an error.
func (c *Catalog) PutCat(ctx context.Context, shelterID string, edit CatEdit, only Condition) (Cat, Result, error) {
	outcomes, err := c.putCats(ctx, shelterID, []CatEdit{edit}, func(outcomes []CatOutcome) error {
		if outcomes[0].Err != nil {
			return outcomes[0].Err
		}
		return only.check(edit.ExternalID, outcomes[0])
	})
	if err != nil {
		return Cat{}, WasRefused, err
	}
	return outcomes[0].Cat, outcomes[0].Result, nil
}

// check holds the condition against what a write is about to do.
func (only Condition) check(externalID string, o CatOutcome) error {
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
		return &Error{Kind: Stale, Code: "version_mismatch", Faults: nil, Detail: fmt.Sprintf("The shelter has no cat %q. Leave If-Match out to create it.", externalID)}
	case isNew:
		return nil
	default:
		return fresh("cat", before, only.Version)
	}
}
