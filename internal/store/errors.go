package store

import (
	"errors"

	"gorm.io/gorm"

	"trailcat/internal/catalog"
)

// toDomainError turns what the database says about a thing into what the catalog says.
func toDomainError(err error, thing, id string) error {
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return catalog.NotFoundError(thing, id)
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return catalog.Errorf(catalog.Conflict, "", "Another %s was given the same id or number at the same time. Send the request again.", thing)
	default:
		return err
	}
}

// unavailableError is a failure of the database that may have passed when the
// caller tries again. It is a catalog.Error to the caller and keeps the cause for us.
type unavailableError struct{ Err error }

func (e *unavailableError) Error() string { return e.Err.Error() }

func (e *unavailableError) Unwrap() []error {
	return []error{e.Err, catalog.Errorf(catalog.Unavailable, "", "The database is unavailable. The write may not have been applied; check and retry.")}
}
