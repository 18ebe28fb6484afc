package catalog

import (
	"context"
	"reflect"
	"slices"
	"time"
)

// Rating summarizes a cat's adventure rating as of the day On. The zero Rating
// means that nothing was recorded of the cat and that its listing neither grades
// nor restricts any activity.
type Rating struct {
	Rubric     string    // version of the rubric
	On         time.Time // a date
	Overall    *float64  // 0 to 100; nil while no activity is assessed
	BestFit    string    // empty while no activity is assessed
	Activities []ActivityRating
}

// ActivityRating summarizes the rating of one activity. Score, Low and High are nil
// while it is not assessed.
type ActivityRating struct {
	Activity         string
	Score, Low, High *float64
	Band             string
	Readiness        string
	Grade            string // of the evidence: A to D, listing or none
}

// Rater rates a cat as of a day, from recorded evidence and from its listing, and
// returns what the listing says besides. The catalog has no rubric of its own and
// does not read texts.
type Rater func(cat Cat, assessments []Assessment, health []HealthItem, on time.Time) (Rating, ListingReading)

// Terms of ratings that mean the same in every version of the rubric.
const (
	// IndoorEnrichment suits every cat, and is the start for assessed cats that are not
	// ready for another activity.
	IndoorEnrichment = "indoor_enrichment"
	// ReadinessNotAssessed is the readiness of a cat with too little evidence.
	ReadinessNotAssessed = "not_yet_assessed"
	// ReadinessOnHold is the readiness of a cat that health or safety rules out,
	// whatever its nature; ReadinessConfidenceFirst that of a cat that must gain trust
	// first.
	ReadinessOnHold          = "on_hold"
	ReadinessConfidenceFirst = "build_confidence_first"
	// ReadinessWithTraining and ReadinessNow are the readiness of cats that can take part.
	ReadinessWithTraining = "ready_with_training"
	ReadinessNow          = "ready_now"
	// NoEvidence is the grade without evidence, ListingEvidence that of hints of the
	// listing alone.
	NoEvidence      = "none"
	ListingEvidence = "listing"
)

// Activities lists the activities that have a score, in the order of a rating.
func Activities() []string { return []string{"leash_walk", "backpack", "hike", "patio_visit"} }

// Readinesses lists the levels of readiness in ascending order.
func Readinesses() []string {
	return []string{ReadinessOnHold, ReadinessNotAssessed, ReadinessConfidenceFirst, ReadinessWithTraining, ReadinessNow}
}

// Grades lists the grades of evidence in ascending order.
func Grades() []string { return []string{NoEvidence, ListingEvidence, "D", "C", "B", "A"} }

// Activity returns the rating of one activity. An activity that is missing from the
// rating is not assessed.
func (r *Rating) Activity(activity string) ActivityRating {
	i := slices.IndexFunc(r.Activities, func(a ActivityRating) bool { return a.Activity == activity })
	if i < 0 {
		return ActivityRating{Activity: activity, Score: nil, Low: nil, High: nil, Band: "", Readiness: ReadinessNotAssessed, Grade: NoEvidence}
	}
	return r.Activities[i]
}

// recomputeRating rates a cat. If the rating differs it saves the cat, and appends
// a log entry to the changes that led to it.
func (c *Catalog) recomputeRating(ctx context.Context, tx Tx, cat Cat, changes []Change) ([]Change, error) {
	evidence, err := tx.Evidence.Evidence(ctx, []string{cat.ID})
	if err != nil {
		return changes, err
	}
	known := cat
	fields := c.rate(&cat, evidence[cat.ID])
	if len(fields) == 0 {
		return changes, nil
	}
	cat.Version, cat.UpdatedAt = cat.Version+1, c.now()
	changes = append(changes, newCatChange(opOf(fields), known, cat, fields))
	return changes, tx.Cats.SaveCats(ctx, nil, []Cat{cat})
}

// rate sets a cat's rating as of today (UTC) and the reading of its listing. It
// returns the API names of those that differ, of the rating in more than its date.
func (c *Catalog) rate(cat *Cat, evidence Evidence) (fields []string) {
	if c.rater == nil {
		return nil
	}
	active := slices.DeleteFunc(evidence.Assessments, func(a Assessment) bool { return !a.Counts() })
	rating, reading := c.rater(*cat, active, evidence.Health, c.now().UTC().Truncate(24*time.Hour))
	before := cat.Rating
	before.On = rating.On
	if !reflect.DeepEqual(before, rating) {
		fields = append(fields, "adventure")
	}
	if cat.Reading.Impression != reading.Impression {
		fields = append(fields, "impression")
	}
	if !cat.Reading.SaysTheSame(reading) {
		fields = append(fields, "listing_reading")
	}
	cat.Rating, cat.Reading = rating, reading
	return fields
}

// opOf returns the operation of a change of computed fields.
func opOf(computed []string) Op {
	if slices.Contains(computed, "listing_reading") {
		return Updated
	}
	return Rated
}

// ratingInputs are the facts that a rating summary or the reading of a listing may
// depend on, by their API names. Measures only affect the recommended gear.
var ratingInputs = []string{
	"birth", "listed_at", "name", "description", "summary", "traits", "good_with", "indoor_only",
	"sex", "microchipped", "shots_current", "altered", "fiv", "felv", "declawed",
}

// rateBatches rates the upserted cats: new ones, which cannot have evidence yet, and
// those with a changed rating input. It reads the evidence of the latter with one
// statement.
func rateBatches(ctx context.Context, tx Tx, batches []*upsertBatch) error {
	var ids []string // of the changed cats whose rating may differ
	for _, b := range batches {
		if b.rate == nil {
			continue
		}
		for _, i := range b.created {
			b.rate(&b.results[i].Cat, Evidence{Assessments: nil, Health: nil})
		}
		for _, change := range b.changes {
			if change.affectsRating() {
				ids = append(ids, change.ResourceID)
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	evidence, err := tx.Evidence.Evidence(ctx, ids)
	if err != nil {
		return err
	}
	for _, b := range batches {
		if b.rate != nil {
			b.rateChanged(evidence)
		}
	}
	return nil
}

// rateChanged rates the changed cats whose rating may differ.
func (b *upsertBatch) rateChanged(evidence map[string]Evidence) {
	cats := make(map[string]*Cat, len(b.changed))
	for _, i := range b.changed {
		cats[b.results[i].Cat.ID] = &b.results[i].Cat
	}
	for i := range b.changes {
		if change := &b.changes[i]; change.affectsRating() {
			change.Fields = append(change.Fields, b.rate(cats[change.ResourceID], evidence[change.ResourceID])...)
		}
	}
}

// affectsRating reports whether the rating of the changed cat may differ.
func (c Change) affectsRating() bool {
	return slices.ContainsFunc(c.Fields, func(field string) bool { return slices.Contains(ratingInputs, field) })
}
