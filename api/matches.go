package api

import (
	"cmp"
	"context"
	"math"
	"net/http"
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
)

// MatchReader reads many cats at once.
type MatchReader interface {
	CatsByID(ctx context.Context, ids []string) ([]catalog.Cat, error)
}

// The numbers of cats that are evaluated: the nearest, and those within the radius that
// are likely to suit the most important activity best.
const (
	matchNearest  = 300
	matchSuitable = 200
)

// matchCats returns the cats that fit a household best.
//
//	@Summary		Match cats with a household
//	@Description	Ranks available cats for the household in the body. Each match lists the reasons for the cat, the reasons against it, and
//	@Description	what is unknown. Nothing is stored, and no key is needed.
//	@Description
//	@Description	A cat that is known not to live well with a member of the household is excluded. The fit of the others is 50 plus the points
//	@Description	of all reasons. Unknown facts give no points and are listed; unknown never counts as no. Suitability for an activity counts
//	@Description	by the low end of the likely range, so that weak evidence does not win; cats without an assessment are included. Breed and
//	@Description	color do not count.
//	@Description
//	@Description	Up to 500 cats within the radius are evaluated: the nearest, and those likely to suit the most important activity best.
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
	candidates, withinRadius, err := a.candidates(c.Request().Context(), query, profile.Activities)
	if err != nil {
		return err
	}
	page := wire.WholeList()
	page.Near = wire.NewNear(near)
	today := a.today()
	matches, excluded := match.Rank(profile, candidates, today, *in.Limit)
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.JSON(http.StatusOK, wire.MatchList{
		Page:         page,
		Data:         wire.MapSlice(matches, func(m match.Match) wire.Match { return newMatch(m, today) }),
		WithinRadius: withinRadius, Evaluated: len(candidates), Excluded: wire.MapSlice(excluded, func(e match.Exclusion) wire.MatchExclusion { return wire.MatchExclusion(e) }),
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
func (a *API) candidates(ctx context.Context, query search.Query, activities []string) ([]match.Candidate, int, error) {
	page, err := a.Index.Cats(query)
	if err != nil {
		return nil, 0, err
	}
	hits := page.Hits
	if page.HasMore {
		query.Order, query.Limit, query.Total = search.OrderSuitability, matchSuitable, false
		query.OrderFor = strings.Join(activities[:min(1, len(activities))], "")
		suitable, err := a.Index.Cats(query)
		if err != nil {
			return nil, 0, err
		}
		hits = append(hits, suitable.Hits...)
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
	out := make([]match.Candidate, 0, len(cats))
	for _, cat := range cats {
		if cat.Status == catalog.Available && !a.hides(cat, query.Audience) { // the index may be behind
			out = append(out, match.Candidate{Cat: cat, DistanceKm: distance[cat.ID]})
		}
	}
	return out, *page.Total, nil
}

func newMatch(m match.Match, today time.Time) wire.Match {
	card := wire.NewCard(m.Cat, wire.CardDynamic{
		AgeMonths: m.Cat.AgeMonths(today), AgeGroup: wire.OrNull(string(m.Cat.AgeGroupOn(today))), DistanceKm: nil, DistanceMi: nil, Shelter: nil,
	})
	if m.DistanceKm >= 0 {
		card.DistanceKm = new(math.Round(10*m.DistanceKm) / 10)
	}
	reason := func(r match.Reason) wire.MatchReason { return wire.MatchReason(r) }
	return wire.Match{
		Cat: card, Fit: m.Fit, ReasonsFor: wire.MapSlice(m.For, reason), ReasonsAgainst: wire.MapSlice(m.Against, reason), Unknown: wire.MapSlice(m.Unknown, reason),
	}
}
