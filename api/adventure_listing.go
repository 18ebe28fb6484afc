package api

import (
	"slices"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/hints"
	"trailcat/internal/rating"
)

// AdventureHint is what a cat's listing says of one trait. Nobody saw it with the
// form in hand.
type AdventureHint struct {
	Trait  string `json:"trait" example:"outdoor_interest"`               // one hint a trait, at most
	Level  int    `json:"level" example:"4" minimum:"1" maximum:"5"`      // by the anchors of the rubric
	Source string `json:"source" example:"description"`                   // description, or the field that says it
	Words  string `json:"words" example:"loves to watch birds"`           // exactly as they stand there
	Rule   string `json:"rule" example:"window-watching" maxLength:"100"` // which rule read them
} //	@name	AdventureHint

// listingEvidence is what a listing says of a cat, in the words of the rating.
type listingEvidence struct {
	hints        []hints.Hint
	observations []rating.Observation
	health       []rating.HealthItem
}

// listingContext is where a listing's hints come from, in the words of the rubric.
const listingContext = "history"

// evidenceFromListing reads a cat's listing, if the rubric listens to listings. It speaks
// as of the day since when the cat is listed, and before that day not at all.
func evidenceFromListing(rubric *rating.Rubric, cat *catalog.Cat, on time.Time) listingEvidence {
	role, since := rubric.HintRole(), dayOf(cat.ListedAt)
	if role == "" || since > rating.DayOf(on) {
		return listingEvidence{}
	}
	found, flags := hints.Find(&cat.Facts), hints.FindFlags(&cat.Facts)
	said := listingEvidence{
		hints:        found,
		observations: make([]rating.Observation, 0, len(found)),
		health:       make([]rating.HealthItem, 0, len(flags)),
	}
	for _, h := range found {
		said.observations = append(said.observations, rating.Observation{
			ID: role + ":" + h.Rule, Trait: h.Trait, Level: h.Level, AssessorID: role, Role: role, Context: listingContext,
			ObservedOn: since, DaysInPlace: nil,
		})
	}
	for _, flag := range flags {
		status := rating.HealthFail
		if flag.OK {
			status = rating.HealthOK
		}
		said.health = append(said.health, rating.HealthItem{Code: flag.Code, Status: status, Reported: true})
	}
	return said
}

// reportsFailure says whether the listing reports that something is not in order.
func (h *listingEvidence) reportsFailure() bool {
	return slices.ContainsFunc(h.health, func(item rating.HealthItem) bool { return item.Status == rating.HealthFail })
}

func newAdventureHint(h hints.Hint) AdventureHint {
	return AdventureHint{Trait: h.Trait, Level: h.Level, Source: h.Source, Words: h.Words, Rule: h.Rule}
}
