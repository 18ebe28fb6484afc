// Command simulate checks the machinery of the adventure rubric against cats
// whose true nature is known, because it is made up.
//
// It invents cats and assessors that break the model's assumptions on purpose
// (unequal traits, biased and noisy raters, early-stay fear), rates them with
// the published rubric and prints how near the ratings come, beside the aims.
// It says nothing about real cats. The same seed prints the same table.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"trailcat/internal/rating"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "simulate:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("simulate", flag.ContinueOnError)
	seed := flags.Uint64("seed", 1, "seed of the invented world")
	cats := flags.Int("n", 4000, "cats per row")
	version := flags.String("rubric", "", "version of the rubric; the latest if empty")
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("read flags: %w", err)
	}
	rubrics, err := rating.Open()
	if err != nil {
		return fmt.Errorf("open rubrics: %w", err)
	}
	rubric := rubrics.Latest()
	if *version != "" {
		if rubric, err = rubrics.Version(*version); err != nil {
			return fmt.Errorf("choose rubric: %w", err)
		}
	}
	results, err := simulate(rubric, *seed, *cats)
	if err != nil {
		return err
	}
	head := fmt.Sprintf("rubric %s, %d cats a row, seed %d\n\n", rubric.Identity().Version, *cats, *seed)
	if _, err := io.WriteString(out, head); err != nil {
		return fmt.Errorf("print results: %w", err)
	}
	if err := results.print(out); err != nil {
		return err
	}
	if missed := results.missed(); len(missed) > 0 {
		return fmt.Errorf("%d aims are missed", len(missed))
	}
	return nil
}
