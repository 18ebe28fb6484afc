package api

import (
	"context"
	"sync"

	"github.com/labstack/echo/v4"

	"trailcat/internal/catalog"
	"trailcat/internal/search"
)

// pendingWrites holds the committed writes of a request until the index applies them
// from memory. It is safe for concurrent use.
type pendingWrites struct {
	mu         sync.Mutex
	writes     []catalog.Written
	changes    int
	incomplete bool // some writes were dropped, so the index must read the log
}

// maxPendingChanges bounds what a request keeps. Long imports exceed it: the index
// takes them up from the log.
const maxPendingChanges = 1000

const pendingWritesName = "pending writes"

// pendingWritesOf returns the pending writes of a request.
func pendingWritesOf(c echo.Context) *pendingWrites {
	if p, ok := c.Get(pendingWritesName).(*pendingWrites); ok {
		return p
	}
	p := &pendingWrites{mu: sync.Mutex{}, writes: nil, changes: 0, incomplete: false}
	c.Set(pendingWritesName, p)
	return p
}

// record is an observer of a catalog.
func (p *pendingWrites) record(_ context.Context, w catalog.Written) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.changes += len(w.Changes); p.changes > maxPendingChanges {
		p.writes, p.incomplete = nil, true
	}
	if !p.incomplete {
		p.writes = append(p.writes, w)
	}
}

// applyTo applies the pending writes to the index. It reports whether there were any
// and the index applied all of them.
func (p *pendingWrites) applyTo(ctx context.Context, index *search.Index) bool {
	p.mu.Lock()
	writes, incomplete := p.writes, p.incomplete
	p.writes, p.changes, p.incomplete = nil, 0, false
	p.mu.Unlock()
	if incomplete || len(writes) == 0 {
		return false
	}
	for _, w := range writes {
		if !index.ApplyWritten(ctx, w) {
			return false
		}
	}
	return true
}

// shelterToWrite returns a shelter that belongs to the caller, from the index if it
// knows the shelter. The index may be slightly behind, so that the write must check
// the owner again; see catalogForOwner.
func (a *API) shelterToWrite(c echo.Context, idOrCode string) (catalog.Shelter, error) {
	if shelter, ok := a.Index.ShelterInfo(idOrCode); ok && principalFrom(c).Owns(shelter.PartnerID) {
		return shelter, nil
	}
	return a.ownShelter(c, idOrCode)
}

// catalogForOwner is catalogFor with a check that the caller owns the shelter whose
// cats it writes.
func (a *API) catalogForOwner(c echo.Context) *catalog.Catalog {
	p := principalFrom(c)
	return a.catalogFor(c).WithOwnerCheck(func(s catalog.Shelter) error {
		if !p.Owns(s.PartnerID) {
			return catalog.NotFoundError("shelter", s.ID)
		}
		return nil
	})
}
