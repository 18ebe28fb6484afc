package catalog

import (
	"context"
	"crypto/sha256"
	"maps"
	"slices"
	"time"

	"trailcat/internal/errcode"
)

// Assessment is what one person observed of a cat on one visit. A stored assessment
// is never overwritten: a correction supersedes it.
type Assessment struct {
	ID           string // asm_…
	CatID        string
	PartnerID    string // the partner that vouches for the assessor; empty for an operator
	AssessorID   string // the partner's own id of the person
	KeyID        string // of the key that was used
	Role         string // a code of the rubric, as are Context and the keys of Levels
	Context      string
	ObservedOn   time.Time // a date
	DaysInPlace  *int      // days since the cat arrived at that kennel or home
	Levels       map[string]int
	Note         string
	Form         AssessmentForm
	Minutes      *int // that the visit took; nil: unknown
	CreatedAt    time.Time
	SupersededBy string    // the id of its correction
	WithdrawnAt  time.Time // zero: not withdrawn
}

// AssessmentForm is the form with which an assessment was recorded.
type AssessmentForm string

// The forms. An assessment without a form was recorded in another way.
const (
	ShortForm AssessmentForm = "short" // three to six traits, by one person on one visit
	FullForm  AssessmentForm = "full"  // all traits
)

// Assessor identifies the assessor across partners, since two partners may use the
// same id.
func (a Assessment) Assessor() string { return a.PartnerID + ":" + a.AssessorID }

// Counts reports whether the assessment is neither superseded nor withdrawn.
func (a Assessment) Counts() bool { return a.SupersededBy == "" && a.WithdrawnAt.IsZero() }

// equalContent reports whether two assessments have the same content.
func (a Assessment) equalContent(b Assessment) bool {
	return a.AssessorID == b.AssessorID && a.Role == b.Role && a.Context == b.Context &&
		a.ObservedOn.Equal(b.ObservedOn) && equalInt(a.DaysInPlace, b.DaysInPlace) && a.Note == b.Note &&
		a.Form == b.Form && equalInt(a.Minutes, b.Minutes) && maps.Equal(a.Levels, b.Levels)
}

func equalInt(a, b *int) bool { return a == b || a != nil && b != nil && *a == *b }

func (a Assessment) notSuperseded() error {
	if a.SupersededBy == "" {
		return nil
	}
	return Errorf(Conflict, errcode.AssessmentSuperseded, "This assessment was corrected. Its correction is %s.", a.SupersededBy)
}

// HealthItem is what was verified or reported about a cat for one gate of the rubric.
type HealthItem struct {
	CatID      string
	Code       string // a code of the rubric, as are Status and Severity
	Status     string
	Severity   string
	HappenedOn time.Time // a date, as are the other dates
	ValidUntil time.Time
	VerifiedBy string
	VerifiedOn time.Time
	Reported   bool   // by the shelter's own software: nobody verified it
	PartnerID  string // the partner that reported it
	UpdatedAt  time.Time
}

// equalContent reports whether two items have the same content.
func (h HealthItem) equalContent(other HealthItem) bool {
	other.PartnerID, other.UpdatedAt = h.PartnerID, h.UpdatedAt
	return h == other
}

// Evidence is everything that was recorded of one cat.
type Evidence struct {
	Assessments []Assessment // in the order of recording
	Health      []HealthItem // by code
}

// RecordAssessment stores an assessment and recomputes the cat's rating.
func (c *Catalog) RecordAssessment(ctx context.Context, a Assessment) (Assessment, error) {
	err := c.write(ctx, "record_assessment", func(tx Tx) ([]Change, error) {
		cat, err := tx.Cats.Cat(ctx, a.CatID)
		if err != nil {
			return nil, err
		}
		a = c.newAssessment(a)
		changes := []Change{newChange(Created, AssessmentResource, a.ID, cat.ShelterID, 1, c.now(), nil)}
		if err := tx.Evidence.SaveAssessments(ctx, []Assessment{a}); err != nil {
			return nil, err
		}
		return c.recomputeRating(ctx, tx, cat, changes)
	})
	return a, wrap(err, "record assessment of cat %s", a.CatID)
}

// RecordVisit stores an assessment that its sender identifies by a visit, any text that is
// unique to it, and recomputes the cat's rating. If the visit to this cat was recorded
// before, it returns that assessment, in whatever state it is now, and stores nothing. The
// error is Conflict if it was recorded with other answers.
func (c *Catalog) RecordVisit(ctx context.Context, visit string, a Assessment) (Assessment, Result, error) {
	hash := sha256.Sum256([]byte(a.CatID + " " + visit))
	id := NewID(AssessmentPrefix, [16]byte(hash[:16]))
	result := ResultCreated
	err := c.write(ctx, "record_visit", func(tx Tx) ([]Change, error) {
		cat, err := tx.Cats.Cat(ctx, a.CatID)
		if err != nil {
			return nil, err
		}
		evidence, err := tx.Evidence.Evidence(ctx, []string{cat.ID})
		if err != nil {
			return nil, err
		}
		known := evidence[cat.ID].Assessments
		if i := slices.IndexFunc(known, func(k Assessment) bool { return k.ID == id }); i >= 0 {
			if !maps.Equal(known[i].Levels, a.Levels) || !known[i].ObservedOn.Equal(a.ObservedOn) {
				return nil, Errorf(Conflict, errcode.AlreadyExists, "This visit is already recorded, with other answers. Assess the cat again, or ask your shelter to correct the visit.")
			}
			a, result = known[i], ResultUnchanged
			return nil, nil
		}
		a, result = c.newAssessment(a), ResultCreated
		a.ID = id
		if err := tx.Evidence.SaveAssessments(ctx, []Assessment{a}); err != nil {
			return nil, err
		}
		return c.recomputeRating(ctx, tx, cat, []Change{newChange(Created, AssessmentResource, a.ID, cat.ShelterID, 1, c.now(), nil)})
	})
	return a, result, wrap(err, "record visit to cat %s", a.CatID)
}

// newAssessment sets the fields of a new assessment that its sender does not determine.
func (c *Catalog) newAssessment(a Assessment) Assessment {
	a.ID, a.PartnerID, a.KeyID, a.CreatedAt = NewID(AssessmentPrefix, c.newUUID()), c.actor.PartnerID, c.actor.KeyID, c.now()
	a.SupersededBy, a.WithdrawnAt = "", time.Time{}
	return a
}

// CorrectAssessment applies an edit to an assessment that counts. The old
// assessment is kept and refers to the new one, which is returned. An edit that
// changes nothing creates none. An error of the edit is returned.
func (c *Catalog) CorrectAssessment(ctx context.Context, catID, id string, edit func(*Assessment) error) (Assessment, error) {
	var a Assessment
	err := c.write(ctx, "correct_assessment", func(tx Tx) ([]Change, error) {
		cat, old, err := c.activeAssessment(ctx, tx, catID, id)
		if err != nil {
			return nil, err
		}
		a = old
		a.Levels = maps.Clone(old.Levels)
		if err := edit(&a); err != nil || a.equalContent(old) {
			return nil, err
		}
		partnerID := a.PartnerID
		a = c.newAssessment(a)
		a.PartnerID = partnerID // the correction of an operator stays the assessor's partner's
		old.SupersededBy = a.ID
		changes := []Change{
			newChange(Updated, AssessmentResource, old.ID, cat.ShelterID, 2, c.now(), []string{"superseded_by"}),
			newChange(Created, AssessmentResource, a.ID, cat.ShelterID, 1, c.now(), nil),
		}
		if err := tx.Evidence.SaveAssessments(ctx, []Assessment{old, a}); err != nil {
			return nil, err
		}
		return c.recomputeRating(ctx, tx, cat, changes)
	})
	return a, wrap(err, "correct assessment %s", id)
}

// WithdrawAssessment withdraws an assessment. It stays visible but no longer
// counts. Withdrawing it again changes nothing.
func (c *Catalog) WithdrawAssessment(ctx context.Context, catID, id string) error {
	err := c.write(ctx, "withdraw_assessment", func(tx Tx) ([]Change, error) {
		cat, a, err := c.assessment(ctx, tx, catID, id)
		if err != nil || !a.WithdrawnAt.IsZero() {
			return nil, err
		}
		if err := a.notSuperseded(); err != nil {
			return nil, err
		}
		a.WithdrawnAt = c.now()
		if err := tx.Evidence.SaveAssessments(ctx, []Assessment{a}); err != nil {
			return nil, err
		}
		return c.recomputeRating(ctx, tx, cat, []Change{newChange(OpRemoved, AssessmentResource, a.ID, cat.ShelterID, 2, c.now(), nil)})
	})
	return wrap(err, "withdraw assessment %s", id)
}

// PutHealth stores a health item, in place of the cat's item of the same code, and
// recomputes the cat's rating.
func (c *Catalog) PutHealth(ctx context.Context, item HealthItem) (HealthItem, Result, error) {
	result := ResultUnchanged
	err := c.write(ctx, "put_health", func(tx Tx) ([]Change, error) {
		cat, err := tx.Cats.Cat(ctx, item.CatID)
		if err != nil {
			return nil, err
		}
		evidence, err := tx.Evidence.Evidence(ctx, []string{item.CatID})
		if err != nil {
			return nil, err
		}
		known := evidence[item.CatID].Health
		i := slices.IndexFunc(known, func(h HealthItem) bool { return h.Code == item.Code })
		if i >= 0 && item.equalContent(known[i]) {
			item, result = known[i], ResultUnchanged
			return nil, nil
		}
		op := Updated
		if result = ResultUpdated; i < 0 {
			op, result = Created, ResultCreated
		}
		item.PartnerID, item.UpdatedAt = c.actor.PartnerID, c.now()
		if err := tx.Evidence.SaveHealth(ctx, []HealthItem{item}); err != nil {
			return nil, err
		}
		return c.recomputeRating(ctx, tx, cat, []Change{newChange(op, HealthResource, item.CatID+"/"+item.Code, cat.ShelterID, 1, c.now(), nil)})
	})
	return item, result, wrap(err, "put health of cat %s", item.CatID)
}

// assessment returns an assessment and its cat, which it locks.
func (c *Catalog) assessment(ctx context.Context, tx Tx, catID, id string) (Cat, Assessment, error) {
	cat, err := tx.Cats.Cat(ctx, catID)
	if err != nil {
		return Cat{}, Assessment{}, err
	}
	evidence, err := tx.Evidence.Evidence(ctx, []string{catID})
	if err != nil {
		return Cat{}, Assessment{}, err
	}
	all := evidence[catID].Assessments
	i := slices.IndexFunc(all, func(a Assessment) bool { return a.ID == id })
	if i < 0 {
		return Cat{}, Assessment{}, Errorf(NotFound, errcode.NotFound, "The cat has no assessment %q.", id)
	}
	return cat, all[i], nil
}

// activeAssessment returns an assessment that counts, and its cat.
func (c *Catalog) activeAssessment(ctx context.Context, tx Tx, catID, id string) (Cat, Assessment, error) {
	cat, a, err := c.assessment(ctx, tx, catID, id)
	if err != nil {
		return Cat{}, Assessment{}, err
	}
	if !a.WithdrawnAt.IsZero() {
		return Cat{}, Assessment{}, Errorf(Conflict, errcode.AssessmentWithdrawn, "This assessment was withdrawn. Record a new one instead.")
	}
	return cat, a, a.notSuperseded()
}
