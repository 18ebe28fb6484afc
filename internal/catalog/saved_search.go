package catalog

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"trailcat/internal/access"
	"trailcat/internal/errcode"
)

// SavedSearch is a search whose owner's webhook is notified when a cat starts or
// stops matching it.
type SavedSearch struct {
	ID        string // srch_…
	PartnerID string // the owner; empty for a key without a partner and for the operator
	KeyID     string // the owner if it is a key without a partner
	WebhookID string // the webhook to notify
	Name      string
	Query     string // the filters, as the query string of a list
	Version   int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Owner returns the owner of the search.
func (s SavedSearch) Owner() access.Owner {
	return access.Owner{PartnerID: s.PartnerID, KeyID: s.KeyID}
}

// CreateSearch saves a search. The caller validates the query.
func (c *Catalog) CreateSearch(ctx context.Context, s SavedSearch) (SavedSearch, error) {
	s.ID, s.Version, s.CreatedAt, s.UpdatedAt = NewID(SearchPrefix, c.newUUID()), 1, c.now(), c.now()
	if err := s.normalize(); err != nil {
		return SavedSearch{}, err
	}
	err := c.write(ctx, "create_search", func(tx Tx) ([]Change, error) {
		owner, err := currentOwner(ctx, tx.Partners, s.Owner())
		if err != nil {
			return nil, err
		}
		s.KeyID = owner.KeyID
		quotas, err := c.quotasOf(ctx, tx, owner)
		if err != nil {
			return nil, err
		}
		if err := checkQuota(ctx, quotas.Searches, "saved searches", owner, tx.Searches.CountSearches); err != nil {
			return nil, err
		}
		if err := s.checkWebhook(ctx, tx.Webhooks); err != nil {
			return nil, err
		}
		return []Change{s.change(Created, nil)}, tx.Searches.SaveSearch(ctx, s)
	})
	return s, wrap(err, "create search")
}

// ChangeSearch applies an edit to a saved search. When version is neither 0 nor the
// search's version, nothing changes and the error is PreconditionFailed.
func (c *Catalog) ChangeSearch(ctx context.Context, id string, version int64, edit func(*SavedSearch)) (SavedSearch, error) {
	var s SavedSearch
	err := c.write(ctx, "change_search", func(tx Tx) (_ []Change, err error) {
		if s, err = tx.Searches.Search(ctx, id); err != nil {
			return nil, err
		}
		if err := CheckVersion("search", s.Version, version); err != nil {
			return nil, err
		}
		known := s
		edit(&s)
		if err := s.normalize(); err != nil {
			return nil, err
		}
		fields := known.diff(s)
		if len(fields) == 0 {
			return nil, nil
		}
		if err := s.checkWebhook(ctx, tx.Webhooks); err != nil {
			return nil, err
		}
		s.Version, s.UpdatedAt = s.Version+1, c.now()
		return []Change{s.change(Updated, fields)}, tx.Searches.SaveSearch(ctx, s)
	})
	return s, wrap(err, "change search %s", id)
}

// DeleteSearch deletes a saved search.
func (c *Catalog) DeleteSearch(ctx context.Context, id string, version int64) error {
	err := c.write(ctx, "delete_search", func(tx Tx) ([]Change, error) {
		s, err := tx.Searches.Search(ctx, id)
		if err != nil {
			return nil, err
		}
		if err := CheckVersion("search", s.Version, version); err != nil {
			return nil, err
		}
		s.Version, s.UpdatedAt = s.Version+1, c.now()
		return []Change{s.change(OpRemoved, nil)}, tx.Searches.DeleteSearch(ctx, id)
	})
	return wrap(err, "delete search %s", id)
}

// checkWebhook returns an error unless the search's webhook exists, has the same
// owner and subscribes to search events.
func (s SavedSearch) checkWebhook(ctx context.Context, webhooks WebhookTx) error {
	w, err := webhooks.Webhook(ctx, s.WebhookID)
	if err != nil && KindOf(err) != NotFound {
		return err
	}
	var errs FieldErrors
	errs.Check(err == nil && w.Owner() == s.Owner(), "/webhook_id", errcode.UnknownValue,
		fmt.Sprintf("You have no webhook %q. GET /v1/webhooks lists your webhooks, POST /v1/webhooks creates one.", s.WebhookID))
	errs.Check(err != nil || w.subscribesToSearches(), "/webhook_id", errcode.NotSubscribed,
		"The webhook subscribes only to "+strings.Join(w.Types, ", ")+". Add search.matched or search.left to its types first.")
	return errs.Err(Invalid)
}

// subscribesToSearches reports whether the webhook's types include events of saved
// searches.
func (w Webhook) subscribesToSearches() bool {
	return len(w.Types) == 0 || slices.ContainsFunc(w.Types, func(t string) bool { return strings.HasPrefix(t, "search.") })
}

func (s *SavedSearch) normalize() error {
	s.Name = normalizeText(s.Name)
	var errs FieldErrors
	errs.Check(s.Name != "", "/name", errcode.Required, "Must not be empty; events contain the name of the search.")
	errs.Check(utf8.RuneCountInString(s.Name) <= MaxName, "/name", errcode.TooLong, fmt.Sprintf("Must be at most %d characters.", MaxName))
	return errs.Err(Invalid)
}

// diff returns the names of the fields that differ between two versions.
func (s SavedSearch) diff(other SavedSearch) []string {
	var fields []string
	for _, f := range []struct{ name, a, b string }{
		{"name", s.Name, other.Name},
		{"query", s.Query, other.Query},
		{"webhook_id", s.WebhookID, other.WebhookID},
	} {
		if f.a != f.b {
			fields = append(fields, f.name)
		}
	}
	return fields
}

func (s SavedSearch) change(op Op, fields []string) Change {
	return newChange(op, SearchResource, s.ID, "", s.Version, s.UpdatedAt, fields)
}
