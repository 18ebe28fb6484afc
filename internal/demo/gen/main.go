// Command gen counts what real listings look like, for the made ones:
//
//	go run ./internal/demo/gen -o internal/demo/data/counts.tsv.gz FOLDER
//
// FOLDER holds shelters/, files as municipal shelters publish them, and vocab/,
// tables of the distinct values of breeds, colours, ages and sexes by source. It
// knows which columns to count, and leaves counts only: no row of anyone's list.
package main

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	out := flag.String("o", "counts.tsv.gz", "the file to write")
	flag.Parse()
	if err := run(*out, flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(out, folder string) error {
	all := counts{}
	if err := all.addVocabulary(filepath.Join(folder, "vocab")); err != nil {
		return err
	}
	if err := all.addListings(filepath.Join(folder, "shelters")); err != nil {
		return err
	}
	var data bytes.Buffer
	packed, err := gzip.NewWriterLevel(&data, gzip.BestCompression)
	if err != nil {
		return fmt.Errorf("pack: %w", err)
	}
	if err := all.write(packed); err != nil {
		return err
	}
	if err := packed.Close(); err != nil {
		return fmt.Errorf("pack: %w", err)
	}
	if err := os.WriteFile(out, data.Bytes(), 0o644); err != nil {
		return fmt.Errorf("write the counts: %w", err)
	}
	fmt.Fprintf(os.Stderr, "%d tables in %d bytes\n", len(all), data.Len())
	return nil
}
