// Program peers asks Trailcat, Lucene, PocketBase and Bleve the same questions about the
// same cats, checks that their answers agree, and prints what each question costs. The
// script run builds and starts everything.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"trailcat/internal/bench/peers/cats"
)

const (
	connectionCount = 8
	rounds          = 12
	roundTime       = 300 * time.Millisecond
	// quietQuantile is the share of the rounds that had the least other load on the machine.
	quietQuantile = 0.15
)

func main() {
	dir := flag.String("dir", ".", "directory of the programs, and for the data")
	size := flag.Int("cats", 100_000, "number of cats")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *dir, *size)
	stop() // ends the servers
	if err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, dir string, size int) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	all := engines(dir, size)
	if err := os.MkdirAll(all[0].data, 0o700); err != nil {
		return err
	}
	var locations map[string]point
	for i, e := range all {
		if i == 1 {
			var err error
			if locations, err = prepare(ctx, dir, all[0]); err != nil {
				return err
			}
		}
		log.Printf("load %s", e.name)
		if err := e.fill(ctx); err != nil {
			return err
		}
		if err := e.start(ctx); err != nil {
			return err
		}
		defer func() { cancel(); _ = e.process.Wait() }() // Wait reports that it was killed
	}
	load := loadAverage()
	fmt.Printf("\n| %d cats", size)
	for _, e := range all {
		fmt.Printf(" | %s", e.name)
	}
	fmt.Printf(" |\n|%s\n", strings.Repeat("---|", len(all)+1))
	var notes []string
	for _, k := range kinds() {
		more, err := check(ctx, k, all, locations)
		if err != nil {
			return err
		}
		notes = append(notes, more...)
		if err := compare(ctx, k, all); err != nil {
			return err
		}
	}
	if err := printSizes(all); err != nil {
		return err
	}
	fmt.Printf("\n%s\n\nLoad average (includes other processes): %s before, %s after.\n", strings.Join(notes, "\n"), load, loadAverage())
	return nil
}

var client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connectionCount, DisableCompression: true}}

// get returns the body of a response, which must have status 200.
func get(ctx context.Context, url string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, err
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %s", url, response.Status, body)
	}
	return body, err
}

// check compares the answers of the peers to a kind of question with those of Trailcat, and
// returns what differs.
func check(ctx context.Context, k kind, all []*engine, locations map[string]point) ([]string, error) {
	var notes []string
	asked := k.questions[:min(12, len(k.questions))]
	var expected []answer
	for i, e := range all {
		var totals, counts difference
		var alike, cards int
		for n, q := range asked {
			path := e.path(q)
			if path == "" {
				continue
			}
			body, err := get(ctx, e.url+withTotal(path))
			if err != nil {
				return nil, err
			}
			got, err := e.parse(body)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", e.name, err)
			}
			if i == 0 {
				expected = append(expected, got)
				continue
			}
			want := expected[n]
			totals.add(got.Page.Total, want.Page.Total)
			if q.near == "" || e.ordered {
				cards += len(want.Data)
				alike += got.alike(want, q, locations)
			}
			filtered := q.parameters()
			for field, values := range want.Facets {
				if filtered.Has(field) { // Trailcat also counts what choosing another value would find
					continue
				}
				for _, value := range values {
					if at := slices.IndexFunc(got.Facets[field], func(c cats.Count) bool { return c.Value == value.Value }); at >= 0 {
						counts.add(got.Facets[field][at].Count, value.Count)
					}
				}
			}
		}
		if !slices.ContainsFunc(expected, func(a answer) bool { return len(a.Data) > 0 }) {
			return nil, fmt.Errorf("%s: no cat was found; more cats are needed", k.label)
		}
		if i > 0 && totals.compared > 0 {
			notes = append(notes, fmt.Sprintf("- %s, %s: totals %s; %d of %d cards alike where sorted alike; facet counts %s", k.label, e.name, totals, alike, cards, counts))
		}
	}
	return notes, nil
}

// difference counts numbers that differ.
type difference struct{ compared, differ, most int }

func (d *difference) add(got, want int) {
	d.compared++
	if got != want {
		d.differ++
		d.most = max(d.most, got-want, want-got)
	}
}

func (d difference) String() string {
	switch {
	case d.compared == 0:
		return "not compared"
	case d.differ == 0:
		return fmt.Sprintf("equal (%d)", d.compared)
	}
	return fmt.Sprintf("%d of %d differ, by %d at most", d.differ, d.compared, d.most)
}

// compare asks all servers a kind of question, in turn, and prints a row.
func compare(ctx context.Context, k kind, all []*engine) error {
	rates, costs := make([][]float64, len(all)), make([][]float64, len(all))
	for round := -1; round < rounds; round++ {
		for i, e := range all {
			if e.path(k.questions[0]) == "" {
				continue
			}
			rate, cost, err := e.ask(ctx, k, (round+2)<<16)
			if err != nil {
				return err
			}
			if round >= 0 { // the first one warms up
				rates[i], costs[i] = append(rates[i], rate), append(costs[i], cost)
			}
		}
	}
	fmt.Printf("| %s", k.label)
	for i := range all {
		if rates[i] == nil {
			fmt.Print(" | has none")
			continue
		}
		fmt.Printf(" | %s/s, %s µs", format(quantile(rates[i], 0.5)), format(quantile(costs[i], quietQuantile)))
		if i > 0 {
			fmt.Printf(" (%s × / %s ×)", format(quantile(rates[0], 0.5)/quantile(rates[i], 0.5)), format(quantile(costs[i], quietQuantile)/quantile(costs[0], quietQuantile)))
		}
	}
	fmt.Println(" |")
	return nil
}

// ask asks questions of a kind for a while and returns how many the server answered per
// second and its processor time for one in µs. Spellings are numbered from first.
func (e *engine) ask(ctx context.Context, k kind, first int) (rate, cost float64, err error) {
	before, err := e.cpuTime()
	if err != nil {
		return 0, 0, err
	}
	var asked atomic.Int64
	failures := make(chan error, connectionCount)
	var work sync.WaitGroup
	started := time.Now()
	for range connectionCount {
		work.Go(func() {
			for time.Since(started) < roundTime {
				n := int(asked.Add(1))
				if _, err := get(ctx, e.url+spell(e.path(k.questions[n%len(k.questions)]), first+n)); err != nil {
					failures <- err
					return
				}
			}
		})
	}
	work.Wait()
	took := time.Since(started)
	after, err := e.cpuTime()
	select {
	case err = <-failures:
	default:
	}
	return float64(asked.Load()) / took.Seconds(), (after - before).Seconds() * 1e6 / float64(asked.Load()), err
}

// printSizes prints the time to load and to start, memory and disk.
func printSizes(all []*engine) error {
	rows := []string{"| load, elapsed and processor time", "| start", "| memory, resident", "| disk"}
	for _, e := range all {
		resident, files, err := e.memory()
		if err != nil {
			return err
		}
		disk, err := e.disk()
		if err != nil {
			return err
		}
		rows[0] += fmt.Sprintf(" | %s s, %s s", format(e.loading.Seconds()), format(e.loadCPU.Seconds()))
		rows[1] += fmt.Sprintf(" | %s s", format(e.starting.Seconds()))
		rows[2] += fmt.Sprintf(" | %s MB, of it files %s", format(resident/1e6), format(files/1e6))
		rows[3] += fmt.Sprintf(" | %s MB", format(disk/1e6))
	}
	fmt.Println(strings.Join(rows, " |\n") + " |")
	return nil
}

func quantile(values []float64, q float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[int(q*float64(len(sorted)))]
}

// format formats a number with three significant digits.
func format(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Join(strings.Fields(string(text))[:3], " ")
}
