package filters

import (
	"net/url"
	"strings"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
)

// ChangeFilters are the filters by which changes are selected: by resource, and by cat.
// The filters shelter, region, country and near apply to shelters, too; all others apply
// only to cats.
type ChangeFilters struct {
	CatFilters

	Status   []string `form:"status" validate:"optional" collectionFormat:"csv" enums:"available,pending,on_hold,adopted"` // Adoption status; default all.
	Stale    []string `form:"stale" validate:"optional" collectionFormat:"csv" enums:"true,false"`                         // `true` for listings that their sources have not confirmed lately; default both.
	Resource []string `form:"resource" validate:"optional" collectionFormat:"csv" enums:"cat,shelter"`                     // Kind of resource; default both.
}

// StoredWarnings returns the warnings about filters that are stored as the query of a URL;
// see Warnings. Filters that cannot be read have none.
func (r QueryResolver) StoredWarnings(query string, audience catalog.Audience) []wire.FilterWarning {
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil
	}
	var in ChangeFilters
	BindFilters(values, &in)
	return r.Warnings(&in, audience)
}

// BindFilters reads filters into the struct that in points to. It rejects ages in months:
// a cat gets older without a change, so no event would occur.
func BindFilters(values url.Values, in any) catalog.FieldErrors {
	errs := binding.BindValues(values, in)
	for i, f := range errs {
		if strings.HasPrefix(f.Parameter, "age_months_") {
			errs[i].Message = "Not supported, because the age in months changes without an event. Use age_group."
		}
	}
	return errs
}
