package api

import (
	"context"
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/filters"
	"trailcat/internal/httpkit"
	"trailcat/internal/rating/match"
	"trailcat/internal/search"
)

// MatchReader answers many cats at once.
type MatchReader interface {
	CatsByID(ctx context.Context, ids []string) ([]catalog.Cat, error)
}

// How many cats are looked at in full: the nearest, and those likely to suit the
// most wished activity best wherever in reach they are.
const (
	matchNearest  = 300
	matchSuitable = 200
)

// matchCats finds cats for a home.
//
//	@Summary		Match cats with a home
//	@Description	Ranks available cats for the home that you describe, each with what speaks for it, what speaks against it, and what nobody has said. Nothing is kept, and no key is needed.
//	@Description	Limits exclude: a cat known not to live well with who lives there. Wishes rank: 50 and the points of all reasons are the fit. What is unknown gives no points and is said; it is never taken for a no.
//	@Description	Adventure suitability counts by the lower end of its likely range, so thin evidence does not win; cats that nobody assessed are not hidden. Breed and colour do not count.
//	@Description	Up to 500 cats in reach are compared: the nearest, and those likely to suit the most wished activity best.
//	@ID				matchCats
//	@Tags			adventure
//	@Accept			json
//	@Produce		json
//	@Param			body	body		MatchDraft	true	"The home"
//	@Success		200		{object}	wire.MatchList	"The best matches first"
//	@Failure		422		{object}	httpkit.Problem		"What cannot be true, part by part"
//	@Failure		default	{object}	httpkit.Problem		"What was wrong"
//	@Router			/v1/matches [post]
func (a *API) matchCats(c echo.Context) error {
	in := wire.MatchDraft{Limit: new(10)}
	bad, err := httpkit.BindBody(c, &in)
	if err != nil {
		return err
	}
	profile, content := in.Profile()
	query := a.matchQuery(c, in, &content)
	if err := wire.MergeErrors(bad, content).Err(catalog.Invalid); err != nil {
		return err
	}
	profile.RadiusKm = query.RadiusKm
	candidates, inReach, err := a.candidates(c.Request().Context(), query, profile.Activities)
	if err != nil {
		return err
	}
	today := a.today()
	matches, excluded := match.Rank(profile, candidates, today, *in.Limit)
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.JSON(http.StatusOK, wire.MatchList{
		Page:         wire.WholeList(),
		Data:         wire.MapSlice(matches, func(m match.Match) wire.Match { return newMatch(m, today) }),
		WithinRadius: inReach, Evaluated: len(candidates), Excluded: wire.MapSlice(excluded, func(e match.Exclusion) wire.Excluded { return wire.Excluded(e) }),
	})
}

// usualReachKm is how far is looked around a place where nothing else is said.
const usualReachKm = 80

// matchQuery asks for the cats within reach.
func (a *API) matchQuery(c echo.Context, in wire.MatchDraft, bad *catalog.FieldErrors) search.Query {
	query := search.Query{
		Where:    filters.DefaultClauses(),
		Audience: a.audience(c, false), WithoutCards: true, Total: true, Limit: matchNearest,
	}
	var placed catalog.FieldErrors
	km := 0.0
	if in.RadiusKm != nil {
		km = *in.RadiusKm
	}
	query.Near, query.RadiusKm = a.ResolvePlace(wire.StringOrEmpty(in.Near), km, 0, &placed)
	if query.Near != nil && query.RadiusKm == 0 {
		query.RadiusKm = usualReachKm
	}
	for _, f := range placed { // they name parameters, as those of a list
		f.Pointer, f.Parameter = "/"+f.Parameter, ""
		*bad = append(*bad, f)
	}
	return query
}

// candidates are the cats to compare, whole, and how many are in reach at all.
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
		if _, twice := distance[hit.ID]; !twice {
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
		if cat.Status == catalog.Available { // it may have been adopted since
			out = append(out, match.Candidate{Cat: cat, DistanceKm: distance[cat.ID]})
		}
	}
	return out, *page.Total, nil
}

func newMatch(m match.Match, today time.Time) wire.Match {
	card := wire.NewCard(m.Cat)
	card.AgeMonths, card.AgeGroup = m.Cat.AgeMonths(today), wire.OrNull(string(m.Cat.AgeGroupOn(today)))
	if m.DistanceKm >= 0 {
		card.DistanceKm = new(math.Round(10*m.DistanceKm) / 10)
	}
	reason := func(r match.Reason) wire.MatchReason { return wire.MatchReason(r) }
	return wire.Match{
		Cat: card, Fit: m.Fit, ReasonsFor: wire.MapSlice(m.For, reason), ReasonsAgainst: wire.MapSlice(m.Against, reason), Unknown: wire.MapSlice(m.Unknown, reason),
	}
}
