package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
)

// requestRow is a row of the table requests: an idempotent request and its response.
type requestRow struct {
	Holder      string `gorm:"primaryKey"`
	Name        string `gorm:"primaryKey"`
	Fingerprint string
	Status      int // 0 while the request is in progress
	Header      string
	Body        []byte
	At          time.Time
}

func (requestRow) TableName() string { return "requests" }

func newRequestRow(run catalog.IdempotentRequest, answer catalog.StoredResponse) (requestRow, error) {
	header, err := encode(answer.Header)
	return requestRow{
		Holder:      run.Holder,
		Name:        run.Name,
		Fingerprint: run.Fingerprint,
		Status:      answer.Status,
		Header:      header,
		Body:        append([]byte{}, answer.Body...), // never null
		At:          truncateMillis(run.At),
	}, err
}

func (r requestRow) answer() (*catalog.StoredResponse, error) {
	a := &catalog.StoredResponse{Status: r.Status, Header: nil, Body: r.Body}
	if err := decode(r.Header, &a.Header); err != nil {
		return nil, fmt.Errorf("header of request %s: %w", r.Name, err)
	}
	return a, nil
}

// truncateMillis truncates a time to what both engines store exactly, so that it can be
// compared.
func truncateMillis(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// BeginRequest records the start of an idempotent request, or returns the response
// that it had before. Of several concurrent calls, on any nodes, one starts. The error
// is Conflict while the request is in progress, and Invalid if its holder used the
// name for a different request.
func (s *Store) BeginRequest(ctx context.Context, run catalog.IdempotentRequest) (*catalog.StoredResponse, error) {
	row, err := newRequestRow(run, catalog.StoredResponse{})
	if err != nil {
		return nil, err
	}
	inserted, err := s.exec(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Clauses(clause.OnConflict{DoNothing: true}).Create(&row)
	})
	if err != nil || inserted == 1 {
		return nil, wrapError(err, "begin request")
	}
	var known requestRow
	err = s.read(ctx, func(db *gorm.DB) error {
		return db.Take(&known, "holder = ? AND name = ?", run.Holder, run.Name).Error
	})
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, errInProgress() // it failed just now
	}
	if err != nil {
		return nil, fmt.Errorf("read request: %w", err)
	}
	return s.repeatRequest(ctx, known, row)
}

// repeatRequest handles a request whose name is known.
func (s *Store) repeatRequest(ctx context.Context, known, row requestRow) (*catalog.StoredResponse, error) {
	age := row.At.Sub(known.At)
	expired := known.Status == 0 && (age >= catalog.RequestLease || age < -clockTolerance) // begun in the future by a wrong clock
	switch {
	case age >= catalog.ResponseTTL:
	case known.Fingerprint != row.Fingerprint:
		return nil, catalog.Errorf(catalog.Invalid, errcode.IdempotencyKeyReused, "This Idempotency-Key was used for a different request. Use a new key for each request.")
	case known.Status == erasedResponseStatus && len(known.Body) == 0:
		return nil, catalog.Errorf(catalog.Gone, errcode.Erased, "The request with this Idempotency-Key was carried out, and its response was erased since. Read what you need again.")
	case known.Status != 0:
		return known.answer()
	case !expired:
		return nil, errInProgress()
	}
	taken, err := s.execOnce(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Model(&requestRow{}).
			Where("holder = ? AND name = ? AND status = ? AND at = ?", known.Holder, known.Name, known.Status, known.At.UTC()).
			UpdateColumns(map[string]any{"fingerprint": row.Fingerprint, "status": 0, "header": row.Header, "body": row.Body, "at": row.At})
	})
	if err == nil && taken == 0 {
		err = errInProgress() // another call took it over first
	}
	return nil, wrapError(err, "take over request")
}

func errInProgress() error {
	return catalog.Errorf(catalog.Conflict, errcode.IdempotencyKeyRunning, "A request with this Idempotency-Key is in progress. Repeat it in a moment to get its response.")
}

// EndRequest stores the response to a request, unless another call has taken it over.
func (s *Store) EndRequest(ctx context.Context, run catalog.IdempotentRequest, answer catalog.StoredResponse) error {
	row, err := newRequestRow(run, answer)
	if err != nil {
		return err
	}
	_, err = s.execOnce(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Model(&requestRow{}).Where("holder = ? AND name = ? AND status = 0 AND at = ?", row.Holder, row.Name, row.At).
			UpdateColumns(map[string]any{"status": row.Status, "header": row.Header, "body": row.Body})
	})
	return wrapError(err, "end request")
}

// DeleteRequest deletes a request in progress, so that it can be repeated.
func (s *Store) DeleteRequest(ctx context.Context, run catalog.IdempotentRequest) error {
	_, err := s.execOnce(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Where("holder = ? AND name = ? AND status = 0 AND at = ?", run.Holder, run.Name, truncateMillis(run.At)).Delete(&requestRow{})
	})
	return wrapError(err, "delete request")
}

// DeleteRequestsBefore deletes the requests that started before a moment and returns how many.
func (s *Store) DeleteRequestsBefore(ctx context.Context, before time.Time) (int, error) {
	n, err := s.execOnce(ctx, func(db *gorm.DB) *gorm.DB { return db.Where("at < ?", truncateMillis(before)).Delete(&requestRow{}) })
	return int(n), wrapError(err, "delete old requests")
}

func wrapError(err error, action string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", action, err)
}
