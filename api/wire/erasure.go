package wire

import (
	"time"

	"trailcat/internal/catalog"
)

// Erasure is the result of an erasure.
type Erasure struct {
	Erased   string    `json:"erased" enums:"cat,people,shelter,assessor,addresses"`                // What was erased.
	ID       *string   `json:"id" extensions:"x-nullable" example:"cat_01kabq4z8vf3ht2v0xw9r6m5ec"` // ID of the cat or shelter; null for addresses.
	ErasedAt time.Time `json:"erased_at" format:"date-time"`                                        // When it was erased; for a cat or shelter, the first time.
	Count    int64     `json:"count" example:"1"`                                                   // Number of cats and shelters, notes and facts, assessments and health items, or addresses that this request erased; 0 if there were none.
} //	@name	Erasure

// NewErasure returns the JSON shape of an erasure.
func NewErasure(what, id string, e catalog.Erasure) Erasure {
	return Erasure{Erased: what, ID: OrNull(id), ErasedAt: e.At, Count: e.Count}
}
