// Command gen generates the data of the gazetteer from files of GeoNames
// (https://download.geonames.org/export), as they are, unpacked or gzipped:
//
//	go run ./internal/geo/gen -o internal/geo/data/places.bin US.txt PR.txt CA.txt cities1000.txt
//
// Postal code files have 12 columns. Files of places have 19, or only country, region,
// name, latitude, longitude, population and feature code. Places of countries without
// postal codes are left out.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"slices"

	"trailcat/internal/geo"
)

func main() {
	out := flag.String("o", "places.bin", "output `file`")
	flag.Parse()
	if err := run(*out, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(out string, names []string) error {
	var source geo.Source
	for _, name := range names {
		if err := source.ReadFile(name); err != nil {
			return err
		}
	}
	countries := map[string]bool{}
	for _, p := range source.Postal {
		countries[p.Country] = true
	}
	source.Towns = slices.DeleteFunc(source.Towns, func(t geo.Town) bool { return !countries[t.Country] })
	g, err := geo.New(source.Postal, source.Towns)
	if err != nil {
		return err
	}
	var data bytes.Buffer
	if err := geo.Encode(&data, g); err != nil {
		return err
	}
	if err := os.WriteFile(out, data.Bytes(), 0o644); err != nil {
		return fmt.Errorf("write data: %w", err)
	}
	fmt.Fprintf(os.Stderr, "%d postal codes and %d populated places in %d bytes\n", len(source.Postal), len(source.Towns), data.Len())
	return nil
}
