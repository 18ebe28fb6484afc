// Command gen generates the data of the gazetteer from the postal code files of
// GeoNames (https://download.geonames.org/export/zip, unpacked or gzipped):
//
//	go run ./internal/geo/gen -o internal/geo/data/postal.bin US.txt PR.txt CA.txt
//
// GeoNames fills its columns differently in each of the three countries; the
// program converts them to a city, a region and a point.
package main

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"trailcat/internal/geo"
)

func main() {
	out := flag.String("o", "postal.bin", "output `file`")
	flag.Parse()
	if err := run(*out, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(out string, names []string) error {
	var places []geo.Place
	for _, name := range names {
		more, err := readFile(name)
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		places = append(places, more...)
	}
	var data bytes.Buffer
	if err := geo.Encode(&data, places); err != nil {
		return err
	}
	if err := os.WriteFile(out, data.Bytes(), 0o644); err != nil {
		return fmt.Errorf("write data: %w", err)
	}
	fmt.Fprintf(os.Stderr, "%d postal codes in %d bytes\n", len(places), data.Len())
	return nil
}

func readFile(name string) ([]geo.Place, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var r io.Reader = bytes.NewReader(data)
	if strings.HasSuffix(name, ".gz") {
		if r, err = gzip.NewReader(r); err != nil {
			return nil, err
		}
	}
	return readPlaces(r)
}
