package api

import (
	"github.com/labstack/echo/v4"

	"trailcat/internal/access"
	"trailcat/internal/catalog"
)

// audience is who reads, as far as shelters may mind it; syncing says that they
// copy what they read, as changes, exports and webhooks let them.
func (a *API) audience(c echo.Context, syncing bool) catalog.Audience {
	return audienceOf(principalFrom(c), syncing)
}

// audienceOf is the reader behind a key, or without one. A key reads as its partner
// does. Without one, who copies everything is an aggregator, whatever it is
// called. An operator sees all.
func audienceOf(p access.Principal, syncing bool) catalog.Audience {
	switch {
	case p.IsAdmin():
		return catalog.Audience{PartnerID: "", Class: "", Copies: false}
	case p.Aggregator || syncing && !p.Authenticated():
		return catalog.Audience{PartnerID: p.PartnerID, Class: catalog.AggregatorReader, Copies: false}
	default:
		return catalog.Audience{PartnerID: p.PartnerID, Class: catalog.PublicReader, Copies: false}
	}
}

// errCatHidden says of a withheld cat what is said of a removed one, without its name.
func errCatHidden() error {
	return &catalog.Error{Kind: catalog.Gone, Code: "cat_removed", Detail: "This cat is no longer listed.", Fields: nil}
}
