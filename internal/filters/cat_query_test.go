package filters_test

import (
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/filters"
	"trailcat/internal/geo"
	"trailcat/internal/search"
)

// Before the index knows the shelters, near does not call one unknown, and lists that do not
// read the index say that they cannot answer yet.
func TestParse_NearToAShelterWhileLoading(t *testing.T) {
	t.Parallel()

	resolver := filters.NewQueryResolver(search.New(nil, search.Options{}), geo.Default())
	if _, err := resolver.ParseCatRequest(url.Values{"near": {"shl_01kabq4z8vf3ht2v0xw9r6m5ec"}}, catalog.Audience{}); err != nil {
		t.Errorf("list: got %v, want none: the index answers that it is loading", err)
	}
	for _, values := range []url.Values{{"near": {"shl_01kabq4z8vf3ht2v0xw9r6m5ec"}}, {"shelter": {"MD1"}}, {"not_shelter": {"MD1"}}} {
		if _, err := resolver.ParseShelterCatRequest(values, catalog.Audience{}); catalog.KindOf(err) != catalog.Unavailable {
			t.Errorf("cats of a shelter with %v: got %v, want unavailable", values, err)
		}
	}
}

// FuzzParseCatRequest checks that no query makes ParseCatRequest panic or take long, and that
// its errors are for the caller.
func FuzzParseCatRequest(f *testing.F) {
	resolver := filters.NewQueryResolver(search.New(nil, search.Options{}), geo.Default())
	for _, query := range []string{
		"", "sex=female&age_group=kitten,adult&limit=20", "near=21701&radius_km=50&sort=distance", "near=39.4,-77.4&radius_miles=10", "q=black cat&good_with_dogs=true&facets=all",
		"activity=leash_walks&readiness=ready&sort=suitability", "neer=1&sex=femal&limit=0&seed=-1", "age_months_min=9&age_months_max=1", "cursor=AAAA&fields=id,name&expand=shelter",
		"shelter=MD1&partner=x&region=MD&country=US", "q=%22a phrase%22 -not&include_total=true", "near=,&near=&radius_km=1e309", "not_breed=Siamese&breed!=x&exclude_fiv=true&ids=7,cat_1&not_ids=8", "fee_min=2&fee_max=1&near=place_us.md.rockville&radius_mi=5", "near=place_..&not_region=Western Australia", "%zz", "status=available&status=adopted&status=,",
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

// TestBindValues_RepeatedListParametersMeanAnyOf checks for every list parameter that each
// way in which HTTP clients send a list is the same.
func TestBindValues_RepeatedListParametersMeanAnyOf(t *testing.T) {
	t.Parallel()

	for _, p := range binding.Parameters(reflect.TypeFor[filters.CatQuery]()) {
		if !p.List {
			continue
		}
		var want filters.CatQuery
		first, second := "7", "8"
		if enums := p.Tag.Get("enums"); enums != "" {
			values := strings.Split(enums, ",")
			first, second = values[0], values[len(values)-1]
		}
		for i, query := range []string{
			fmt.Sprintf("%[1]s=%[2]s,%[3]s", p.Name, first, second),
			fmt.Sprintf("%[1]s=%[3]s&%[1]s=%[2]s", p.Name, first, second),
			fmt.Sprintf("%[1]s[]=%[2]s&%[1]s[]=%[3]s", p.Name, first, second),
			fmt.Sprintf("%[1]s=%[2]s&%[1]s=%[3]s,%[2]s", p.Name, first, second),
		} {
			values, err := url.ParseQuery(query)
			if err != nil {
				t.Fatal(err)
			}
			var got filters.CatQuery
			if errs := binding.BindValues(values, &got); len(errs) > 0 {
				t.Errorf("%s: got errors %v", query, errs)
			}
			if i == 0 {
				want = got
			} else if !reflect.DeepEqual(got, want) {
				t.Errorf("%s: got other values than with commas", query)
			}
		}
	}
}
