package catalog

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// SavedSearch is a list of cats that somebody waits for: their webhook is told
// when a cat comes to be on it, and when it no longer is.
type SavedSearch struct {
	ID        string // srch_…
	PartnerID string // whose it is; empty for an operator's own
	WebhookID string // which is told
	Name      string // what its owner calls it
	Query     string // the filters of the list, as in a URL
	Version   int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// MaxSearches is how many saved searches a partner may have.
const MaxSearches = 100_000

// CreateSearch saves a search. What it asks is the caller's to check.
func (c *Catalog) CreateSearch(ctx context.Context, s SavedSearch) (SavedSearch, error) {
	s.ID, s.Version, s.CreatedAt, s.UpdatedAt = NewID(SearchPrefix, c.newUUID()), 1, c.now(), c.now()
	if err := s.tidy(); err != nil {
		return SavedSearch{}, err
	}
	err := c.write(ctx, "create_search", func(tx Tx) ([]Change, error) {
		n, err := tx.CountSearches(ctx, s.PartnerID)
		if err != nil {
			return nil, err
		}
		if n >= MaxSearches {
			return nil, &Error{Kind: Conflict, Code: "too_many_searches", Faults: nil, Detail: fmt.Sprintf("There are %d saved searches already, which is as many as there may be. Delete those that nobody waits for any more.", n)}
		}
		if err := s.hasWebhook(ctx, tx); err != nil {
			return nil, err
		}
		return []Change{s.change(Created, nil)}, tx.SaveSearch(ctx, s)
	})
	return s, wrap(err, "create search")
}

// ChangeSearch lays an edit over a saved search. Where version is not 0 and not
// the search's, nothing is done and the error is Stale.
func (c *Catalog) ChangeSearch(ctx context.Context, id string, version int64, edit func(*SavedSearch)) (SavedSearch, error) {
	var s SavedSearch
	err := c.write(ctx, "change_search", func(tx Tx) (_ []Change, err error) {
		if s, err = tx.Search(ctx, id); err != nil {
			return nil, err
		}
		if err := checkVersion("search", s.Version, version); err != nil {
			return nil, err
		}
		known := s
		edit(&s)
		if err := s.tidy(); err != nil {
			return nil, err
		}
		fields := known.diff(s)
		if len(fields) == 0 {
			return nil, nil
		}
		if err := s.hasWebhook(ctx, tx); err != nil {
			return nil, err
		}
		s.Version, s.UpdatedAt = s.Version+1, c.now()
		return []Change{s.change(Updated, fields)}, tx.SaveSearch(ctx, s)
	})
	return s, wrap(err, "change search %s", id)
}

// DeleteSearch ends a saved search.
func (c *Catalog) DeleteSearch(ctx context.Context, id string, version int64) error {
	err := c.write(ctx, "delete_search", func(tx Tx) ([]Change, error) {
		s, err := tx.Search(ctx, id)
		if err != nil {
			return nil, err
		}
		if err := checkVersion("search", s.Version, version); err != nil {
			return nil, err
		}
		s.Version, s.UpdatedAt = s.Version+1, c.now()
		return []Change{s.change(OpRemoved, nil)}, tx.DeleteSearch(ctx, id)
	})
	return wrap(err, "delete search %s", id)
}

// hasWebhook refuses a webhook that is not there, or is another's.
func (s SavedSearch) hasWebhook(ctx context.Context, tx Tx) error {
	w, err := tx.Webhook(ctx, s.WebhookID)
	if err != nil && KindOf(err) != NotFound {
		return err
	}
	var bad FieldErrors
	bad.Check(err == nil && w.PartnerID == s.PartnerID, "/webhook_id", "unknown_value", fmt.Sprintf("There is no webhook %q of yours; GET /v1/webhooks lists them, POST /v1/webhooks makes one.", s.WebhookID))
	bad.Check(err != nil || w.subscribesToSearches(), "/webhook_id", "not_told", "This webhook is told of "+strings.Join(w.Types, ", ")+" only. Add search.matched or search.left to its types first.")
	return bad.Err(Invalid)
}

// subscribesToSearches says whether the webhook's types let anything through about saved searches.
func (w Webhook) subscribesToSearches() bool {
	return len(w.Types) == 0 || slices.ContainsFunc(w.Types, func(t string) bool { return strings.HasPrefix(t, "search.") })
}

func (s *SavedSearch) tidy() error {
	s.Name = normalizeText(s.Name)
	var bad FieldErrors
	bad.Check(s.Name != "", "/name", "required", "Needs a name, by which you know it when a cat matches.")
	bad.Check(utf8.RuneCountInString(s.Name) <= MaxName, "/name", "too_long", fmt.Sprintf("Is longer than %d letters.", MaxName))
	return bad.Err(Invalid)
}

// diff names what is not the same in two versions of a search.
func (s SavedSearch) diff(from SavedSearch) []string {
	var fields []string
	for _, f := range []struct{ name, now, before string }{
		{"name", s.Name, from.Name},
		{"query", s.Query, from.Query},
		{"webhook_id", s.WebhookID, from.WebhookID},
	} {
		if f.now != f.before {
			fields = append(fields, f.name)
		}
	}
	return fields
}

func (s SavedSearch) change(op Op, fields []string) Change {
	return change(op, SearchResource, s.ID, "", s.Version, s.UpdatedAt, fields)
}
