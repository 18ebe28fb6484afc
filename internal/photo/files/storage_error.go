package files

import (
	"context"
	"errors"
	"fmt"
	"syscall"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
)

// storageError is a failure of the storage as a whole. It is a catalog.Error for the caller and
// keeps the cause, with the name of the storage, for the log.
type storageError struct {
	err    error
	caller *catalog.Error
}

func (e *storageError) Error() string { return e.err.Error() }

func (e *storageError) Unwrap() []error { return []error{e.err, e.caller} }

// newStorageError returns the error of an action on the storage that failed for a cause, or nil if
// the cause is nil. If the context has ended, it wraps the error of the context.
func newStorageError(ctx context.Context, action string, cause error) error {
	switch {
	case cause == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("%s: %w", action, ctx.Err())
	case errors.Is(cause, errFull), errors.Is(cause, syscall.ENOSPC), errors.Is(cause, syscall.EDQUOT):
		return &storageError{
			err: fmt.Errorf("%s: the storage of photos is full: %w", action, cause),
			caller: catalog.Errorf(catalog.StorageFull, errcode.StorageFull,
				"The storage of photos is full. The photo was not kept. Retry when the operator of this server has freed space."),
		}
	default:
		return &storageError{
			err:    fmt.Errorf("%s: %w", action, cause),
			caller: catalog.Errorf(catalog.Unavailable, errcode.Unavailable, "The storage of photos is unavailable. Retry later."),
		}
	}
}

// errFull is the cause if a bucket has no space left.
var errFull = errors.New("no space left")
