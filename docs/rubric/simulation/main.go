// Command simulation tests the arithmetic of the adventure rubric on simulated
// cats, whose true traits are known.
//
// It generates cats and assessors that violate the model's assumptions on
// purpose (unequal traits, biased and noisy assessors, fear in the first days),
// rates them with a published rubric, and prints the accuracy of the ratings
// beside the acceptance criteria. It depends on package rating only and says
// nothing about real cats. The same seed prints the same table.
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
		fmt.Fprintln(os.Stderr, "simulation:", err)
		os.Exit(1)
	}
}

// run prints the results to out. It returns an error if a criterion is not met.
func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("simulation", flag.ContinueOnError)
	seed := flags.Uint64("seed", 1, "seed of the simulated population")
	cats := flags.Int("n", 4000, "number of cats per row")
	version := flags.String("rubric", "", "version of the rubric; empty selects the latest")
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
	head := fmt.Sprintf("rubric %s, %d cats per row, seed %d\n\n", rubric.Identity().Version, *cats, *seed)
	if _, err := io.WriteString(out, head); err != nil {
		return fmt.Errorf("print results: %w", err)
	}
	if err := results.print(out); err != nil {
		return err
	}
	if failed := results.failedCriteria(); len(failed) > 0 {
		return fmt.Errorf("%d criteria are not met", len(failed))
	}
	return nil
}
