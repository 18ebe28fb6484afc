package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// shortenNames calls schemas by the names of their types: api.Cat becomes Cat,
// and api.Page of api.Cat becomes CatPage.
func shortenNames(doc object) error {
	named := within(doc, "components", "schemas")
	renamed, origin := object{}, map[string]string{}
	for _, long := range slices.Sorted(maps.Keys(named)) {
		short := shortName(long)
		if other, taken := origin[short]; taken {
			return fmt.Errorf("%s and %s would both be called %s; name one with @name", other, long, short)
		}
		origin[short] = long
		renamed[short] = named[long]
	}
	within(doc, "components")["schemas"] = renamed
	for s := range schemas(doc) {
		if ref, ok := s["$ref"].(string); ok {
			s["$ref"] = schemaPrefix + shortName(strings.TrimPrefix(ref, schemaPrefix))
		}
	}
	return nil
}

// shortName is the short form of swag's name for a type, as in
// package.Generic-package_Argument. The arguments of a generic type come first.
func shortName(long string) string {
	generic, arguments, _ := strings.Cut(long, "-")
	var short strings.Builder
	for argument := range strings.SplitSeq(arguments, "-") {
		short.WriteString(withoutPackage(argument))
	}
	return short.String() + withoutPackage(generic)
}

func withoutPackage(name string) string {
	return name[strings.LastIndexAny(name, "._")+1:]
}
