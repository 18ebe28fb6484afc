package suitability

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/rating"
)

// WorklistStore reads the listed cats of a shelter and their evidence.
type WorklistStore interface {
	ListedCats(ctx context.Context, shelterID string, each func(batch []catalog.Cat) error) error
	BulkEvidenceStore
}

// Task is a cat to assess next, with the trait to observe first.
type Task struct {
	Cat        catalog.Cat
	LastSeenOn time.Time // day of the last observation that counts; zero for none
	Trait      string    // code of the trait of which an observation removes most uncertainty
	Gain       float64   // share of the uncertainty that it removes, 0 to 1
	Grade      string    // of the evidence: the best of the activities
}

// Worklist returns the listed cats of a shelter in the order in which they should be
// assessed: available cats first, then those that were not observed for longest, then those
// of which one observation removes most uncertainty. The activity is the one to assess for;
// empty stands for all.
func Worklist(ctx context.Context, store WorklistStore, rubric *rating.Rubric, shelterID, activity string, on time.Time) ([]Task, error) {
	var tasks []Task
	err := store.ListedCats(ctx, shelterID, func(cats []catalog.Cat) error {
		if len(cats) == 0 {
			return nil
		}
		ids := make([]string, len(cats))
		for i, cat := range cats {
			ids[i] = cat.ID
		}
		recorded, err := store.EvidenceOf(ctx, ids)
		for _, cat := range cats {
			tasks = append(tasks, newTask(rubric, cat, recorded[cat.ID], activity, on))
		}
		return err
	})
	slices.SortFunc(tasks, func(a, b Task) int { return a.Position().Compare(b.Position()) })
	return tasks, err
}

func newTask(rubric *rating.Rubric, cat catalog.Cat, evidence catalog.Evidence, activity string, on time.Time) Task {
	listing := EvidenceFromListing(rubric, &cat, on)
	rated := Rate((*rating.Rubric).Rate, rubric, &cat, evidence.Assessments, evidence.Health, listing, on)
	task := Task{Cat: cat, LastSeenOn: evidence.LatestObservation(), Grade: catalog.NoEvidence}
	gains, activities := map[string]float64{}, 0
	for _, a := range rated.Activities {
		if len(a.NextObservations) == 0 || activity != "" && a.Activity != activity {
			continue
		}
		activities++
		if grades := catalog.Grades(); slices.Index(grades, a.Grade) > slices.Index(grades, task.Grade) {
			task.Grade = a.Grade
		}
		for _, next := range a.NextObservations {
			gains[next.Trait] += next.Gain
		}
	}
	for _, trait := range rubric.TraitCodes() { // in their order, so that ties have one result
		if gain := gains[trait] / float64(max(activities, 1)); gain > task.Gain {
			task.Trait, task.Gain = trait, gain
		}
	}
	return task
}

// Position returns the place of the cat in the worklist.
func (t Task) Position() WorklistPosition {
	p := WorklistPosition{rank: slices.Index(catalog.Statuses(), t.Cat.Status), lastSeen: 0, gain: int(t.Gain*1e4 + 0.5), number: t.Cat.Number}
	if !t.LastSeenOn.IsZero() {
		p.lastSeen = int(rating.DayOf(t.LastSeenOn))
	}
	return p
}

// WorklistPosition is the place of a cat in a worklist.
type WorklistPosition struct {
	rank     int // of the status
	lastSeen int // day of the last observation; 0 for none
	gain     int // in hundredths of a percent
	number   int64
}

// Compare returns a negative number if p comes before q, a positive number if it comes after
// it, and 0 if they are equal.
func (p WorklistPosition) Compare(q WorklistPosition) int {
	return cmp.Or(cmp.Compare(p.rank, q.rank), cmp.Compare(p.lastSeen, q.lastSeen), cmp.Compare(q.gain, p.gain), cmp.Compare(p.number, q.number))
}

// String returns the position as a cursor.
func (p WorklistPosition) String() string {
	return fmt.Sprintf("%d.%d.%d.%d", p.rank, p.lastSeen, p.gain, p.number)
}

// ParseWorklistPosition parses the result of WorklistPosition.String.
func ParseWorklistPosition(text string) (WorklistPosition, error) {
	var p WorklistPosition
	if _, err := fmt.Sscanf(text, "%d.%d.%d.%d", &p.rank, &p.lastSeen, &p.gain, &p.number); err != nil || p.String() != text {
		return p, fmt.Errorf("%q is not a position of a worklist", text)
	}
	return p, nil
}

// Reason says in a sentence for staff why the cat is on the list and what its trait helps
// with.
func (t Task) Reason(rubric *rating.Rubric, activity string, on time.Time) string {
	title, _ := rubric.TraitTask(t.Trait)
	name, about := cmp.Or(t.Cat.Name, "this cat"), "all activities"
	if activity != "" {
		about = strings.ReplaceAll(activity, "_", " ")
	}
	since := fmt.Sprintf("Nobody has assessed %s yet.", name)
	if days := int(on.Sub(t.LastSeenOn).Hours() / 24); !t.LastSeenOn.IsZero() {
		since = fmt.Sprintf("%s was last observed %s.", name, ago(days))
	}
	return fmt.Sprintf("%s %s says most about %s: one observation removes about %.0f %% of the uncertainty.", since, title, about, t.Gain*100)
}

func ago(days int) string {
	switch {
	case days <= 0:
		return "today"
	case days == 1:
		return "yesterday"
	default:
		return fmt.Sprintf("%d days ago", days)
	}
}
