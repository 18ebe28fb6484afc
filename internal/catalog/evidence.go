package catalog

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"trailcat/internal/errcode"
)

// EvidenceUpdate is what one source states of one cat, by the shelter's own id.
type EvidenceUpdate struct {
	ExternalID string
	// Read returns what to record of the cat. An error for the caller rejects the update. It
	// may run more than once.
	Read func(cat Cat) (Statement, error)
}

// Statement is what an update records of its cat.
type Statement struct {
	Assessment *Assessment // nil for none
	// Corrects reports whether the assessment supersedes one that counts, of the same person
	// and day and in the same context.
	Corrects bool
	Health   []HealthItem // at most one of each code
	// Replaces reports whether a known health item is deleted unless Health has its code. Nil
	// deletes none.
	Replaces func(known HealthItem) bool
}

// EvidenceResult is the result of one update.
type EvidenceResult struct {
	// Result is created if an assessment was recorded that corrects none, updated if something
	// else was recorded, and unchanged if everything was known.
	Result     Result
	Cat        Cat          // after the write; zero when the update was rejected
	Assessment Assessment   // that was recorded, or the known one of the same content
	Health     []HealthItem // all items of the cat after the write, by code
	Err        error        // why the update was rejected
}

// RecordEvidence records what updates state of cats of a shelter, in one transaction, and
// rates each cat once. It returns one result per update, in order. An update that is not
// valid is rejected without affecting the others; if atomic is set, nothing is kept then.
//
// Recording the same again changes nothing: an assessment is known if the cat has one of the
// same content, also one that was corrected or withdrawn since. A health item that software
// reports does not replace what a person recorded.
func (c *Catalog) RecordEvidence(ctx context.Context, shelterID string, updates []EvidenceUpdate, atomic bool) ([]EvidenceResult, error) {
	var results []EvidenceResult
	err := c.write(ctx, "record_evidence", func(tx Tx) ([]Change, error) {
		b, err := c.newEvidenceBatch(ctx, tx, shelterID, updates)
		if err != nil {
			return nil, err
		}
		if results, err = b.applyAll(updates); err != nil {
			return nil, err
		}
		if atomic && slices.ContainsFunc(results, func(r EvidenceResult) bool { return r.Err != nil }) {
			return nil, errRollback
		}
		return b.save(ctx, tx, results)
	})
	return results, wrap(err, "record evidence of %d cats of shelter %s", len(updates), shelterID)
}

// evidenceBatch applies updates within one transaction.
type evidenceBatch struct {
	catalog  *Catalog
	now      time.Time
	shelter  Shelter
	cats     map[string]Cat // by external id
	evidence map[string]Evidence
	touched  []string // external ids of the cats of which something was recorded

	assessments []Assessment // to save; of two of the same id the last
	health      []HealthItem // to save or delete; of two of the same cat and code the last
	deleted     map[healthKey]bool
	changes     []Change
}

type healthKey struct{ catID, code string }

func (h HealthItem) key() healthKey { return healthKey{h.CatID, h.Code} }

func (c *Catalog) newEvidenceBatch(ctx context.Context, tx Tx, shelterID string, updates []EvidenceUpdate) (*evidenceBatch, error) {
	b := &evidenceBatch{catalog: c, now: c.now(), deleted: map[healthKey]bool{}}
	var err error
	if b.shelter, err = tx.Shelters.Shelter(ctx, shelterID); err != nil {
		return nil, err
	}
	if c.checkOwner != nil {
		if err := c.checkOwner(b.shelter); err != nil {
			return nil, err
		}
	}
	ids := make([]string, len(updates))
	for i, u := range updates {
		ids[i] = u.ExternalID
	}
	if b.cats, err = tx.Cats.CatsByExternalID(ctx, shelterID, ids); err != nil {
		return nil, err
	}
	catIDs := make([]string, 0, len(b.cats))
	for _, cat := range b.cats {
		catIDs = append(catIDs, cat.ID)
	}
	if len(catIDs) > 0 {
		b.evidence, err = tx.Evidence.Evidence(ctx, catIDs)
	}
	return b, err
}

// applyAll returns one result per update, in order. The error is for failures of the whole
// batch.
func (b *evidenceBatch) applyAll(updates []EvidenceUpdate) ([]EvidenceResult, error) {
	results := make([]EvidenceResult, len(updates))
	for i, u := range updates {
		result, err := b.apply(u)
		if _, forCaller := errors.AsType[*Error](err); forCaller {
			result, err = EvidenceResult{Result: ResultRejected, Err: err}, nil
		}
		if err != nil {
			return nil, err
		}
		results[i] = result
	}
	return results, nil
}

func (b *evidenceBatch) apply(u EvidenceUpdate) (EvidenceResult, error) {
	cat, ok := b.cats[u.ExternalID]
	if !ok {
		return EvidenceResult{}, FieldErrors{{
			Pointer: "/external_id", Code: errcode.NotFound, Message: fmt.Sprintf("The shelter has no cat with external id %q.", u.ExternalID),
		}}.Err(Invalid)
	}
	statement, err := u.Read(cat)
	if err != nil {
		return EvidenceResult{}, err
	}
	known, result, before := b.evidence[cat.ID], EvidenceResult{Result: ResultUnchanged, Cat: cat}, len(b.changes)
	if statement.Assessment != nil {
		result.Assessment, result.Result = b.record(&known, cat, *statement.Assessment, statement.Corrects)
	}
	b.putHealth(&known, cat, statement)
	if result.Health = known.Health; len(b.changes) > before {
		if result.Result == ResultUnchanged {
			result.Result = ResultUpdated
		}
		b.touched = append(b.touched, u.ExternalID)
	}
	b.evidence[cat.ID] = known
	return result, nil
}

// record adds an assessment to the known evidence of a cat, unless it is known.
func (b *evidenceBatch) record(known *Evidence, cat Cat, a Assessment, corrects bool) (Assessment, Result) {
	a = b.catalog.newAssessment(a)
	a.CatID, a.PartnerID = cat.ID, cmp.Or(a.PartnerID, b.shelter.PartnerID)
	for _, k := range known.Assessments {
		if k.Assessor() == a.Assessor() && k.equalContent(a) {
			return k, ResultUnchanged
		}
	}
	result := ResultCreated
	known.Assessments = slices.Clone(known.Assessments)
	for i := range known.Assessments {
		k := &known.Assessments[i]
		if corrects && k.Counts() && k.Assessor() == a.Assessor() && k.ObservedOn.Equal(a.ObservedOn) && k.Context == a.Context {
			k.SupersededBy, result = a.ID, ResultUpdated
			b.assessments = append(b.assessments, *k)
			b.log(Updated, AssessmentResource, k.ID, 2, "superseded_by")
		}
	}
	known.Assessments = append(known.Assessments, a)
	b.assessments = append(b.assessments, a)
	b.log(Created, AssessmentResource, a.ID, 1)
	return a, result
}

// putHealth replaces the known health items of a cat by those of a statement.
func (b *evidenceBatch) putHealth(known *Evidence, cat Cat, statement Statement) {
	var kept []HealthItem
	for _, k := range known.Health {
		stated := slices.ContainsFunc(statement.Health, func(h HealthItem) bool { return h.Code == k.Code })
		if !stated && statement.Replaces != nil && statement.Replaces(k) {
			b.health, b.deleted[k.key()] = append(b.health, k), true
			b.log(OpRemoved, HealthResource, cat.ID+"/"+k.Code, 1)
			continue
		}
		kept = append(kept, k)
	}
	for _, h := range statement.Health {
		h.CatID = cat.ID
		i := slices.IndexFunc(kept, func(k HealthItem) bool { return k.Code == h.Code })
		if i >= 0 && (h.equalContent(kept[i]) || h.Reported && !kept[i].Reported) {
			continue
		}
		h.PartnerID, h.UpdatedAt = b.catalog.actor.PartnerID, b.now
		op := Updated
		if i < 0 {
			op, kept = Created, append(kept, h)
		} else {
			kept[i] = h
		}
		b.health, b.deleted[h.key()] = append(b.health, h), false
		b.log(op, HealthResource, cat.ID+"/"+h.Code, 1)
	}
	slices.SortFunc(kept, func(x, y HealthItem) int { return cmp.Compare(x.Code, y.Code) })
	known.Health = kept
}

func (b *evidenceBatch) log(op Op, resource Resource, id string, version int64, fields ...string) {
	b.changes = append(b.changes, newChange(op, resource, id, b.shelter.ID, version, b.now, fields))
}

// save writes what was recorded, rates the cats once and returns the log entries.
func (b *evidenceBatch) save(ctx context.Context, tx Tx, results []EvidenceResult) ([]Change, error) {
	if err := tx.Evidence.SaveAssessments(ctx, lastOfEach(b.assessments, func(a Assessment) string { return a.ID })); err != nil {
		return nil, err
	}
	var saved, deleted []HealthItem
	for _, h := range lastOfEach(b.health, HealthItem.key) {
		if b.deleted[h.key()] {
			deleted = append(deleted, h)
		} else {
			saved = append(saved, h)
		}
	}
	if err := tx.Evidence.SaveHealth(ctx, saved); err != nil {
		return nil, err
	}
	if err := tx.Evidence.DeleteHealth(ctx, deleted); err != nil {
		return nil, err
	}
	rated := b.rate()
	for i := range results {
		if cat, ok := b.cats[results[i].Cat.ExternalID]; ok && results[i].Err == nil {
			results[i].Cat = cat
		}
	}
	if len(rated) == 0 {
		return b.changes, nil
	}
	return b.changes, tx.Cats.SaveCats(ctx, nil, rated)
}

// rate rates each cat of which something was recorded, and returns those whose rating
// differs.
func (b *evidenceBatch) rate() []Cat {
	var rated []Cat
	for _, id := range lastOfEach(b.touched, func(id string) string { return id }) {
		cat := b.cats[id]
		known, evidence := cat, b.evidence[cat.ID]
		evidence.Assessments = slices.Clone(evidence.Assessments)
		fields := b.catalog.rate(&cat, evidence)
		if len(fields) == 0 {
			continue
		}
		cat.Version, cat.UpdatedAt = cat.Version+1, b.now
		b.changes = append(b.changes, newCatChange(opOf(fields), known, cat, fields))
		b.cats[id] = cat
		rated = append(rated, cat)
	}
	return rated
}

// lastOfEach returns the last item of each key, in the order of the first.
func lastOfEach[T any, K comparable](items []T, key func(T) K) []T {
	var out []T
	at := map[K]int{}
	for _, item := range items {
		if i, ok := at[key(item)]; ok {
			out[i] = item
			continue
		}
		at[key(item)] = len(out)
		out = append(out, item)
	}
	return out
}

// LatestObservation returns the last day on which a cat was observed, by its assessments that
// count. It is zero if there is none.
func (e Evidence) LatestObservation() time.Time {
	var latest time.Time
	for _, a := range e.Assessments {
		if a.Counts() && a.ObservedOn.After(latest) {
			latest = a.ObservedOn
		}
	}
	return latest
}
