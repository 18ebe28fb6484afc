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
		return c.recomputeRating(ctx, tx, cat, changes)
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
		return c.recomputeRating(ctx, tx, cat, changes)
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
		return c.recomputeRating(ctx, tx, cat, []Change{change(OpRemoved, AssessmentResource, a.ID, cat.ShelterID, 2, c.now(), nil)})
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
		return c.recomputeRating(ctx, tx, cat, []Change{change(op, HealthResource, item.CatID+"/"+item.Code, cat.ShelterID, 1, c.now(), nil)})
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
		return Cat{}, Assessment{}, NotFoundError("assessment of this cat", id)
	}
	return cat, all[at], nil
}

// activeAssessment finds an assessment that counts.
func (c *Catalog) activeAssessment(ctx context.Context, tx Tx, catID, id string) (Cat, Assessment, error) {
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

// recomputeRating rates a cat and saves it where its rating differs, with a line for
// the log after those that led to it.
func (c *Catalog) recomputeRating(ctx context.Context, tx Tx, cat Cat, changes []Change) ([]Change, error) {
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
	of, err := recordsOf(ctx, tx, []string{cat.ID})
	return err == nil && c.rateFrom(cat, of[cat.ID]), err
}

// evidence are all that was recorded of a cat.
type evidence struct {
	assessments []Assessment
	health      []HealthItem
}

// recordsOf reads what was recorded of cats, by their ids.
func recordsOf(ctx context.Context, tx Tx, catIDs []string) (map[string]evidence, error) {
	assessments, err := tx.AssessmentsOf(ctx, catIDs)
	if err != nil {
		return nil, err
	}
	health, err := tx.HealthOf(ctx, catIDs)
	if err != nil {
		return nil, err
	}
	out := make(map[string]evidence, len(assessments)+len(health))
	for id, of := range assessments {
		out[id] = evidence{assessments: of, health: health[id]}
	}
	for id, of := range health {
		out[id] = evidence{assessments: assessments[id], health: of}
	}
	return out, nil
}

// rateFrom is rate for a cat of which the records were read.
func (c *Catalog) rateFrom(cat *Cat, of evidence) bool {
	if c.rater == nil {
		return false
	}
	standing := slices.DeleteFunc(of.assessments, func(a Assessment) bool { return !a.Counts() })
	now := c.rater(*cat, standing, of.health, c.now().UTC().Truncate(24*time.Hour))
	before := cat.Rating
	before.On = now.On
	cat.Rating = now
	return !reflect.DeepEqual(before, now)
}

// ratingInputs are the facts that the short of a rating may follow from, in the
// words of the API. Measures only choose the gear.
var ratingInputs = []string{
	"birth", "listed_at", "name", "description", "traits", "good_with", "indoor_only",
	"microchipped", "shots_current", "altered", "fiv", "felv", "declawed",
}

// rateBatch rates the cats that a source speaks of: new ones, of which nothing
// can be recorded yet, and those of which it says otherwise what ratings follow
// from. What is recorded of the latter is read at once for all of them.
func (c *Catalog) rateBatch(ctx context.Context, tx Tx, w *upsertBatch, outcomes []CatResult) error {
	if c.rater == nil {
		return nil
	}
	for _, i := range w.created {
		c.rateFrom(&outcomes[i].Cat, evidence{})
	}
	lines, ids := w.affectedCats(outcomes)
	if len(ids) == 0 {
		return nil
	}
	of, err := recordsOf(ctx, tx, ids)
	if err != nil {
		return err
	}
	for _, i := range w.changed {
		cat := &outcomes[i].Cat
		if line := lines[cat.ID]; line != nil && c.rateFrom(cat, of[cat.ID]) {
			line.Fields = append(line.Fields, "adventure")
		}
	}
	return nil
}

// affectedCats are the changed cats of which the rating may differ: their lines in the
// log, and their ids.
func (w *upsertBatch) affectedCats(outcomes []CatResult) (lines map[string]*Change, ids []string) {
	lines = make(map[string]*Change, len(w.changed))
	for i := range w.changes {
		line := &w.changes[i]
		if slices.ContainsFunc(line.Fields, func(field string) bool { return slices.Contains(ratingInputs, field) }) {
			lines[line.ResourceID] = line
		}
	}
	for _, i := range w.changed {
		if id := outcomes[i].Cat.ID; lines[id] != nil {
			ids = append(ids, id)
		}
	}
	return lines, ids
}
