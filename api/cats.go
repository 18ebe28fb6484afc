package api

import (
	"context"
	"fmt"
	"hash/crc32"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/export"
	"trailcat/internal/filters"
	"trailcat/internal/httpkit"
	"trailcat/internal/search"
)

// listCats sends a page of the list of cats.
//
//	@Summary		Find cats
//	@Description	Finds adoptable cats by place, text and filters, one page at a time. Reading all pages never repeats
//	@Description	or skips a cat, even while shelters change their listings. Unknown parameters are rejected.
//	@ID				listCats
//	@Tags			cats
//	@Produce		json
//	@Param			query				query		CatQuery		false	"Filters, sort order and page"
//	@Param			If-None-Match		header		string			false	"ETag of an earlier response; if it is still current, the response is 304"
//	@Param			Trailcat-Min-Seq	header		string			false	"Trailcat-Seq of an earlier response: the response reflects at least this state"
//	@Success		200					{object}	wire.CatPage	"A page of cats"
//	@Header			200					{string}	ETag			"Changes when the response does, for If-None-Match"
//	@Header			200					{string}	Link			"URL of the next page, with rel=next"
//	@Header			200					{string}	Trailcat-Seq	"Sequence number of the change log that the response reflects"
//	@Success		304					"Not modified since the ETag in If-None-Match"
//	@Failure		default				{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Router			/v1/cats [get]
func (a *API) listCats(c echo.Context) error {
	r := c.Request()
	head, key := a.Index.Head(), pageKey{query: r.URL.RawQuery, audience: a.audience(c, false), encoding: export.NegotiateEncoding(r.Header.Values("Accept-Encoding"))}
	page, ok := a.pages.get(head, key)
	if !ok {
		buffer := a.buffers.get()
		defer a.buffers.put(buffer)
		var err error
		if page, err = a.findCats(c, buffer); err != nil {
			return err
		}
		a.compress(&page, buffer, key.encoding)
		if a.Index.Head() == head {
			a.pages.put(head, key, page)
		}
	}
	httpkit.LinkNext(c, page.next)
	return httpkit.SendCompressed(c, page.etag, string(page.encoding), page.body)
}

// bindCatQuery parses the query of a list of cats.
func (a *API) bindCatQuery(c echo.Context) (filters.CatRequest, error) {
	values, err := binding.ParseQuery(c.Request().URL.RawQuery)
	if err != nil {
		return filters.CatRequest{}, err
	}
	return a.ParseCatRequest(values, a.audience(c, false))
}

// findCats returns the page of cats that a request asks for. Its body is in the buffer.
func (a *API) findCats(c echo.Context, buffer *pageBuffer) (cachedPage, error) {
	in, err := a.bindCatQuery(c)
	if err != nil {
		return cachedPage{}, err
	}
	page, err := a.Index.Cats(in.Query)
	if err != nil {
		return cachedPage{}, err
	}
	in.Warnings = append(in.Warnings, a.UnassessedWarnings(in, page)...)
	if buffer.body, err = a.appendCatPage(buffer.body[:0], c, page, in); err != nil {
		return cachedPage{}, err
	}
	return cachedPage{body: buffer.body, etag: httpkit.WeakETag(buffer.body), next: page.Next}, nil
}

// listSimilarCats sends the cats that are most similar to a cat.
//
//	@Summary		Find similar cats
//	@Description	Finds the available cats that are most similar to this one by breed, colors, pattern, age, sex, size and coat, then by distance.
//	@ID				listSimilarCats
//	@Tags			cats
//	@Produce		json
//	@Param			id				path		string			true	"ID or number of the cat"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			query			query		SimilarQuery	false	"Number of cats"
//	@Param			If-None-Match	header		string			false	"ETag of an earlier response; if it is still current, the response is 304"
//	@Success		200				{object}	wire.CatList	"Similar cats, the most similar first"
//	@Header			200				{string}	ETag			"Changes when the response does, for If-None-Match"
//	@Success		304				"Not modified since the ETag in If-None-Match"
//	@Failure		default			{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Router			/v1/cats/{id}/similar [get]
func (a *API) listSimilarCats(c echo.Context) error {
	in := SimilarQuery{Limit: 10}
	if err := httpkit.BindValidQuery(c, &in); err != nil {
		return err
	}
	cat, err := a.catFromPath(c)
	if err != nil {
		return err
	}
	hits, err := a.Index.Similar(a.audience(c, false), cat.Number, in.Limit)
	if err != nil {
		return err
	}
	buffer := a.buffers.get()
	defer a.buffers.put(buffer)
	buffer.body = a.appendCards(append(buffer.body[:0], `{"data":[`...), hits, false, nil, nil)
	buffer.body = append(buffer.body, `],"page":{"next_cursor":null,"has_more":false}}`...)
	return httpkit.SendEncoded(c, buffer.body)
}

// SimilarQuery is the query of the list of similar cats.
type SimilarQuery struct {
	Limit int `form:"limit" validate:"optional" minimum:"1" maximum:"50" default:"10"` // Maximum number of cats.
} //	@name	SimilarQuery

// getCat sends a cat.
//
//	@Summary		Get a cat
//	@Description	Returns all facts of a cat. The ETag contains the version of the cat, for If-Match, and its age.
//	@Description	A removed cat returns 410 with the time of its removal.
//	@ID				getCat
//	@Tags			cats
//	@Produce		json
//	@Param			id					path		string			true	"ID or number of the cat"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			query				query		OneCatQuery		false	"Related resources to include"
//	@Param			If-None-Match		header		string			false	"ETag of an earlier response; if it is still current, the response is 304"
//	@Param			Trailcat-Min-Seq	header		string			false	"Trailcat-Seq of an earlier response: the response reflects at least this state"
//	@Success		200					{object}	wire.Cat		"The cat"
//	@Header			200					{string}	ETag			"Version and age of the cat, for If-None-Match and If-Match"
//	@Header			200					{string}	Trailcat-Seq	"Sequence number of the change log that the response reflects"
//	@Success		304					"Not modified since the ETag in If-None-Match"
//	@Failure		410					{object}	httpkit.Problem	"The cat was removed, or you may not see it"
//	@Failure		default				{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Router			/v1/cats/{id} [get]
func (a *API) getCat(c echo.Context) error {
	if strings.HasSuffix(c.Param("id"), linkedSuffix) {
		return a.getLinkedCat(c)
	}
	var in OneCatQuery
	if err := httpkit.BindValidQuery(c, &in); err != nil {
		return err
	}
	cat, err := a.catFromPath(c)
	if err != nil {
		return err
	}
	bonded, err := a.bondedCats(c, cat.Cat)
	switch {
	case err != nil:
		return err
	case len(in.Expand) == 0 && len(bonded) == 0:
		return httpkit.SendTagged(c, cat.etag, cat.body)
	}
	shelter, count, err := a.shelterWithCount(c, cat.ShelterID)
	if err != nil {
		return err
	}
	resource := a.renderCat(cat.Cat, shelter)
	resource.BondedCats = bonded
	etag := strings.TrimSuffix(wire.CatETag(a.Index.Head().Tagged(cat.Version), resource.AgeMonths, shelter), `"`)
	if len(in.Expand) > 0 {
		resource.Shelter = new(wire.NewShelter(shelter, count))
		etag += fmt.Sprintf(".%d", count)
	}
	if len(bonded) > 0 {
		etag += fmt.Sprintf(".b%08x", crc32.ChecksumIEEE([]byte(strings.Join(bonded, ","))))
	}
	body, err := binding.EncodeJSON(resource)
	if err != nil {
		return err
	}
	return httpkit.SendTagged(c, etag+`"`, body)
}

// bondedCats returns the IDs of the listed cats that a cat must be adopted with, except
// those that are hidden from the caller.
func (a *API) bondedCats(c echo.Context, cat catalog.Cat) ([]string, error) {
	if len(cat.BondedWith) == 0 {
		return nil, nil
	}
	found, err := a.Store.CatsByExternalID(c.Request().Context(), cat.ShelterID, cat.BondedWith)
	if err != nil {
		return nil, err
	}
	var ids []string
	audience := a.audience(c, false)
	for _, externalID := range cat.BondedWith {
		mate, ok := found[externalID]
		if ok && mate.ID != cat.ID && mate.Status != catalog.Removed && !a.hides(mate, audience) && !slices.Contains(ids, mate.ID) {
			ids = append(ids, mate.ID)
		}
	}
	return ids, nil
}

// OneCatQuery is the query of a single cat.
type OneCatQuery struct {
	Expand []string `form:"expand" validate:"optional" collectionFormat:"csv" enums:"shelter"` // `shelter` adds the shelter to the response.
} //	@name	OneCatQuery

// getCatOfShelter sends a cat to its owner.
//
//	@Summary		Get a cat by the shelter's own ID
//	@Description	Returns all facts of a cat of your own shelter, even if it was removed.
//	@ID				getCatOfShelter
//	@Tags			writing
//	@Produce		json
//	@Param			id				path		string		true	"ID or code of the shelter"			example(MD1)
//	@Param			external_id		path		string		true	"The shelter's own ID of the cat"	example(A472536)
//	@Param			If-None-Match	header		string		false	"ETag of an earlier response; if it is still current, the response is 304"
//	@Success		200				{object}	wire.Cat	"The cat"
//	@Header			200				{string}	ETag		"Version and age of the cat, for If-None-Match and If-Match"
//	@Success		304				"Not modified since the ETag in If-None-Match"
//	@Failure		default			{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[listings:read]
//	@Router			/v1/shelters/{id}/cats/{external_id} [get]
func (a *API) getCatOfShelter(c echo.Context) error {
	shelter, err := a.ownShelter(c, c.Param("id"))
	if err != nil {
		return err
	}
	cat, err := a.Store.CatByExternalID(c.Request().Context(), shelter.ID, c.Param("external_id"))
	if err != nil {
		return err
	}
	resource := a.renderCatForOwner(cat, shelter)
	body, err := binding.EncodeJSON(resource)
	if err != nil {
		return err
	}
	h, etag := c.Response().Header(), wire.CatETag(a.Index.Head().Tagged(cat.Version), resource.AgeMonths, shelter)
	h.Set("ETag", etag)
	h.Set("Cache-Control", "private, no-cache")
	if httpkit.ETagMatches(c.Request().Header.Values("If-None-Match"), etag) {
		return c.NoContent(http.StatusNotModified)
	}
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, body)
}

// catFromPath returns the cat in the path, by its id or number. It returns an error if
// the cat was removed or is hidden from the caller. The cat comes from the cache if that
// has the newest version.
func (a *API) catFromPath(c echo.Context) (cachedCat, error) {
	ctx, id, audience := c.Request().Context(), c.Param("id"), a.audience(c, false)
	if number, err := strconv.ParseInt(id, 10, 64); err == nil {
		if indexed, ok := a.Index.IDByNumber(number); ok {
			id = indexed
		}
	}
	log := a.Index.Head()
	version, _, shelterID, _ := a.Index.Version(id)
	shelter, _ := a.Index.ShelterInfo(shelterID)
	cat, ok := a.cats.get(id, version, shelter, log)
	if !ok {
		stored, err := a.findCat(ctx, id)
		if err != nil {
			return cachedCat{}, err
		}
		if shelter, err = a.shelterOf(ctx, stored); err != nil {
			return cachedCat{}, err
		}
		switch {
		case shelter.HidesCat(stored.HiddenFrom, audience):
			return cachedCat{}, errCatHidden()
		case stored.Status == catalog.Removed:
			return cachedCat{}, errCatRemoved(stored)
		}
		if cat, err = a.cats.put(a.renderCat(stored, shelter), stored, shelter, log); err != nil {
			return cachedCat{}, err
		}
	}
	if shelter.HidesCat(cat.HiddenFrom, audience) {
		return cachedCat{}, errCatHidden()
	}
	return cat, nil
}

// hides reports whether a cat that was read from the database, which may be newer than the
// index, is hidden from an audience.
func (a *API) hides(cat catalog.Cat, audience catalog.Audience) bool {
	shelter, _ := a.Index.ShelterInfo(cat.ShelterID)
	return shelter.HidesCat(cat.HiddenFrom, audience)
}

// findCat reads a cat from the database by its id or number, removed or not. It may be newer
// than the index, which therefore checks that it was not lost: its ETag must not match
// another version of the same number.
func (a *API) findCat(ctx context.Context, id string) (catalog.Cat, error) {
	if number, err := strconv.ParseInt(id, 10, 64); err == nil {
		cat, err := a.Store.CatByNumber(ctx, number)
		if err != nil {
			return catalog.Cat{}, err
		}
		id = cat.ID
	}
	if err := catalog.CheckID(catalog.CatPrefix, id); err != nil {
		return catalog.Cat{}, err
	}
	epoch := a.Index.Head().Epoch
	cats, at, err := a.Store.CatsWithPosition(ctx, []string{id})
	switch {
	case err != nil:
		return catalog.Cat{}, err
	case len(cats) == 0:
		return catalog.Cat{}, catalog.NotFoundError("cat", id)
	}
	at.Epoch = epoch
	a.Index.Remember(at)
	return cats[0], nil
}

// errCatRemoved returns the error for a removed cat.
func errCatRemoved(cat catalog.Cat) error {
	if !cat.ErasedAt.IsZero() {
		return catalog.ErasedError("cat", cat.ErasedAt)
	}
	reason := ""
	if cat.StatusReason != "" {
		reason = " Reason: " + cat.StatusReason + "."
	}
	return catalog.Errorf(catalog.Gone, errcode.CatRemoved, "%s is no longer listed since %s.%s", cat.Name, cat.StatusChangedAt.Format(time.RFC3339), reason)
}

// errCatHidden returns the error for a cat that is hidden from the caller. It looks like
// that for a removed cat, without the name.
func errCatHidden() error {
	return catalog.Errorf(catalog.Gone, errcode.CatRemoved, "This cat is no longer listed.")
}

// appendCatPage appends a page of cats to out, from cards that are encoded already.
func (a *API) appendCatPage(out []byte, c echo.Context, page search.Page, in filters.CatRequest) ([]byte, error) {
	out = append(out, `{"data":[`...)
	out = a.appendCards(out, page.Hits, in.InMiles, a.shelterReader(c, in), in.Fields)
	info := wire.PageInfo{NextCursor: wire.OrNull(page.Next), HasMore: page.HasMore, Total: page.Total, Near: wire.NewNear(in.Near)}
	rest, err := binding.EncodeJSON(struct {
		Page     wire.PageInfo           `json:"page"`
		Facets   map[string][]wire.Count `json:"facets,omitempty"`
		Warnings []wire.FilterWarning    `json:"warnings,omitempty"`
	}{info, wire.NewFacets(page.Facets), in.Warnings})
	if err != nil {
		return nil, err
	}
	return append(append(out, "],"...), rest[1:]...), nil
}

// appendCards appends the cards of hits to out, with commas between them, and with
// distances in miles, too, if inMiles is true. Without fields the cards have all fields; without shelterOf they have no shelter.
func (a *API) appendCards(out []byte, hits []search.Hit, inMiles bool, shelterOf func(id string) *wire.Shelter, fields []string) []byte {
	today := a.today()
	var card []byte
	var selection wire.FieldSelection
	if fields != nil {
		selection = wire.NewFieldSelection(fields)
	}
	for i, hit := range hits {
		if i > 0 {
			out = append(out, ',')
		}
		var shelter *wire.Shelter
		if shelterOf != nil {
			shelter = shelterOf(hit.ShelterID)
		}
		if fields == nil {
			out = wire.AppendCard(out, hit, today, inMiles, shelter)
			continue
		}
		card = wire.AppendCard(card[:0], hit, today, inMiles, shelter)
		out = wire.AppendFields(out, card, selection)
	}
	return out
}

// shelterReader returns a function that returns the shelter of a card, or nil if the
// request does not ask for shelters.
func (a *API) shelterReader(c echo.Context, in filters.CatRequest) func(id string) *wire.Shelter {
	if !in.ExpandShelter {
		return nil
	}
	return func(id string) *wire.Shelter {
		shelter, count, err := a.shelterWithCount(c, id)
		if err != nil {
			return nil
		}
		return new(wire.NewShelter(shelter, count))
	}
}

// today returns the current time in UTC, of which callers use the date.
func (a *API) today() time.Time { return a.Now().UTC() }

// renderCat returns the representation of a cat today, with its attribution.
func (a *API) renderCat(cat catalog.Cat, shelter catalog.Shelter) wire.Cat {
	return wire.NewCat(cat, wire.NewAttribution(a.PublicURL, cat, shelter), a.PhotoBase, a.today())
}

// renderCatForOwner returns the representation of a cat for the shelter's partner and
// operators, who see whom the cat is hidden from.
func (a *API) renderCatForOwner(cat catalog.Cat, shelter catalog.Shelter) wire.Cat {
	resource := a.renderCat(cat, shelter)
	if cat.HiddenFrom.Any() {
		resource.HiddenFrom = new(wire.NewHiddenFrom(cat.HiddenFrom))
	}
	return resource
}

// shelterOf returns the shelter of a cat, from the database if the index does not know it
// yet.
func (a *API) shelterOf(ctx context.Context, cat catalog.Cat) (catalog.Shelter, error) {
	if shelter, ok := a.Index.ShelterInfo(cat.ShelterID); ok {
		return shelter, nil
	}
	return a.Store.Shelter(ctx, cat.ShelterID)
}
