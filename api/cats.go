package api

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/filters"
	"trailcat/internal/httpkit"
	"trailcat/internal/search"
)

// listCats finds cats.
//
//	@Summary		Find cats
//	@Description	Finds adoptable cats by place, filters and words, a page at a time. Walking the pages never repeats
//	@Description	or skips a cat, also while shelters change their listings. Unknown parameters are refused.
//	@ID				listCats
//	@Tags			cats
//	@Produce		json
//	@Param			query				query		CatQuery		false	"What to look for"
//	@Param			If-None-Match		header		string			false	"The ETag that you hold"
//	@Param			Trailcat-Min-Seq	header		integer			false	"Wait until at least so much of the log is reflected"
//	@Success		200					{object}	wire.CatPage			"A page of cats"
//	@Header			200					{string}	ETag			"Changes when the answer does"
//	@Header			200					{string}	Link			"rel=next: the next page"
//	@Header			200					{integer}	Trailcat-Seq	"How much of the log the answer reflects"
//	@Success		304					"You hold the newest"
//	@Failure		default				{object}	httpkit.Problem	"What was wrong"
//	@Router			/v1/cats [get]
func (a *API) listCats(c echo.Context) error {
	seq, key := a.Index.Head().Seq, pageKey{query: c.Request().URL.RawQuery, audience: a.audience(c, false)}
	page, ok := a.pages.get(seq, key)
	if !ok {
		var err error
		if page, err = a.findCats(c); err != nil {
			return err
		}
		if a.Index.Head().Seq == seq {
			a.pages.put(seq, key, page)
		}
	}
	httpkit.LinkNext(c, page.next)
	return httpkit.SendTagged(c, page.etag, page.body)
}

// bindCatQuery reads the query of a list of cats.
func (a *API) bindCatQuery(c echo.Context) (filters.CatRequest, error) {
	values, err := binding.ParseQuery(c.Request().URL.RawQuery)
	if err != nil {
		return filters.CatRequest{}, err
	}
	return a.ParseCatRequest(values, a.audience(c, false))
}

// findCats makes a page of cats.
func (a *API) findCats(c echo.Context) (cachedPage, error) {
	in, err := a.bindCatQuery(c)
	if err != nil {
		return cachedPage{}, err
	}
	page, err := a.Index.Cats(in.Query)
	if err != nil {
		return cachedPage{}, err
	}
	body, err := a.encodeCatPage(c, page, in)
	return cachedPage{body: body, etag: httpkit.WeakETag(body), next: page.Next}, err
}

// listSimilarCats finds cats like one cat.
//
//	@Summary		Find similar cats
//	@Description	Finds available cats most like this one: by breed, colours, pattern, age, sex, size and coat, then by nearness.
//	@ID				listSimilarCats
//	@Tags			cats
//	@Produce		json
//	@Param			id				path		string			true	"The cat's id, or its number"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			query			query		SimilarQuery	false	"How many"
//	@Param			If-None-Match	header		string			false	"The ETag that you hold"
//	@Success		200				{object}	wire.CatList			"The most similar first"
//	@Header			200				{string}	ETag			"Changes when the answer does"
//	@Success		304				"You hold the newest"
//	@Failure		default			{object}	httpkit.Problem	"What was wrong"
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
	body := append(a.appendCards([]byte(`{"data":[`), hits, nil, nil), `],"page":{"next_cursor":null,"has_more":false}}`...)
	return httpkit.SendEncoded(c, body)
}

// SimilarQuery says how many similar cats are wanted.
type SimilarQuery struct {
	Limit int `query:"limit" form:"limit" validate:"optional" minimum:"1" maximum:"50" default:"10"` // Maximum number of cats.
} //	@name	SimilarQuery

// getCat shows one cat, whole.
//
//	@Summary		Show a cat
//	@Description	Shows all that is known of one cat. The ETag is its version and age; If-Match elsewhere looks at the version only.
//	@Description	A cat that was removed answers 410 and says since when.
//	@ID				getCat
//	@Tags			cats
//	@Produce		json
//	@Param			id					path		string			true	"The cat's id, or its number"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			query				query		OneCatQuery		false	"What to add"
//	@Param			If-None-Match		header		string			false	"The ETag that you hold"
//	@Param			Trailcat-Min-Seq	header		integer			false	"Wait until at least so much of the log is reflected"
//	@Success		200					{object}	wire.Cat				"The cat"
//	@Header			200					{string}	ETag			"The cat's version"
//	@Header			200					{integer}	Trailcat-Seq	"How much of the log the answer reflects"
//	@Success		304					"You hold the newest"
//	@Failure		410					{object}	httpkit.Problem	"The cat was removed"
//	@Failure		default				{object}	httpkit.Problem	"What was wrong"
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
	if len(in.Expand) == 0 {
		return httpkit.SendTagged(c, cat.etag, cat.body)
	}
	shelter, count, err := a.shelterWithCount(c, cat.ShelterID)
	if err != nil {
		return err
	}
	whole := a.renderCat(cat.Cat, shelter)
	whole.Shelter = new(wire.NewShelter(shelter, count))
	body, err := binding.EncodeJSON(whole)
	if err != nil {
		return err
	}
	return httpkit.SendTagged(c, fmt.Sprintf(`%s.%d"`, strings.TrimSuffix(wire.CatTag(cat.Version, whole.AgeMonths, shelter), `"`), count), body)
}

// OneCatQuery is what one may ask of one cat.
type OneCatQuery struct {
	Expand []string `query:"expand" form:"expand" validate:"optional" collectionFormat:"csv" enums:"shelter"` // `shelter` adds the shelter to the response.
} //	@name	OneCatQuery

// catFromPath finds the cat of the path by its id or number, unless it is withheld from
// who asks; from the cache where that holds the newest version.
func (a *API) catFromPath(c echo.Context) (cachedCat, error) {
	ctx, id := c.Request().Context(), c.Param("id")
	if number, err := strconv.ParseInt(id, 10, 64); err == nil {
		if found, ok := a.Index.IDByNumber(number); ok {
			id = found
		}
	}
	version, _, shelterID, _ := a.Index.Version(id)
	home, _ := a.Index.ShelterInfo(shelterID)
	cat, ok := a.cats.get(id, version, home)
	if !ok {
		found, err := a.findCat(ctx, id)
		if err != nil {
			return cachedCat{}, err
		}
		if home, err = a.shelterOf(ctx, found); err != nil {
			return cachedCat{}, err
		}
		if found.Status == catalog.Removed {
			return cachedCat{}, errCatRemoved(found)
		}
		if cat, err = a.cats.put(a.renderCat(found, home), found, home); err != nil {
			return cachedCat{}, err
		}
	}
	if home.HidesFrom(a.audience(c, false)) {
		return cachedCat{}, errCatHidden()
	}
	return cat, nil
}

// findCat reads a cat by its id or number, as it is now, removed or not.
func (a *API) findCat(ctx context.Context, id string) (catalog.Cat, error) {
	if number, err := strconv.ParseInt(id, 10, 64); err == nil {
		return a.Store.CatByNumber(ctx, number)
	}
	if err := catalog.CheckID(catalog.CatPrefix, id); err != nil {
		return catalog.Cat{}, err
	}
	return a.Store.Cat(ctx, id)
}

func reasonSentence(said string) string {
	if said == "" {
		return ""
	}
	return " Reason: " + said + "."
}

// encodeCatPage encodes a page from cards that are encoded already.
func (a *API) encodeCatPage(c echo.Context, page search.Page, in filters.CatRequest) ([]byte, error) {
	size := 500
	for _, hit := range page.Hits {
		size += len(hit.Card) + 100
	}
	out := make([]byte, 0, size)
	out = append(out, `{"data":[`...)
	out = a.appendCards(out, page.Hits, a.shelterReader(c, in), in.Fields)
	info := wire.PageInfo{NextCursor: wire.OrNull(page.Next), HasMore: page.HasMore, Total: page.Total}
	rest, err := binding.EncodeJSON(struct {
		Page   wire.PageInfo           `json:"page"`
		Facets map[string][]wire.Count `json:"facets,omitempty"`
	}{info, wire.NewFacets(page.Facets)})
	if err != nil {
		return nil, err
	}
	return append(append(out, "],"...), rest[1:]...), nil
}

// appendCards appends the cards of hits to out, with commas between them. Without
// fields the cards have all fields; without shelterOf they have no shelter.
func (a *API) appendCards(out []byte, hits []search.Hit, shelterOf func(id string) *wire.Shelter, fields []string) []byte {
	today := a.today()
	var card []byte
	for i, hit := range hits {
		if i > 0 {
			out = append(out, ',')
		}
		var shelter *wire.Shelter
		if shelterOf != nil {
			shelter = shelterOf(hit.ShelterID)
		}
		if fields == nil {
			out = wire.AppendCard(out, hit, today, shelter)
			continue
		}
		card = wire.AppendCard(card[:0], hit, today, shelter)
		out = wire.AppendFields(out, card, fields)
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

func (a *API) today() time.Time { return a.Now().UTC() }

// renderCat shows a cat as it is today, with its attribution.
func (a *API) renderCat(cat catalog.Cat, home catalog.Shelter) wire.Cat {
	return wire.NewCat(cat, wire.NewAttribution(a.PublicURL, cat, home), a.today())
}

// shelterOf is a cat's shelter, from the store while the index does not know it.
func (a *API) shelterOf(ctx context.Context, cat catalog.Cat) (catalog.Shelter, error) {
	if home, ok := a.Index.ShelterInfo(cat.ShelterID); ok {
		return home, nil
	}
	return a.Store.Shelter(ctx, cat.ShelterID)
}
