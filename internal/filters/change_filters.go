package filters

import (
	"net/url"
	"strings"

	"trailcat/internal/binding"
	"trailcat/internal/catalog"
)

// ChangeFilters say of which changes one wants to be told: those of which
// resource, and of which cats. Filters on where a cat is, shelter, region,
// country and near, hold for shelters too; all others only for cats.
type ChangeFilters struct {
	CatFilters

	Status   []string `query:"status" form:"status" validate:"optional" collectionFormat:"csv" enums:"available,pending,on_hold,adopted"` // Adoption status; default all.
	Stale    []string `query:"stale" form:"stale" validate:"optional" collectionFormat:"csv" enums:"true,false"`                          // `true` for listings that their sources have not confirmed lately; default both.
	Resource []string `query:"resource" form:"resource" validate:"optional" collectionFormat:"csv" enums:"cat,shelter"`                   // Kind of resource; default both.
}

// BindFilters reads filters into the struct that in points to. Ages in months
// are refused: a cat grows older without a change, so nobody would be told.
func BindFilters(values url.Values, in any) catalog.FieldErrors {
	bad := binding.BindValues(values, in)
	for i, f := range bad {
		if strings.HasPrefix(f.Parameter, "age_months_") {
			bad[i].Message = "Cats grow older without a change, so nobody would be told. Use age_group: when a cat comes into another one, that is a change."
		}
	}
	return bad
}
