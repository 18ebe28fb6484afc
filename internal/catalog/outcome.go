package catalog

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Outcome is what became of one activity with a cat that found a home, as its
// people reported some time after the adoption. Counts are of all the time since
// the adoption; a nil count was not asked.
type Outcome struct {
	ID        string // out_…
	CatID     string
	PartnerID string    // who reported it; empty for an operator
	KeyID     string    // of the key it came with
	Activity  string    // in the words of the rubric
	AdoptedOn time.Time // a date, as the cat had it; zero if that is not known
	Days      int       // which follow-up: 30, 60 or 90 days after the adoption

	Tried          bool
	WhyNotTried    string
	CalmOutings    *int
	StoppedForFear *int // outings that were ended because the cat was afraid
	Escapes        *int
	Injuries       *int
	Note           string
	ReportedOn     time.Time // a date

	Predicted Prediction // what it is to be judged by; it never changes
	Version   int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Prediction is what a rubric said of an activity before anybody could know. The
// zero Prediction says that none was made.
type Prediction struct {
	Rubric           string // its version
	On               time.Time
	Score, Low, High *float64 // nil: not yet assessed
	Band             string
	Readiness        string
	Grade            string
}

// FollowUps are the days after an adoption at which is asked.
func FollowUps() []int { return []int{30, 60, 90} }

// earlyDays is how many days before its time a follow-up may be reported.
const earlyDays = 7

// MaxNote is the most letters that a note may have.
const MaxNote = 2000

// Faults lists what cannot be true of an outcome of a cat. Today is a date.
func (o Outcome) Faults(cat Cat, today time.Time) FieldErrors {
	var bad FieldErrors
	bad.Check(slices.Contains(FollowUps(), o.Days), "/days_after_adoption", "unknown_value", "Is none of 30, 60, 90.")
	bad.Check(!o.ReportedOn.After(today), "/reported_on", "in_the_future", "Is in the future.")
	bad.Check(cat.AdoptedOn.IsZero() || !o.ReportedOn.Before(cat.AdoptedOn), "/reported_on", "before_adoption",
		fmt.Sprintf("Is before the adoption, which was on %s.", cat.AdoptedOn.Format(time.DateOnly)))
	bad.Check(cat.AdoptedOn.IsZero() || o.ReportedOn.Before(cat.AdoptedOn) || !o.ReportedOn.Before(cat.AdoptedOn.AddDate(0, 0, o.Days-earlyDays)), "/reported_on", "too_early",
		fmt.Sprintf("Is too early for the report of day %d: the adoption was on %s.", o.Days, cat.AdoptedOn.Format(time.DateOnly)))
	bad.Check(utf8.RuneCountInString(o.Note) <= MaxNote, "/note", "too_long", fmt.Sprintf("Is longer than %d letters.", MaxNote))
	bad.Check(o.Tried || o.CalmOutings == nil || *o.CalmOutings == 0, "/calm_outings", "not_tried", "Cannot be counted of what was not tried.")
	bad.Check(!o.Tried || o.CalmOutings != nil, "/calm_outings", "required", "Is required of what was tried: how many outings were calm since the adoption? 0 if none was.")
	bad.Check(!o.Tried || o.WhyNotTried == "", "/why_not_tried", "conflict", "It was tried: leave this out.")
	for at, count := range map[string]*int{"/calm_outings": o.CalmOutings, "/stopped_for_fear": o.StoppedForFear, "/escapes": o.Escapes, "/injuries": o.Injuries} {
		bad.Check(count == nil || 0 <= *count && *count <= 1000, at, "out_of_range", "Is not between 0 and 1000.")
		bad.Check(o.Tried || count == nil || *count == 0 || at == "/calm_outings", at, "not_tried", "Cannot be counted of what was not tried.")
	}
	slices.SortStableFunc(bad, func(a, b FieldError) int { return strings.Compare(a.Pointer, b.Pointer) })
	return bad
}

// RecordOutcome keeps what became of an activity with an adopted cat, beside what
// was foretold of it. A second report of the same adoption, activity and day
// takes the place of the first; the prediction stays as it was.
func (c *Catalog) RecordOutcome(ctx context.Context, o Outcome) (Outcome, Result, error) {
	result := WasUnchanged
	err := c.write(ctx, "record_outcome", func(tx Tx) ([]Change, error) {
		cat, err := tx.Cat(ctx, o.CatID)
		if err != nil {
			return nil, err
		}
		if err := cat.requireAdopted(); err != nil {
			return nil, err
		}
		if err := o.Faults(cat, day(c.now())).Err(Invalid); err != nil {
			return nil, err
		}
		known, err := tx.Outcomes(ctx, o.CatID)
		if err != nil {
			return nil, err
		}
		o.AdoptedOn = cat.AdoptedOn
		if o.Predicted, err = c.prediction(ctx, tx, cat, o, known); err != nil {
			return nil, err
		}
		op := Created
		o, result = c.replacing(o, known)
		switch result {
		case WasUnchanged:
			return nil, nil
		case WasUpdated:
			op = Updated
		default:
		}
		return []Change{change(op, OutcomeResource, o.ID, cat.ShelterID, o.Version, o.UpdatedAt, nil)}, tx.SaveOutcome(ctx, o)
	})
	return o, result, wrap(err, "record outcome of cat %s", o.CatID)
}

// requireAdopted refuses cats that did not find a home yet.
func (c Cat) requireAdopted() error {
	if c.Status == Adopted || c.Status == Removed {
		return nil
	}
	return &Error{
		Kind: Invalid, Code: "cat_not_adopted", Faults: nil,
		Detail: fmt.Sprintf("This cat is %s. Outcomes are of cats that found a home: set its status to adopted first.", c.Status),
	}
}

// replacing is an outcome as it is to be kept, in the place of the one that it corrects.
func (c *Catalog) replacing(o Outcome, known []Outcome) (Outcome, Result) {
	at := slices.IndexFunc(known, func(k Outcome) bool { return k.sameAdoption(o) && k.Days == o.Days })
	if at < 0 {
		o.ID, o.Version, o.CreatedAt = NewID(OutcomePrefix, c.newUUID()), 1, c.now()
		o.PartnerID, o.KeyID, o.UpdatedAt = c.actor.PartnerID, c.actor.KeyID, o.CreatedAt
		return o, WasCreated
	}
	before := known[at]
	if o.says(before) {
		return before, WasUnchanged
	}
	o.ID, o.Version, o.CreatedAt = before.ID, before.Version+1, before.CreatedAt
	o.PartnerID, o.KeyID, o.UpdatedAt = c.actor.PartnerID, c.actor.KeyID, c.now()
	return o, WasUpdated
}

func (o Outcome) sameAdoption(other Outcome) bool {
	return o.Activity == other.Activity && o.AdoptedOn.Equal(other.AdoptedOn)
}

// says tells whether two outcomes say the same.
func (o Outcome) says(other Outcome) bool {
	same := func(a, b *int) bool { return a == b || a != nil && b != nil && *a == *b }
	return o.Tried == other.Tried && o.WhyNotTried == other.WhyNotTried && same(o.CalmOutings, other.CalmOutings) &&
		same(o.StoppedForFear, other.StoppedForFear) && same(o.Escapes, other.Escapes) && same(o.Injuries, other.Injuries) &&
		o.Note == other.Note && o.ReportedOn.Equal(other.ReportedOn)
}
