package api

import (
	"cmp"
	"context"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/filters"
	"trailcat/internal/geo"
	"trailcat/internal/httpkit"
	"trailcat/internal/rating/match"
	"trailcat/internal/search"
	"trailcat/internal/suitability"
)

// MatchReader reads many cats at once.
type MatchReader interface {
	CatsByID(ctx context.Context, ids []string) ([]catalog.Cat, error)
}

// The numbers of cats that are evaluated: the nearest, those within the radius that are
// likely to suit the most important activity best, and the nearest that live well with the
// dogs or the small children of the home.
const (
	matchNearest  = 300
	matchSuitable = 200
	matchSafe     = 100
)

// matchCats returns the cats that fit a household best.
//
//	@Summary		Match cats with a household
//	@Description	Ranks available cats for the household in the body. Each match lists the reasons for the cat, the reasons against it, and
//	@Description	what is unknown. Nothing is stored, and no key is needed.
//	@Description
//	@Description	A cat that is known not to live well with a member of the household is excluded. The fit of the others is 50 plus the points
//	@Description	of all reasons. Unknown facts give no points and are listed; they count against a cat only where a mistake would be dangerous,
//	@Description	in homes with dogs or children under 6. What only the words of a listing say counts less than a fact, and is quoted.
//	@Description	Suitability for an activity counts by the low end of the likely range, so that weak evidence does not win, and less if the
//	@Description	activity is restricted. Training time is that of the cat's own rating. Cats without an assessment are included. Breed and
//	@Description	color do not count. `advice` says what makes the home unsuitable, whichever cat.
//	@Description
//	@Description	Up to 600 cats within the radius are evaluated: the nearest, those likely to suit the most important activity best, and those
//	@Description	that live well with the dogs or children under 6 of the household.
//	@ID				matchCats
//	@Tags			adventure
//	@Accept			json
//	@Produce		json
//	@Param			body	body		MatchDraft	true	"The household and its wishes"
//	@Success		200		{object}	wire.MatchList	"Matches, the best first"
//	@Failure		422		{object}	httpkit.Problem		"The body is not valid; errors lists each field"
//	@Failure		default	{object}	httpkit.Problem		"The request failed; the problem says why"
//	@Router			/v1/matches [post]
func (a *API) matchCats(c echo.Context) error {
	in := wire.MatchDraft{Limit: new(10)}
	errs, err := httpkit.BindBody(c, &in)
	if err != nil {
		return err
	}
	profile, contentErrs := in.Profile()
	query, near := a.matchQuery(c, in, &contentErrs)
	if err := wire.MergeErrors(errs, contentErrs).Err(catalog.Invalid); err != nil {
		return err
	}
	profile.RadiusKm = query.RadiusKm
	today := a.today()
	candidates, withinRadius, err := a.candidates(c.Request().Context(), query, &profile, today)
	if err != nil {
		return err
	}
	page := wire.WholeList()
	page.Near = wire.NewNear(near)
	matches, excluded := match.Rank(profile, candidates, today, *in.Limit)
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.JSON(http.StatusOK, wire.MatchList{
		Page:         page,
		Data:         wire.MapSlice(matches, func(m match.Match) wire.Match { return newMatch(m, a.PhotoBase, today) }),
		WithinRadius: withinRadius, Evaluated: len(candidates),
		Advice: wire.MapSlice(profile.Advice(), func(adv match.Advice) wire.MatchAdvice { return wire.MatchAdvice(adv) }), Excluded: wire.MapSlice(excluded, func(e match.Exclusion) wire.MatchExclusion { return wire.MatchExclusion(e) }),
	})
}

// defaultMatchRadiusKm is the radius around a place if the request has none.
const defaultMatchRadiusKm = 80

// matchQuery returns the query for the cats within the radius, and the place of the home,
// or nil.
func (a *API) matchQuery(c echo.Context, in wire.MatchDraft, errs *catalog.FieldErrors) (search.Query, []geo.Place) {
	query := search.Query{
		Where:    filters.DefaultClauses(),
		Audience: a.audience(c, false), WithoutCards: true, Total: true, Limit: matchNearest,
	}
	var placeErrs catalog.FieldErrors
	radius := 0.0
	if in.RadiusKm != nil {
		radius = *in.RadiusKm
	}
	near, radiusKm := a.ResolvePlace(wire.StringOrEmpty(in.Near), radius, 0, nil, &placeErrs)
	if near != nil {
		query.Near, query.RadiusKm = &near[0].Point, cmp.Or(radiusKm, defaultMatchRadiusKm)
	}
	for _, f := range placeErrs { // they name query parameters; here they are fields
		f.Pointer, f.Parameter = "/"+f.Parameter, ""
		*errs = append(*errs, f)
	}
	return query, near
}

// candidates returns the cats to evaluate, and the number of all cats within the
// radius.
func (a *API) candidates(ctx context.Context, query search.Query, profile *match.Profile, today time.Time) ([]match.Candidate, int, error) {
	page, err := a.Index.Cats(query)
	if err != nil {
		return nil, 0, err
	}
	hits := page.Hits
	if page.HasMore {
		safe := query
		query.Order, query.Limit, query.Total = search.OrderSuitability, matchSuitable, false
		query.OrderFor = strings.Join(profile.Activities[:min(1, len(profile.Activities))], "")
		more := []search.Query{query}
		if facts := profile.RiskyFacts(); len(facts) > 0 {
			safe.Limit, safe.Total = matchSafe, false
			safe.Where = slices.Clone(safe.Where)
			for _, fact := range facts {
				safe.Where = append(safe.Where, search.Clause{Field: search.Field(fact), AnyOf: []string{"likely"}})
			}
			more = append(more, safe)
		}
		for _, q := range more {
			found, err := a.Index.Cats(q)
			if err != nil {
				return nil, 0, err
			}
			hits = append(hits, found.Hits...)
		}
	}
	distance := make(map[string]float64, len(hits))
	ids := make([]string, 0, len(hits))
	for _, hit := range hits {
		if _, known := distance[hit.ID]; !known {
			distance[hit.ID] = hit.DistanceKm
			ids = append(ids, hit.ID)
		}
	}
	cats, err := a.Store.CatsByID(ctx, ids)
	if err != nil {
		return nil, 0, err
	}
	cats = slices.DeleteFunc(cats, func(cat catalog.Cat) bool { // the index may be behind
		return cat.Status != catalog.Available || a.hides(cat, query.Audience)
	})
	out, err := suitability.Candidates(ctx, a.Store, a.Rubrics.Latest(), cats, today)
	for i := range out {
		out[i].DistanceKm = distance[out[i].Cat.ID]
	}
	return out, *page.Total, err
}

func newMatch(m match.Match, base catalog.PhotoBase, today time.Time) wire.Match {
	card := wire.NewCard(m.Cat, wire.CardDynamic{
		AgeMonths: m.Cat.AgeMonths(today), AgeGroup: wire.OrNull(string(m.Cat.AgeGroupOn(today))), DistanceKm: nil, DistanceMi: nil, Shelter: nil,
	}, base)
	if m.DistanceKm >= 0 {
		card.DistanceKm = new(math.Round(10*m.DistanceKm) / 10)
	}
	reason := func(r match.Reason) wire.MatchReason { return wire.MatchReason(r) }
	return wire.Match{
		Cat: card, Fit: m.Fit, ReasonsFor: wire.MapSlice(m.For, reason), ReasonsAgainst: wire.MapSlice(m.Against, reason), Unknown: wire.MapSlice(m.Unknown, reason),
	}
}
