package catalog

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"
)

// RecordAssessment keeps what somebody saw of a cat, and rates the cat anew.
func (c *Catalog) RecordAssessment(ctx context.Context, a Assessment) (Assessment, error) {
	err := c.write(ctx, "record_assessment", func(tx Tx) ([]Change, error) {
		cat, err := tx.Cat(ctx, a.CatID)
		if err != nil {
			return nil, err
		}
		a = c.fresh(a)
		changes := []Change{change(Created, AssessmentResource, a.ID, cat.ShelterID, 1, c.now(), nil)}
		if err := tx.SaveAssessment(ctx, a); err != nil {
			return nil, err
		}
		return c.rateAnew(ctx, tx, cat, changes)
	})
	return a, wrap(err, "record assessment of cat %s", a.CatID)
}

// fresh gives an assessment what we know of it and its sender does not say.
func (c *Catalog) fresh(a Assessment) Assessment {
	a.ID, a.PartnerID, a.KeyID, a.CreatedAt = NewID(AssessmentPrefix, c.newUUID()), c.actor.PartnerID, c.actor.KeyID, c.now()
	a.SupersededBy, a.WithdrawnAt = "", time.Time{}
	return a
}

// CorrectAssessment lays an edit over an assessment that counts. The old one
// stays and points to the new one, which is returned; an edit that changes
// nothing makes none. An error of the edit is the error.
func (c *Catalog) CorrectAssessment(ctx context.Context, catID, id string, edit func(*Assessment) error) (Assessment, error) {
	var a Assessment
	err := c.write(ctx, "correct_assessment", func(tx Tx) ([]Change, error) {
		cat, old, err := c.standing(ctx, tx, catID, id)
		if err != nil {
			return nil, err
		}
		a = old
		a.Levels = maps.Clone(old.Levels)
		if err := edit(&a); err != nil || a.says(old) {
			return nil, err
		}
		partnerID := a.PartnerID
		a = c.fresh(a)
		a.PartnerID = partnerID // an operator who corrects does not become the assessor's partner
		old.SupersededBy = a.ID
		changes := []Change{
			change(Updated, AssessmentResource, old.ID, cat.ShelterID, 2, c.now(), []string{"superseded_by"}),
			change(Created, AssessmentResource, a.ID, cat.ShelterID, 1, c.now(), nil),
		}
		for _, one := range []Assessment{old, a} {
			if err := tx.SaveAssessment(ctx, one); err != nil {
				return nil, err
			}
		}
		return c.rateAnew(ctx, tx, cat, changes)
	})
	return a, wrap(err, "correct assessment %s", id)
}

// WithdrawAssessment takes an assessment back. It stays to be seen and counts no
// longer. To withdraw it again changes nothing.
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
		if err := tx.SaveAssessment(ctx, a); err != nil {
			return nil, err
		}
		return c.rateAnew(ctx, tx, cat, []Change{change(RemovedOp, AssessmentResource, a.ID, cat.ShelterID, 2, c.now(), nil)})
	})
	return wrap(err, "withdraw assessment %s", id)
}

// PutHealth makes true how one gate of a cat stands, and rates the cat anew.
func (c *Catalog) PutHealth(ctx context.Context, item HealthItem) (HealthItem, Result, error) {
	result := WasUnchanged
	err := c.write(ctx, "put_health", func(tx Tx) ([]Change, error) {
		cat, err := tx.Cat(ctx, item.CatID)
		if err != nil {
			return nil, err
		}
		known, err := tx.Health(ctx, item.CatID)
		if err != nil {
			return nil, err
		}
		at := slices.IndexFunc(known, func(h HealthItem) bool { return h.Code == item.Code })
		if at >= 0 && item.says(known[at]) {
			item, result = known[at], WasUnchanged
			return nil, nil
		}
		op := Updated
		if result = WasUpdated; at < 0 {
			op, result = Created, WasCreated
		}
		item.PartnerID, item.UpdatedAt = c.actor.PartnerID, c.now()
		if err := tx.SaveHealth(ctx, item); err != nil {
			return nil, err
		}
		return c.rateAnew(ctx, tx, cat, []Change{change(op, HealthResource, item.CatID+"/"+item.Code, cat.ShelterID, 1, c.now(), nil)})
	})
	return item, result, wrap(err, "put health of cat %s", item.CatID)
}

// assessment finds an assessment of a cat, and the cat, which it holds.
func (c *Catalog) assessment(ctx context.Context, tx Tx, catID, id string) (Cat, Assessment, error) {
	cat, err := tx.Cat(ctx, catID)
	if err != nil {
		return Cat{}, Assessment{}, err
	}
	all, err := tx.Assessments(ctx, catID)
	if err != nil {
		return Cat{}, Assessment{}, err
	}
	at := slices.IndexFunc(all, func(a Assessment) bool { return a.ID == id })
	if at < 0 {
		return Cat{}, Assessment{}, Missing("assessment of this cat", id)
	}
	return cat, all[at], nil
}

// standing finds an assessment that counts.
func (c *Catalog) standing(ctx context.Context, tx Tx, catID, id string) (Cat, Assessment, error) {
	cat, a, err := c.assessment(ctx, tx, catID, id)
	if err != nil {
		return Cat{}, Assessment{}, err
	}
	if !a.WithdrawnAt.IsZero() {
		return Cat{}, Assessment{}, &Error{Kind: Conflict, Code: "assessment_withdrawn", Faults: nil, Detail: "This assessment was withdrawn. Record a new one instead."}
	}
	return cat, a, a.notSuperseded()
}

func (a Assessment) notSuperseded() error {
	if a.SupersededBy == "" {
		return nil
	}
	return &Error{
		Kind: Conflict, Code: "assessment_superseded", Faults: nil,
		Detail: fmt.Sprintf("This assessment was corrected already. The one that counts now began with %s.", a.SupersededBy),
	}
}

// rateAnew rates a cat and saves it where its rating differs, with a line for
// the log after those that led to it.
func (c *Catalog) rateAnew(ctx context.Context, tx Tx, cat Cat, changes []Change) ([]Change, error) {
	known := cat
	differs, err := c.rate(ctx, tx, &cat)
	if err != nil || !differs {
		return changes, err
	}
	cat.Version, cat.UpdatedAt = cat.Version+1, c.now()
	changes = append(changes, catChange(Rated, known, cat, []string{"adventure"}))
	return changes, tx.SaveCats(ctx, nil, []Cat{cat})
}

// rate gives a cat the rating that it has today, and says whether that differs
// in more than its date.
func (c *Catalog) rate(ctx context.Context, tx Tx, cat *Cat) (bool, error) {
	if c.rater == nil {
		return false, nil
	}
	all, err := tx.Assessments(ctx, cat.ID)
	if err != nil {
		return false, err
	}
	health, err := tx.Health(ctx, cat.ID)
	if err != nil {
		return false, err
	}
	standing := slices.DeleteFunc(all, func(a Assessment) bool { return !a.Counts() })
	var now Rating
	if len(standing)+len(health) > 0 {
		now = c.rater(*cat, standing, health, c.now().UTC().Truncate(24*time.Hour))
	}
	before := cat.Rating
	before.On = now.On
	cat.Rating = now
	return !reflect.DeepEqual(before, now), nil
}

// rateChanged rates those of the changed cats anew that were rated before and
// of which the age is told otherwise: nothing else that a source says moves the
// short of a rating.
func (c *Catalog) rateChanged(ctx context.Context, tx Tx, w *writing, outcomes []CatOutcome) error {
	for _, i := range w.changed {
		cat := &outcomes[i].Cat
		line := slices.IndexFunc(w.changes, func(ch Change) bool { return ch.ResourceID == cat.ID })
		if cat.Rating.Rubric == "" || !slices.Contains(w.changes[line].Fields, "birth") {
			continue
		}
		differs, err := c.rate(ctx, tx, cat)
		if err != nil {
			return err
		}
		if differs {
			w.changes[line].Fields = append(w.changes[line].Fields, "adventure")
		}
	}
	return nil
}
