package rating

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// sample is a random cat with random observations that all count.
type sample struct {
	cat          Cat
	observations []Observation
	health       []HealthItem
	asOf         Day
}

// drawSample draws a number of observations, up to limit, and a seed from rapid,
// and generates the rest from the seed: one draw per field would be too slow.
func drawSample(t *rapid.T, r *Rubric, limit int) sample {
	n := rapid.IntRange(0, limit).Draw(t, "observations")
	random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	s := sample{asOf: today}
	if random.IntN(8) > 0 {
		s.cat.Born = today - Day(1+random.IntN(6000))
	}
	if random.IntN(4) == 0 {
		s.cat.HomeSince = today - Day(random.IntN(60))
	}
	bold, assessors := random.IntN(5), 1+random.IntN(4)
	for i := 0; len(s.observations) < n; i++ {
		if o := randomObservation(r, random, i, bold, assessors); r.rejectionCode(&o, today) == "" {
			s.observations = append(s.observations, o)
		}
	}
	uncertain := random.IntN(3) == 0
	for _, code := range r.HealthCodes() {
		item := HealthItem{Code: code, Status: HealthOK}
		if uncertain && random.IntN(8) == 0 {
			item.Status = HealthUnknown
		}
		s.health = append(s.health, item)
	}
	return s
}

// randomObservation returns an observation near the cat's boldness, mostly recent
// and often after settling, so that every readiness occurs.
func randomObservation(r *Rubric, random *rand.Rand, i, bold, assessors int) Observation {
	o := Observation{
		ID: fmt.Sprintf("o%d", i), Level: min(max(1+bold+random.IntN(3)-1, 1), 5),
		Trait:      r.doc.Traits[random.IntN(len(r.doc.Traits))].Code,
		AssessorID: fmt.Sprintf("a%d", random.IntN(assessors)),
		Role:       r.doc.Roles[random.IntN(len(r.doc.Roles))].Code,
		Context:    r.doc.Contexts[random.IntN(len(r.doc.Contexts))].Code,
		ObservedOn: today - Day(random.IntN(3)*random.IntN(200)),
	}
	if random.IntN(5) == 0 {
		o.Level = 1 + random.IntN(5)
	}
	if d := random.IntN(60); d > 5 {
		o.DaysInPlace = new(max(d-20, 0))
	}
	return o
}

const tolerance = 1e-9

// checkProperty checks a property for every published rubric. For a rubric with
// hints, the observations include hints.
func checkProperty(t *testing.T, property func(t *rapid.T, r *Rubric)) {
	t.Helper()
	for version, r := range publishedRubrics(t) {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) { property(t, r) })
		})
	}
}

func TestProperty_ScoreWithinBoundsAndRange(t *testing.T) {
	t.Parallel()
	checkProperty(t, func(t *rapid.T, r *Rubric) {
		s := drawSample(t, r, 40)
		_, raw := r.rawScores(s.cat, s.observations, s.asOf)
		for i := range raw {
			x := &raw[i]
			if x.exact < -tolerance || x.exact > 100+tolerance {
				t.Fatalf("%s: got %v, want 0 to 100", r.activities[i].code, x.exact)
			}
			if !slices.IsSorted([]int{0, x.low, x.value, x.high, 1000}) {
				t.Fatalf("%s: got %d, want within %d to %d", r.activities[i].code, x.value, x.low, x.high)
			}
			sum := 0.0
			for _, k := range x.coefficient {
				if k < 0 {
					t.Fatalf("got negative coefficient %v", k)
				}
				sum += k
			}
			if sum > 1+tolerance {
				t.Fatalf("got sum of coefficients %v, want at most 1", sum)
			}
		}
	})
}

func TestProperty_PointsSumToScore(t *testing.T) {
	t.Parallel()
	checkProperty(t, func(t *rapid.T, r *Rubric) {
		s := drawSample(t, r, 40)
		_, raw := r.rawScores(s.cat, s.observations, s.asOf)
		for i := range raw {
			sum := 500
			for _, p := range raw[i].points {
				sum += p
			}
			if sum != raw[i].value {
				t.Fatalf("%s: got sum of base and points %d tenths, want the score %d", r.activities[i].code, sum, raw[i].value)
			}
		}
	})
}

func TestProperty_HigherLevelNeverLowersRating(t *testing.T) {
	t.Parallel()
	checkProperty(t, func(t *rapid.T, r *Rubric) {
		s := drawSample(t, r, 40)
		var raisable []int
		for i := range s.observations {
			if s.observations[i].Level < 5 {
				raisable = append(raisable, i)
			}
		}
		if len(raisable) == 0 {
			return
		}
		better := slices.Clone(s.observations)
		better[rapid.SampledFrom(raisable).Draw(t, "raised")].Level++
		before, after := r.Rate(s.cat, s.observations, s.health, s.asOf), r.Rate(s.cat, better, s.health, s.asOf)
		for i := range before.Traits {
			if after.Traits[i].Estimate < before.Traits[i].Estimate {
				t.Fatalf("estimate of %s fell from %v to %v", before.Traits[i].Trait, before.Traits[i].Estimate, after.Traits[i].Estimate)
			}
		}
		for i := range before.Activities {
			requireNotWorse(t, before.Activities[i], after.Activities[i])
		}
	})
}

func requireNotWorse(t *rapid.T, before, after Activity) {
	t.Helper()
	if readinessOrder(after.BehavioralReadiness) < readinessOrder(before.BehavioralReadiness) || readinessOrder(after.Readiness) < readinessOrder(before.Readiness) {
		t.Fatalf("%s fell from %s to %s", before.Activity, before.BehavioralReadiness, after.BehavioralReadiness)
	}
	if before.Estimate == nil {
		return
	}
	if after.Estimate.Score < before.Estimate.Score || after.Estimate.Low < before.Estimate.Low {
		t.Fatalf("%s fell from %+v to %+v", before.Activity, before.Estimate, after.Estimate)
	}
	if after.TrainingWeeks.Low > before.TrainingWeeks.Low || after.TrainingWeeks.High > before.TrainingWeeks.High {
		t.Fatalf("%s takes %v weeks after %v", before.Activity, after.TrainingWeeks, before.TrainingWeeks)
	}
}

func readinessOrder(r Readiness) int { return slices.Index(append(readinessByRank[:], Suitable), r) }

func TestProperty_InputOrderDoesNotMatter(t *testing.T) {
	t.Parallel()
	checkProperty(t, func(t *rapid.T, r *Rubric) {
		s := drawSample(t, r, 25)
		if len(s.observations) > 1 && rapid.Bool().Draw(t, "same id twice") {
			s.observations[0].ID = s.observations[1].ID
		}
		shuffled := rapid.Permutation(s.observations).Draw(t, "shuffled")
		health := slices.Clone(s.health)
		slices.Reverse(health)
		if a, b := r.Rate(s.cat, s.observations, s.health, s.asOf), r.Rate(s.cat, shuffled, health, s.asOf); !reflect.DeepEqual(a, b) {
			t.Fatalf("got different ratings:\n%+v\n%+v", a, b)
		}
	})
}

func TestProperty_LessEvidenceNeverIncreasesCertainty(t *testing.T) {
	t.Parallel()
	checkProperty(t, func(t *rapid.T, r *Rubric) {
		s := drawSample(t, r, 40)
		if len(s.observations) == 0 {
			return
		}
		i := rapid.IntRange(0, len(s.observations)-1).Draw(t, "removed")
		_, all := r.rawScores(s.cat, s.observations, s.asOf)
		_, fewer := r.rawScores(s.cat, slices.Delete(slices.Clone(s.observations), i, i+1), s.asOf)
		requireNotMoreCertain(t, r, all, fewer)
	})
}

func TestProperty_AgingNeverIncreasesCertainty(t *testing.T) {
	t.Parallel()
	checkProperty(t, func(t *rapid.T, r *Rubric) {
		s := drawSample(t, r, 40)
		later := s.asOf + Day(rapid.IntRange(1, 500).Draw(t, "days later"))
		_, now := r.rawScores(s.cat, s.observations, s.asOf)
		_, then := r.rawScores(s.cat, s.observations, later)
		requireNotMoreCertain(t, r, now, then)
	})
}

func requireNotMoreCertain(t *rapid.T, r *Rubric, before, after []score) {
	t.Helper()
	for i := range before {
		b, a := &before[i], &after[i]
		if a.exactHigh-a.exactLow < b.exactHigh-b.exactLow-tolerance || a.exactReliability > b.exactReliability+tolerance || a.assessors > b.assessors {
			t.Fatalf("%s: width %v after %v, reliability %v after %v, assessors %v after %v", r.activities[i].code,
				a.exactHigh-a.exactLow, b.exactHigh-b.exactLow, a.exactReliability, b.exactReliability, a.assessors, b.assessors)
		}
	}
}

func TestProperty_AssessorWeighsLessThanTwiceBestObservation(t *testing.T) {
	t.Parallel()
	checkProperty(t, func(t *rapid.T, r *Rubric) {
		s := drawSample(t, r, 40)
		for i := range s.observations {
			s.observations[i].AssessorID = "a0"
		}
		weighted, _ := r.weightObservations(s.cat, s.observations, s.asOf)
		var sum, best [2][maxTraits]int64 // by hintOrder: the listing counts as an assessor of its own
		for _, o := range weighted {
			sum[o.hintOrder()][o.trait] += o.weight
			best[o.hintOrder()][o.trait] = max(best[o.hintOrder()][o.trait], o.base*repeatUnit)
		}
		for who := range sum {
			for tr := range sum[who] {
				if sum[who][tr] > 0 && sum[who][tr] >= 2*best[who][tr] {
					t.Fatalf("got total weight %d, want below twice the best weight %d", sum[who][tr], best[who][tr])
				}
			}
		}
	})
}

func TestProperty_GatesNeverImproveReadinessOrChangeScore(t *testing.T) {
	t.Parallel()
	checkProperty(t, func(t *rapid.T, r *Rubric) {
		s := drawSample(t, r, 40)
		i := rapid.IntRange(0, len(s.health)-1).Draw(t, "gate")
		s.health[i].Status = HealthOK
		worse := slices.Clone(s.health)
		worse[i].Status = rapid.SampledFrom([]HealthStatus{HealthFail, HealthUnknown}).Draw(t, "status")
		if names := r.Severities(worse[i].Code); len(names) > 0 {
			worse[i].Severity = rapid.SampledFrom(append(slices.Clip(names), "")).Draw(t, "severity")
		}
		before, after := r.Rate(s.cat, s.observations, s.health, s.asOf), r.Rate(s.cat, s.observations, worse, s.asOf)
		for j := range before.Activities {
			b, a := before.Activities[j], after.Activities[j]
			if readinessOrder(a.Readiness) > readinessOrder(b.Readiness) || readinessOrder(a.BehavioralReadiness) > readinessOrder(b.BehavioralReadiness) {
				t.Fatalf("%s rose from %s to %s with %s", b.Activity, b.Readiness, a.Readiness, worse[i].Code)
			}
			if !reflect.DeepEqual(a.Estimate, b.Estimate) || !reflect.DeepEqual(a.Contributions, b.Contributions) {
				t.Fatalf("%s: the score changed with %s", b.Activity, worse[i].Code)
			}
		}
	})
}

func TestProperty_NeutralLevelsScore50(t *testing.T) {
	t.Parallel()
	checkProperty(t, func(t *rapid.T, r *Rubric) {
		s := drawSample(t, r, 40)
		for i := range s.observations {
			s.observations[i].Level = 3
		}
		_, raw := r.rawScores(s.cat, s.observations, s.asOf)
		for i := range raw {
			if raw[i].exact != 50 {
				t.Fatalf("%s: got %v, want 50", r.activities[i].code, raw[i].exact)
			}
		}
	})
}

func TestProperty_NoObservationsNotYetAssessed(t *testing.T) {
	t.Parallel()
	checkProperty(t, func(t *rapid.T, r *Rubric) {
		s := drawSample(t, r, 0)
		got := r.Rate(s.cat, nil, s.health, s.asOf)
		want := "indoor_enrichment"
		if r.doc.BestFit.NeedsScore {
			want = ""
		}
		if got.Overall != nil || got.BestFit != want {
			t.Fatalf("got overall %+v and best fit %q, want nil and %q", got.Overall, got.BestFit, want)
		}
		for _, a := range got.Activities[1:] {
			if a.Estimate != nil || a.BehavioralReadiness != NotYetAssessed || len(a.NextObservations) == 0 {
				t.Fatalf("%s: got %+v, want not yet assessed with next observations", a.Activity, a)
			}
		}
	})
}

func TestProperty_MirroredLevelsMirrorScore(t *testing.T) {
	t.Parallel()
	checkProperty(t, func(t *rapid.T, r *Rubric) {
		s := drawSample(t, r, 40)
		mirrored := slices.Clone(s.observations)
		for i := range mirrored {
			mirrored[i].Level = 6 - mirrored[i].Level
		}
		_, a := r.rawScores(s.cat, s.observations, s.asOf)
		_, b := r.rawScores(s.cat, mirrored, s.asOf)
		for i := range a {
			if math.Abs(a[i].exact+b[i].exact-100) > tolerance {
				t.Fatalf("%s: got %v and %v, want a sum of 100", r.activities[i].code, a[i].exact, b[i].exact)
			}
		}
	})
}

func TestProperty_LooksAndMeasurementsDoNotChangeActivities(t *testing.T) {
	t.Parallel()
	checkProperty(t, func(t *rapid.T, r *Rubric) {
		s := drawSample(t, r, 25)
		other := s.cat
		other.LongCoat, other.WarmClimate = new(true), new(true)
		other.WeightKg, other.GirthCm = new(8.5), new(52.0)
		before, after := r.Rate(s.cat, s.observations, s.health, s.asOf), r.Rate(other, s.observations, s.health, s.asOf)
		if !reflect.DeepEqual(before.Activities, after.Activities) {
			t.Fatalf("got different ratings:\n%+v\n%+v", before.Activities, after.Activities)
		}
	})
}

// Male only answers the question of pregnancy.
func TestProperty_MaleDoesNotChangeScores(t *testing.T) {
	t.Parallel()
	checkProperty(t, func(t *rapid.T, r *Rubric) {
		s := drawSample(t, r, 25)
		male := s.cat
		male.Male = true
		female, other := r.Rate(s.cat, s.observations, nil, s.asOf), r.Rate(male, s.observations, nil, s.asOf)
		for i := range female.Activities {
			if diff := gocmp.Diff(female.Activities[i].Contributions, other.Activities[i].Contributions); diff != "" {
				t.Fatalf("%s: -female +male:\n%s", female.Activities[i].Activity, diff)
			}
		}
		isPregnancy := func(g Gate) bool { return g.Code == "MED.PREGNANT" }
		if diff := gocmp.Diff(slices.DeleteFunc(female.Gates, isPregnancy), slices.DeleteFunc(other.Gates, isPregnancy)); diff != "" {
			t.Fatalf("-female +male:\n%s", diff)
		}
	})
}

func TestInput_HasNoBreedSexOrColour(t *testing.T) {
	t.Parallel()
	for _, shape := range []reflect.Type{reflect.TypeFor[Cat](), reflect.TypeFor[Observation](), reflect.TypeFor[HealthItem]()} {
		for field := range shape.Fields() {
			for _, word := range []string{"breed", "sex", "gender", "colo"} {
				if strings.Contains(strings.ToLower(field.Name), word) {
					t.Errorf("%s.%s: input must not include %s", shape.Name(), field.Name, word)
				}
			}
		}
	}
}

// summarize returns the summary of a rating.
func summarize(r Rating) Summary {
	out := Summary{Rubric: r.Rubric, AsOf: r.AsOf, Overall: r.Overall, BestFit: r.BestFit}
	for _, a := range r.Activities[1:] {
		out.Activities = append(out.Activities, ActivitySummary{Activity: a.Activity, Readiness: a.Readiness, Estimate: a.Estimate, Grade: a.Grade})
	}
	return out
}

func TestProperty_SummaryMatchesRating(t *testing.T) {
	t.Parallel()
	checkProperty(t, func(t *rapid.T, r *Rubric) {
		s := drawSample(t, r, 40)
		makeIrregular(rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "irregular"), 1)), &s)
		if diff := gocmp.Diff(summarize(r.Rate(s.cat, s.observations, s.health, s.asOf)), r.RateSummary(s.cat, s.observations, s.health, s.asOf)); diff != "" {
			t.Fatalf("-rating +summary:\n%s", diff)
		}
	})
}

func TestProperty_OutlookMatchesRating(t *testing.T) {
	t.Parallel()
	checkProperty(t, func(t *rapid.T, r *Rubric) {
		s := drawSample(t, r, 40)
		makeIrregular(rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "irregular"), 1)), &s)
		rated, got := r.Rate(s.cat, s.observations, s.health, s.asOf), r.Outlook(s.cat, s.observations, s.health, s.asOf)
		for i, a := range rated.Activities[1:] {
			o := got.Activities[i]
			want := ActivityOutlook{Activity: a.Activity, Clearance: a.Clearance, TrainingWeeks: a.TrainingWeeks, Limits: o.Limits}
			if diff := gocmp.Diff(want, o); diff != "" {
				t.Fatalf("-rating +outlook:\n%s", diff)
			}
			if o.Clearance == ClearanceRestricted && len(o.Limits) == 0 {
				t.Fatalf("%s is restricted: got no limits, want those of the gates", o.Activity)
			}
		}
		if diff := gocmp.Diff(rated.Traits, got.Traits); diff != "" {
			t.Fatalf("-rating +outlook:\n%s", diff)
		}
	})
}

// makeIrregular adds irregular input to a sample: hints only, failed or reported
// health items, an observation in the future.
func makeIrregular(random *rand.Rand, s *sample) {
	if random.IntN(2) == 0 {
		all := hintsAtLevel(1 + random.IntN(5))
		slices.SortFunc(all, func(a, b Observation) int { return cmp.Compare(a.ID, b.ID) })
		random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		s.observations = all[random.IntN(len(all)):]
	}
	if len(s.observations) > 0 && random.IntN(2) == 0 {
		s.observations[0].ObservedOn = s.asOf + 1
	}
	for i := range s.health {
		s.health[i].Reported = random.IntN(2) == 0
		if random.IntN(4) == 0 {
			s.health[i].Status = []HealthStatus{HealthFail, HealthUnknown, HealthNotApplicable}[random.IntN(3)]
		}
	}
	s.health = s.health[random.IntN(len(s.health)+1):]
}
