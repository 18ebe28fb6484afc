package catalog

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"trailcat/internal/errcode"
)

// Outcome is what adopters reported of one activity with their cat some time after
// the adoption. Counts cover the time since the adoption; a nil count was not asked.
type Outcome struct {
	ID        string // out_…
	CatID     string
	PartnerID string    // the partner that reported it; empty for an operator
	KeyID     string    // of the key that was used
	Activity  string    // a code of the rubric
	AdoptedOn time.Time // a date, as stored with the cat; zero if unknown
	Days      int       // the follow-up: 30, 60 or 90 days after the adoption

	Tried          bool
	NotTriedReason string
	CalmOutings    *int
	StoppedForFear *int // activities that were stopped because the cat was afraid
	Escapes        *int
	Injuries       *int
	Note           string
	ReportedOn     time.Time // a date

	Predicted Prediction // what the outcome is compared with; it never changes
	Version   int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Prediction is what a rubric predicted of an activity before the adoption. The
// zero Prediction means that there is none.
type Prediction struct {
	Rubric           string // version of the rubric
	On               time.Time
	Score, Low, High *float64 // nil: not assessed
	Band             string
	Readiness        string
	Grade            string
}

// FollowUps lists the days after an adoption at which outcomes are reported.
func FollowUps() []int { return []int{30, 60, 90} }

// earlyDays is how many days early a follow-up may be reported.
const earlyDays = 7

// MaxNote is the maximum length of a note in characters.
const MaxNote = 2000

// Validate returns the field errors of an outcome of a cat. today is a date.
func (o Outcome) Validate(cat Cat, today time.Time) FieldErrors {
	const notTried = "Must be 0 or omitted when `tried` is false."
	var errs FieldErrors
	errs.Check(slices.Contains(FollowUps(), o.Days), "/days_after_adoption", errcode.UnknownValue, "Must be 30, 60 or 90.")
	errs.Check(!o.ReportedOn.After(today), "/reported_on", errcode.InTheFuture, "Must not be in the future.")
	errs.Check(cat.AdoptedOn.IsZero() || !o.ReportedOn.Before(cat.AdoptedOn), "/reported_on", errcode.BeforeAdoption,
		fmt.Sprintf("Must not be before the adoption on %s.", cat.AdoptedOn.Format(time.DateOnly)))
	errs.Check(cat.AdoptedOn.IsZero() || o.ReportedOn.Before(cat.AdoptedOn) || !o.ReportedOn.Before(cat.AdoptedOn.AddDate(0, 0, o.Days-earlyDays)), "/reported_on", errcode.TooEarly,
		fmt.Sprintf("Too early for the report of day %d: the adoption was on %s.", o.Days, cat.AdoptedOn.Format(time.DateOnly)))
	errs.Check(utf8.RuneCountInString(o.Note) <= MaxNote, "/note", errcode.TooLong, fmt.Sprintf("Must be at most %d characters.", MaxNote))
	errs.Check(o.Tried || o.CalmOutings == nil || *o.CalmOutings == 0, "/calm_outings", errcode.NotTried, notTried)
	errs.Check(!o.Tried || o.CalmOutings != nil, "/calm_outings", errcode.Required, "Required when `tried` is true: the number of calm activities since the adoption, 0 if there were none.")
	errs.Check(!o.Tried || o.NotTriedReason == "", "/not_tried_reason", errcode.Conflict, "Must be omitted when `tried` is true.")
	for pointer, count := range map[string]*int{"/calm_outings": o.CalmOutings, "/stopped_for_fear": o.StoppedForFear, "/escapes": o.Escapes, "/injuries": o.Injuries} {
		errs.Check(count == nil || 0 <= *count && *count <= 1000, pointer, errcode.OutOfRange, "Must be between 0 and 1000.")
		errs.Check(o.Tried || count == nil || *count == 0 || pointer == "/calm_outings", pointer, errcode.NotTried, notTried)
	}
	slices.SortStableFunc(errs, func(a, b FieldError) int { return strings.Compare(a.Pointer, b.Pointer) })
	return errs
}

// RecordOutcome stores an outcome of an adopted cat together with its prediction. A
// second report of the same adoption, activity and day replaces the first one and
// keeps the prediction.
func (c *Catalog) RecordOutcome(ctx context.Context, o Outcome) (Outcome, Result, error) {
	result := ResultUnchanged
	err := c.write(ctx, "record_outcome", func(tx Tx) ([]Change, error) {
		cat, err := tx.Cats.Cat(ctx, o.CatID)
		if err != nil {
			return nil, err
		}
		if err := cat.requireAdopted(); err != nil {
			return nil, err
		}
		if err := o.Validate(cat, day(c.now())).Err(Invalid); err != nil {
			return nil, err
		}
		known, err := tx.Outcomes.Outcomes(ctx, o.CatID)
		if err != nil {
			return nil, err
		}
		o.AdoptedOn = cat.AdoptedOn
		if o.Predicted, err = c.prediction(ctx, tx, cat, o, known); err != nil {
			return nil, err
		}
		op := Created
		o, result = c.replaceOutcome(o, known)
		switch result {
		case ResultUnchanged:
			return nil, nil
		case ResultUpdated:
			op = Updated
		default:
		}
		return []Change{newChange(op, OutcomeResource, o.ID, cat.ShelterID, o.Version, o.UpdatedAt, nil)}, tx.Outcomes.SaveOutcome(ctx, o)
	})
	return o, result, wrap(err, "record outcome of cat %s", o.CatID)
}

// requireAdopted returns an error for cats that were not adopted yet.
func (c Cat) requireAdopted() error {
	if c.Status == Adopted || c.Status == Removed {
		return nil
	}
	return Errorf(Invalid, errcode.CatNotAdopted, "The cat's status is %s. Outcomes are for adopted cats; set its status to adopted first.", c.Status)
}

// replaceOutcome returns the outcome to store: a new one, or the next version of the
// known one that it replaces.
func (c *Catalog) replaceOutcome(o Outcome, known []Outcome) (Outcome, Result) {
	i := slices.IndexFunc(known, func(k Outcome) bool { return k.sameAdoption(o) && k.Days == o.Days })
	if i < 0 {
		o.ID, o.Version, o.CreatedAt = NewID(OutcomePrefix, c.newUUID()), 1, c.now()
		o.PartnerID, o.KeyID, o.UpdatedAt = c.actor.PartnerID, c.actor.KeyID, o.CreatedAt
		return o, ResultCreated
	}
	before := known[i]
	if o.equalContent(before) {
		return before, ResultUnchanged
	}
	o.ID, o.Version, o.CreatedAt = before.ID, before.Version+1, before.CreatedAt
	o.PartnerID, o.KeyID, o.UpdatedAt = c.actor.PartnerID, c.actor.KeyID, c.now()
	return o, ResultUpdated
}

func (o Outcome) sameAdoption(other Outcome) bool {
	return o.Activity == other.Activity && o.AdoptedOn.Equal(other.AdoptedOn)
}

// equalContent reports whether two outcomes have the same content.
func (o Outcome) equalContent(other Outcome) bool {
	return o.Tried == other.Tried && o.NotTriedReason == other.NotTriedReason && equalInt(o.CalmOutings, other.CalmOutings) &&
		equalInt(o.StoppedForFear, other.StoppedForFear) && equalInt(o.Escapes, other.Escapes) && equalInt(o.Injuries, other.Injuries) &&
		o.Note == other.Note && o.ReportedOn.Equal(other.ReportedOn)
}

// prediction returns the prediction of an outcome: the one of an earlier report of
// the same adoption and activity, otherwise the rating as of the day of the
// adoption, from the evidence recorded by then. Later evidence must not enter, or
// the rubric would be judged by what it could not know.
func (c *Catalog) prediction(ctx context.Context, tx Tx, cat Cat, o Outcome, known []Outcome) (Prediction, error) {
	if i := slices.IndexFunc(known, o.sameAdoption); i >= 0 {
		return known[i].Predicted, nil
	}
	if c.rater == nil {
		return Prediction{}, nil
	}
	all, err := tx.Evidence.Evidence(ctx, []string{cat.ID})
	if err != nil {
		return Prediction{}, err
	}
	evidence := all[cat.ID]
	on := o.adoptionDay(cat)
	until := on.AddDate(0, 0, 1)
	health := slices.DeleteFunc(evidence.Health, func(h HealthItem) bool { return !h.UpdatedAt.Before(until) })
	rating, _ := c.rater(cat, activeAt(evidence.Assessments, until), health, on)
	i := slices.IndexFunc(rating.Activities, func(a ActivityRating) bool { return a.Activity == o.Activity })
	if i < 0 {
		return Prediction{}, nil
	}
	a := rating.Activities[i]
	return Prediction{Rubric: rating.Rubric, On: rating.On, Score: a.Score, Low: a.Low, High: a.High, Band: a.Band, Readiness: a.Readiness, Grade: a.Grade}, nil
}

// adoptionDay returns the day of the adoption. If it is unknown, it is computed from
// the days since in the report, or the day on which the listing ended if that was
// earlier.
func (o Outcome) adoptionDay(cat Cat) time.Time {
	if !cat.AdoptedOn.IsZero() {
		return cat.AdoptedOn
	}
	on := o.ReportedOn.AddDate(0, 0, -o.Days)
	if ended := day(cat.StatusChangedAt); !ended.IsZero() && ended.Before(on) {
		return ended
	}
	return on
}

// activeAt returns the assessments that counted at a moment, as they were then:
// what was withdrawn or corrected later still counted.
func activeAt(all []Assessment, moment time.Time) []Assessment {
	byID := map[string]Assessment{}
	for _, a := range all {
		byID[a.ID] = a
	}
	var out []Assessment
	for _, a := range all {
		recorded := a.CreatedAt.Before(moment)
		withdrawn := !a.WithdrawnAt.IsZero() && a.WithdrawnAt.Before(moment)
		superseded := a.SupersededBy != "" && byID[a.SupersededBy].CreatedAt.Before(moment)
		if recorded && !withdrawn && !superseded {
			a.WithdrawnAt, a.SupersededBy = time.Time{}, ""
			out = append(out, a)
		}
	}
	return out
}
