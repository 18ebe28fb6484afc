package filters

import (
	"fmt"
	"slices"
	"strings"

	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/geo"
	"trailcat/internal/search"
)

// requestedCountries returns the codes of the countries in a list parameter. It leaves out
// those that are unknown, which are reported where the filter is resolved.
func (r QueryResolver) requestedCountries(sent []string) []string {
	var codes []string
	for _, text := range sent {
		if code, ok := geo.CountryCode(text); ok {
			codes = append(codes, code)
		}
	}
	return codes
}

// ResolveCountries returns the codes of the known ones of countries that are given by code
// or name.
func (r QueryResolver) ResolveCountries(sent []string, errs *catalog.FieldErrors) []string {
	for _, text := range sent {
		resolveCountry("country", text, errs)
	}
	return r.requestedCountries(sent)
}

func resolveCountry(parameter, text string, errs *catalog.FieldErrors) string {
	code, err := geo.ParseCountry(text)
	if err != nil {
		binding.AddErrorIf(errs, true, parameter, errcode.UnknownValue, err.Error())
	}
	return code
}

// ResolveRegions returns the codes of regions that are given by code or name. If the only
// one is a name whose code other countries use, too, it returns its country as well. The
// regions must be in one of the countries, if any are requested.
func (r QueryResolver) ResolveRegions(sent, countries []string, errs *catalog.FieldErrors) (codes []string, country string) {
	codes = make([]string, len(sent))
	for i, text := range sent {
		regions, err := r.places.FindRegions(text, countries...)
		switch code := strings.ToUpper(text); {
		case err != nil:
			binding.AddErrorIf(errs, !r.mayHaveRegion(code, countries), "region", errcode.UnknownValue, err.Error())
			codes[i] = code
		case slices.ContainsFunc(regions, func(r geo.Region) bool { return r.Code == code }):
			codes[i] = code
		default:
			codes[i] = regions[0].Code
			if len(countries) > 0 || len(r.places.RegionsNamed(codes[i])) == 1 {
				continue
			}
			country = regions[0].Country
			binding.AddErrorIf(errs, len(sent) > 1, "region", errcode.Ambiguous,
				fmt.Sprintf("Region %q has the code %s, which other countries use, too. Add country=%s.", text, codes[i], country))
		}
	}
	return codes, country
}

// regionClauses returns the clauses for regions of a filter.
func (r QueryResolver) regionClauses(f *filter, sent, countries []string, errs *catalog.FieldErrors) []search.Clause {
	var regionErrs catalog.FieldErrors
	codes, country := r.ResolveRegions(sent, countries, &regionErrs)
	clauses := []search.Clause{{Field: search.FieldRegion, AnyOf: codes}}
	switch {
	case country == "":
	case f.Excludes != "": // its code alone would exclude regions of other countries, too
		binding.AddErrorIf(&regionErrs, len(sent) == 1, f.Name, errcode.Ambiguous,
			fmt.Sprintf("Region %q has the code %s, which other countries use, too. Send the code to exclude it in all of them, or add country=%s.", sent[0], codes[0], country))
	default:
		clauses = append(clauses, search.Clause{Field: search.FieldCountry, AnyOf: []string{country}})
	}
	for _, err := range regionErrs {
		err.Parameter = f.Name
		*errs = append(*errs, err)
	}
	return clauses
}

// mayHaveRegion reports whether a shelter may have a region that the gazetteer does not
// know: it does not know the regions of the country, or the shelter was stored with it.
func (r QueryResolver) mayHaveRegion(code string, countries []string) bool {
	if !r.index.State().Ready || slices.ContainsFunc(countries, func(c string) bool { return !r.places.HasRegions(c) }) {
		return true
	}
	return r.index.HasRegion(code, countries...)
}
