package wire

import (
	"time"
)

// SavedSearch is a list of cats that a webhook is told of as it changes.
type SavedSearch struct {
	ID        string    `json:"id" example:"srch_01kabq4z8vf3ht2v0xw9r6m5ec"`                                            // for ever
	Name      string    `json:"name" example:"Leash-ready near Rockville"`                                               // as events say it too
	Query     string    `json:"query" example:"activity=leash_walk&age_group=young&near=20850&radius_km=50"`             // the filters, in order, as in a URL
	CatsURL   string    `json:"cats_url" example:"/v1/cats?activity=leash_walk&age_group=young&near=20850&radius_km=50"` // who matches now
	WebhookID string    `json:"webhook_id" example:"whk_01kabq4z8vf3ht2v0xw9r6m5ec"`                                     // which is told
	Problem   *string   `json:"problem" extensions:"x-nullable"`                                                         // why nobody is told: something that the query names is no longer known here; null: all is well
	Version   int64     `json:"version" example:"1"`                                                                     // counts up with every change
	CreatedAt time.Time `json:"created_at" format:"date-time"`                                                           //
	UpdatedAt time.Time `json:"updated_at" format:"date-time"`                                                           //
} //	@name	SavedSearch

// SavedSearchPage is a page of saved searches.
type SavedSearchPage struct {
	Data []SavedSearch `json:"data"` // the oldest first
	Page PageInfo      `json:"page"`
} //	@name	SavedSearchPage

// SearchDraft is what is said of a saved search.
type SearchDraft struct {
	Name string `json:"name" maxLength:"200" example:"Leash-ready near Rockville"`
	// Query holds filters of GET /v1/cats: an object with a value for each, or a
	// list of values of which any will do, or a text, as in a URL. The last word of
	// q is a whole one. Months of age are not for here: cats grow older without a change.
	Query     any    `json:"query"`
	WebhookID string `json:"webhook_id" example:"whk_01kabq4z8vf3ht2v0xw9r6m5ec"` // one of yours, which is told
} //	@name	SearchDraft

// SearchPatch is what is to be changed of a saved search; what is left out stays.
type SearchPatch struct {
	Name      string `json:"name" validate:"optional" maxLength:"200" example:"Leash-ready near Rockville"` //
	Query     any    `json:"query" validate:"optional"`                                                     // takes the place of the one before as a whole
	WebhookID string `json:"webhook_id" validate:"optional" example:"whk_01kabq4z8vf3ht2v0xw9r6m5ec"`       // one of yours, which is told
} //	@name	SearchPatch
