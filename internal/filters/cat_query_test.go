package filters_test

import (
	"net/url"
	"testing"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/filters"
	"trailcat/internal/geo"
	"trailcat/internal/search"
)

// FuzzParseCatRequest checks that no query makes ParseCatRequest panic or take long, and that
// its errors are for the caller.
func FuzzParseCatRequest(f *testing.F) {
	resolver := filters.NewQueryResolver(search.New(nil, search.Options{}), geo.Default())
	for _, query := range []string{
		"", "sex=female&age_group=kitten,adult&limit=20", "near=21701&radius_km=50&sort=distance", "near=39.4,-77.4&radius_miles=10", "q=black cat&good_with_dogs=true&facets=all",
		"activity=leash_walks&readiness=ready&sort=suitability", "neer=1&sex=femal&limit=0&seed=-1", "age_months_min=9&age_months_max=1", "cursor=AAAA&fields=id,name&expand=shelter",
		"shelter=MD1&partner=x&region=MD&country=US", "q=%22a phrase%22 -not&include_total=true", "near=,&near=&radius_km=1e309", "%zz", "status=available&status=adopted&status=,",
	} {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		started := time.Now()
		values, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		if _, err := resolver.ParseCatRequest(values, catalog.Audience{}); err != nil && catalog.KindOf(err) == catalog.Internal {
			t.Errorf("got internal error %v, want one for the caller", err)
		}
		if took, limit := time.Since(started), 5*time.Second+time.Duration(len(query))*10*time.Microsecond; took > limit {
			t.Errorf("took %v, want at most %v", took, limit)
		}
	})
}
