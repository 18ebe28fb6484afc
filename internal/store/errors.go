package store

import (
	"errors"
	"fmt"

	"gorm.io/gorm"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
)

// toDomainError converts GORM's errors about a resource to domain errors.
func toDomainError(err error, resource, id string) error {
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return catalog.NotFoundError(resource, id)
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return catalog.Errorf(catalog.Conflict, errcode.Conflict, "Another %s was given the same id or number at the same time. Send the request again.", resource)
	default:
		return err
	}
}

// outageError is a failure of the database as a whole. It is a catalog.Error for the
// caller and keeps the cause, with the name of the database, for our logs.
type outageError struct {
	err    error
	caller *catalog.Error
}

func (e *outageError) Error() string { return e.err.Error() }

func (e *outageError) Unwrap() []error { return []error{e.err, e.caller} }

// openError returns the error that a database with a name cannot be opened.
func (d dialect) openError(name string, err error) error {
	return &outageError{err: fmt.Errorf("open %s: %s: %w", name, d.openAdvice, err), caller: unavailable.callerError()}
}

// callerError returns the error that a caller gets for errors of a class; nil if they are
// not about the database as a whole.
func (c errorClass) callerError() *catalog.Error {
	switch c {
	case readOnly:
		return catalog.Errorf(catalog.Unavailable, errcode.DatabaseReadOnly,
			"The database accepts no writes at the moment: it is read-only, for example because another database server takes over. The write was not applied. Retry later.")
	case storageFull:
		return catalog.Errorf(catalog.StorageFull, errcode.StorageFull, "The storage of the database is full. The write was not applied. Retry when the operator of this server has freed space.")
	case fileReplaced:
		return catalog.Errorf(catalog.Unavailable, errcode.DatabaseFileReplaced,
			"The file of the database was removed or replaced while the server was running. The write may be lost; repeat it when the operator has restarted this server.")
	case serializationFailure, connectionLost, unavailable:
		return catalog.Errorf(catalog.Unavailable, errcode.Unavailable, "The database is unavailable. The write may not have been applied; check and retry.")
	default:
		return nil
	}
}
