package main

import (
	"fmt"

	"trailcat/internal/geo"
)

// placesFlags add places to the gazetteer.
type placesFlags struct {
	Places []string `help:"Files of GeoNames with the postal codes or populated places of other countries: text, .gz or .zip; see docs/operations.md." type:"existingfile" placeholder:"FILE"`
}

// gazetteer returns the embedded gazetteer with the countries of the files.
func (f placesFlags) gazetteer() (*geo.Gazetteer, error) {
	if len(f.Places) == 0 {
		return geo.Default(), nil
	}
	var source geo.Source
	for _, name := range f.Places {
		if err := source.ReadFile(name); err != nil {
			return nil, fmt.Errorf("--places: %w", err)
		}
	}
	places, err := geo.Default().With(source)
	if err != nil {
		return nil, fmt.Errorf("--places: %w", err)
	}
	return places, nil
}
