package store

import (
	"errors"

	"gorm.io/gorm"

	"trailcat/internal/catalog"
)

// toDomainError converts GORM's errors about a resource to domain errors.
func toDomainError(err error, resource, id string) error {
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return catalog.NotFoundError(resource, id)
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return catalog.Errorf(catalog.Conflict, "", "Another %s was given the same id or number at the same time. Send the request again.", resource)
	default:
		return err
	}
}

// unavailableError is a temporary failure of the database. It is a catalog.Error for
// the caller and keeps the cause for our logs.
type unavailableError struct{ Err error }

func (e *unavailableError) Error() string { return e.Err.Error() }

func (e *unavailableError) Unwrap() []error {
	return []error{e.Err, catalog.Errorf(catalog.Unavailable, "", "The database is unavailable. The write may not have been applied; check and retry.")}
}
