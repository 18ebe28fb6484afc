package wire

import (
	"time"
)

// SavedSearch is a set of filters for cats. A webhook is notified when a cat starts or
// stops matching it.
type SavedSearch struct {
	ID        string    `json:"id" example:"srch_01kabq4z8vf3ht2v0xw9r6m5ec"`                                            // Permanent ID of the saved search.
	Name      string    `json:"name" example:"Leash-ready near Rockville"`                                               // Name of the saved search, repeated in its events.
	Query     string    `json:"query" example:"activity=leash_walk&age_group=young&near=20850&radius_km=50"`             // Filters in canonical order, as in a URL.
	CatsURL   string    `json:"cats_url" example:"/v1/cats?activity=leash_walk&age_group=young&near=20850&radius_km=50"` // List of the cats that match now.
	WebhookID string    `json:"webhook_id" example:"whk_01kabq4z8vf3ht2v0xw9r6m5ec"`                                     // ID of the webhook that is notified.
	Problem   *string   `json:"problem" extensions:"x-nullable"`                                                         // Why the search notifies nobody, for example because a shelter in its query no longer exists; null when it works.
	Version   int64     `json:"version" example:"1"`                                                                     // Version number; increases with every change.
	CreatedAt time.Time `json:"created_at" format:"date-time"`                                                           // When the saved search was created.
	UpdatedAt time.Time `json:"updated_at" format:"date-time"`                                                           // When the saved search last changed.

	Warnings []FilterWarning `json:"warnings,omitempty"` // Values of `tag`, `source` and `ids`, and of their variants, that no listed cat has now; absent if there are none.
} //	@name	SavedSearch

// SavedSearchPage is a page of saved searches.
type SavedSearchPage struct {
	Data []SavedSearch `json:"data"` // Saved searches, the oldest first.
	Page PageInfo      `json:"page"` // Position in the list.
} //	@name	SavedSearchPage

// SearchDraft is a new saved search.
type SearchDraft struct {
	Name      string `json:"name" maxLength:"200" example:"Leash-ready near Rockville"` // Name of the saved search.
	Query     any    `json:"query"`                                                     // Filters as in `GET /v1/cats`: a string as in a URL, or an object with a value or an array of alternatives per filter. The last word of `q` must match completely; filters on the age in months are not allowed.
	WebhookID string `json:"webhook_id" example:"whk_01kabq4z8vf3ht2v0xw9r6m5ec"`       // ID of your webhook to notify.
} //	@name	SearchDraft

// SearchPatch is a change of a saved search. Fields that are omitted keep their values.
type SearchPatch struct {
	Name      string `json:"name" validate:"optional" maxLength:"200" example:"Leash-ready near Rockville"` // Name of the saved search.
	Query     any    `json:"query" validate:"optional"`                                                     // Filters as in `GET /v1/cats`; they replace all previous filters.
	WebhookID string `json:"webhook_id" validate:"optional" example:"whk_01kabq4z8vf3ht2v0xw9r6m5ec"`       // ID of your webhook to notify.
} //	@name	SearchPatch
