package rating

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
)

func TestGoldenCases(t *testing.T) {
	t.Parallel()
	for version, r := range publishedRubrics(t) {
		for name, tt := range goldenCases() {
			t.Run(version+" "+name, func(t *testing.T) {
				t.Parallel()
				observed := observations(tt.visits...)
				got := r.Rate(tt.cat, observed, allOK(r, tt.health...), today)
				_, raw := r.rawScores(tt.cat, observed, today)
				for i, want := range tt.want {
					checkGolden(t, got.Activities[i+1], &raw[i], want)
				}
				switch {
				case tt.overall < 0 && got.Overall != nil:
					t.Errorf("got overall %v, want none", got.Overall.Score)
				case tt.overall >= 0 && (got.Overall == nil || !near(got.Overall.Score, tt.overall, 0)):
					t.Errorf("got overall %+v, want %v", got.Overall, tt.overall)
				}
			})
		}
	}
}

// publishedRubrics returns the published rubrics by version.
func publishedRubrics(tb testing.TB) map[string]*Rubric {
	tb.Helper()
	all, err := Open()
	if err != nil {
		tb.Fatal(err)
	}
	rubrics := map[string]*Rubric{}
	for _, v := range all.Versions() {
		if rubrics[v], err = all.Version(v); err != nil {
			tb.Fatal(err)
		}
	}
	return rubrics
}

// What 1.2.0 says differently of the same cases, by 1.1.0 and 1.2.0. Scores, ranges and
// readiness are those of TestGoldenCases: 1.2.0 changed no arithmetic.
func TestGoldenCases_DifferencesOf120(t *testing.T) {
	t.Parallel()
	older, newer := rubric110(t), rubric120(t)
	type row struct{ bestFit, grades, reassess, firstStep string }
	rate := func(r *Rubric, c goldenCase) row {
		got := r.Rate(c.cat, observations(c.visits...), allOK(r, c.health...), today)
		grades := column(got.Activities[1:], func(a Activity) string { return a.Grade })
		days := column(got.Activities[1:], func(a Activity) string {
			if a.ReassessOn == 0 {
				return "-"
			}
			return strconv.Itoa(int(a.ReassessOn - today))
		})
		return row{got.BestFit, strings.Join(grades, " "), strings.Join(days, " "), got.Activities[1].RecommendedFirstStep.Code}
	}
	for name, want := range map[string][2]row{
		// Nothing that is not assessed has a grade, a day to assess it again, or a best fit.
		"GC01 no observations": {
			{"indoor_enrichment", "none none none none", "90 90 90 90", "next_observations"},
			{"", "none none none none", "- - - -", "next_observations"},
		},
		"GC02 one observation": {
			{"indoor_enrichment", "none none none none", "90 90 90 90", "next_observations"},
			{"", "none none none none", "- - - -", "next_observations"},
		},
		"GC06 terrified on day 0": {
			{"indoor_enrichment", "D D D D", "30 30 30 30", "next_observations"},
			{"", "none none none none", "- - - -", "next_observations"},
		},
		"GC10 assessors disagree": {
			{"leash_walk", "C C C C", "90 90 90 90", "step_1"},
			{"backpack", "C C C none", "90 90 90 -", "step_1"},
		},
		"GC11 backpack cat": {
			{"backpack", "C C C C", "90 90 90 90", "step_B"},
			{"backpack", "C C C none", "90 90 90 -", "step_B"},
		},
		"GC14 the same volunteer ten times": {
			{"leash_walk", "C C C C", "90 90 90 90", "step_1"},
			{"backpack", "C C C none", "90 90 90 -", "step_1"},
		},
		// The backpack is within 3 points of the highest score, and easier.
		"GC12 loves walks, not strangers": {
			{"leash_walk", "B B B B", "90 90 90 14", "step_2"},
			{"backpack", "B B B B", "90 90 90 14", "step_2"},
		},
		"GC03 textbook explorer": {
			{"hike", "B B B B", "90 90 90 90", "quiet_outing"},
			{"backpack", "B B B B", "90 90 90 90", "quiet_outing"},
		},
		"GC13 explorer with old observations": {
			{"leash_walk", "C C C C", "90 90 90 90", "step_1"},
			{"backpack", "C C C C", "90 90 90 90", "step_1"},
		},
		// FeLV does not go away; the first step says so.
		"GC08 FeLV-positive": {
			{"backpack", "C C C C", "90 90 90 90", "settle_blockers"},
			{"backpack", "C C C C", "90 90 90 90", "stays_on_hold"},
		},
		// Nothing differs in these fields.
		"GC07 kitten of 12 weeks": {
			{"backpack", "C C C C", "30 30 30 30", "settle_blockers"},
			{"backpack", "C C C C", "30 30 30 30", "settle_blockers"},
		},
		"GC04 hides at every sound": {
			{"indoor_enrichment", "B B B B", "14 14 14 14", "step_0"},
			{"indoor_enrichment", "B B B B", "14 14 14 14", "step_0"},
		},
		"GC05 the same cat ten weeks later": {
			{"backpack", "A A A A", "90 90 90 14", "step_B"},
			{"backpack", "A A A A", "90 90 90 14", "step_B"},
		},
		"GC09 senior with moderate arthritis": {
			{"backpack", "C C C C", "90 90 90 90", "step_1"},
			{"backpack", "C C C C", "90 90 90 90", "step_1"},
		},
		"GC15 neutral": {
			{"backpack", "C C C C", "90 90 90 90", "step_2"},
			{"backpack", "C C C C", "90 90 90 90", "step_2"},
		},
	} {
		c := goldenCases()[name]
		for i, r := range []*Rubric{older, newer} {
			if got := rate(r, c); got != want[i] {
				t.Errorf("%s, %s: got %q, want %q", name, r.Identity().Version, got, want[i])
			}
		}
	}
}

// rawScores returns the scores before readiness is derived. A rating leaves them
// out for a cat that is not yet assessed.
func (r *Rubric) rawScores(cat Cat, observations []Observation, asOf Day) (*evidence, []score) {
	weighted, _ := r.weightObservations(cat, observations, asOf)
	e := &evidence{asOf: asOf}
	r.gatherEvidence(e, weighted)
	scores := make([]score, len(r.activities))
	for i := range scores {
		r.scoreActivity(&scores[i], e, &r.activities[i])
	}
	return e, scores
}

func checkGolden(t *testing.T, got Activity, raw *score, want golden) {
	t.Helper()
	wantReady := want.ready
	if wantReady == "" {
		wantReady = want.behavior
	}
	if got.BehavioralReadiness != want.behavior || got.Readiness != wantReady {
		t.Errorf("%s: got %s, %s by behavior; want %s, %s", got.Activity, got.Readiness, got.BehavioralReadiness, wantReady, want.behavior)
	}
	if (got.Estimate == nil) != (want.behavior == NotYetAssessed) {
		t.Errorf("%s: got estimate %+v, want one unless %s is not_yet_assessed", got.Activity, got.Estimate, want.behavior)
	}
	if want.score >= 0 && !near(fromTenths(raw.value), want.score, 0) {
		t.Errorf("%s: got score %v, want %v", got.Activity, fromTenths(raw.value), want.score)
	}
	if want.low >= 0 && !(near(fromTenths(raw.low), want.low, 0.1) && near(fromTenths(raw.high), want.high, 0.1)) {
		t.Errorf("%s: got range %v to %v, want %v to %v", got.Activity, fromTenths(raw.low), fromTenths(raw.high), want.low, want.high)
	}
	if want.reliability >= 0 && !near(got.Reliability, want.reliability, 0.01) {
		t.Errorf("%s: got reliability %v, want %v", got.Activity, got.Reliability, want.reliability)
	}
	if want.grade != "" && got.Grade != want.grade {
		t.Errorf("%s: got grade %s, want %s", got.Activity, got.Grade, want.grade)
	}
	if want.clearance != "" && got.Clearance != want.clearance {
		t.Errorf("%s: got clearance %s, want %s", got.Activity, got.Clearance, want.clearance)
	}
	if want.weeks != "" && weeksText(got.TrainingWeeks) != want.weeks {
		t.Errorf("%s: got %s weeks, want %s", got.Activity, weeksText(got.TrainingWeeks), want.weeks)
	}
}

func weeksText(w *Weeks) string {
	if w == nil {
		return "no"
	}
	return fmt.Sprintf("%v-%v", w.Low, w.High)
}

func near(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance+1e-9 }

// today is the day on which the tests rate cats.
const today Day = 739574 // 2025-11-20

var shortNames = map[string]string{
	"oi": "outdoor_interest", "nr": "novelty_response", "sr": "sound_recovery", "bc": "baseline_calm", "ad": "adaptability",
	"fm": "food_motivation", "hc": "handling_comfort", "ha": "harness_comfort", "cc": "carrier_comfort", "pb": "person_bond",
	"se": "stranger_ease", "ae": "animal_ease", "pd": "play_drive", "oe": "outdoor_experience",
}

// visit holds the observations of one assessor on one day.
type visit struct {
	role, who, context string
	age                int    // days before today
	day                int    // days in place; negative for unknown
	levels             string // trait abbreviations with levels, such as "oi4 nr3"
}

func observations(visits ...visit) []Observation {
	var all []Observation
	for i, v := range visits {
		for j, m := range strings.Fields(v.levels) {
			o := Observation{
				ID: fmt.Sprintf("o%02d%02d", i, j), Trait: shortNames[m[:2]], Level: int(m[2] - '0'),
				AssessorID: v.who, Role: v.role, Context: v.context, ObservedOn: today - Day(v.age),
			}
			if v.day >= 0 {
				o.DaysInPlace = new(v.day)
			}
			all = append(all, o)
		}
	}
	return all
}

// older returns the same visits, made a number of days earlier.
func older(days int, visits ...visit) []visit {
	out := make([]visit, len(visits))
	for i, v := range visits {
		v.age += days
		out[i] = v
	}
	return out
}

// allOK returns an ok item for every health code, with the given exceptions.
func allOK(r *Rubric, except ...HealthItem) []HealthItem {
	var items []HealthItem
	for _, code := range r.HealthCodes() {
		item := HealthItem{Code: code, Status: HealthOK}
		for _, e := range except {
			if e.Code == code {
				item = e
			}
		}
		items = append(items, item)
	}
	return items
}

// rubric100 returns rubric 1.0.0, for which the golden cases were computed.
func rubric100(tb testing.TB) *Rubric {
	tb.Helper()
	all, err := Open()
	if err != nil {
		tb.Fatal(err)
	}
	r, err := all.Version("1.0.0")
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

var adult = Cat{Born: today - 156*daysPerWeek}

var (
	explorer = []visit{
		{"foster", "f1", "foster_home", 10, 30, "oi5 nr5 sr4 bc5 ad4 fm5 hc4 ha5 cc4 pb5 se4 ae3 pd5 oe5"},
		{"staff", "s1", "shelter_room", 40, 9, "oi5 nr4 sr4 bc4 hc4 se4 fm5"},
	}
	hider = []visit{
		{"staff", "s1", "shelter_room", 5, 15, "oi3 nr2 sr1 bc2 hc2 fm3 cc2 ad2 se1"},
		{"volunteer", "v1", "kennel", 8, 12, "nr1 sr1 bc2 hc2 se1 fm3"},
	}
	laterHider   = append(older(70, hider...), visit{"foster", "f1", "foster_home", 5, 56, "oi4 nr4 sr3 bc4 ad3 fm4 hc4 cc4 pb5 se2"})
	felvPositive = visit{"foster", "f1", "foster_home", 20, 60, "oi4 nr4 sr4 bc4 ad4 fm4 hc4 cc4 pb4 se4"}
	tenTimes     = []visit{{"volunteer", "v1", "shelter_room", 5, 20, strings.Repeat("sr5 nr5 bc5 oi5 hc5 ", 10)}}
	packCat      = visit{"foster", "f1", "foster_home", 10, 40, "oi3 nr2 sr3 bc4 ad3 fm4 hc3 cc5 pb4 ha1"}
	disagreers   = []visit{
		{"staff", "s1", "shelter_room", 5, 20, "oi5 nr5 sr5 bc5 hc5 fm4"},
		{"volunteer", "v1", "shelter_room", 5, 20, "oi3 nr2 sr2 bc2 hc3 fm4"},
	}
)

// golden is the expected result of one activity, from the reference
// implementation. A score, low or reliability of -1 is not checked.
type golden struct {
	score, low, high, reliability float64
	grade                         string
	behavior                      Readiness
	ready                         Readiness // empty if equal to behavior
	clearance                     Clearance // empty if not checked
	weeks                         string
}

func goldenOf(score float64, behavior Readiness) golden {
	return golden{score: score, low: -1, reliability: -1, behavior: behavior}
}

func (g golden) within(low, high float64) golden { g.low, g.high = low, high; return g }

func (g golden) graded(grade string) golden { g.grade = grade; return g }

func (g golden) reliable(r float64) golden { g.reliability = r; return g }

func (g golden) onHold() golden { g.ready = OnHold; return g }

func (g golden) restricted() golden { g.clearance = ClearanceRestricted; return g }

func (g golden) training(weeks string) golden { g.weeks = weeks; return g }

var noGolden = golden{score: -1, low: -1, reliability: -1, behavior: NotYetAssessed}

type goldenCase struct {
	cat     Cat
	visits  []visit
	health  []HealthItem // exceptions from all ok
	want    [4]golden    // leash walk, backpack, hike, patio visit
	overall float64      // -1 for nil
}

func goldenCases() map[string]goldenCase {
	return map[string]goldenCase{
		"GC01 no observations": {
			adult, nil, nil,
			[4]golden{goldenOf(50, NotYetAssessed).within(26.6, 73.4).reliable(0), noGolden, noGolden, noGolden},
			-1,
		},
		"GC02 one observation": {
			adult,
			[]visit{{"staff", "s1", "shelter_room", 5, 10, "sr5"}},
			nil,
			[4]golden{goldenOf(58.1, NotYetAssessed).within(36.2, 80).reliable(0.18), noGolden, noGolden, noGolden},
			-1,
		},
		"GC03 textbook explorer": {
			adult, explorer, nil,
			[4]golden{
				goldenOf(81.9, ReadyNow).within(70, 93.8).reliable(0.84).graded("B").training("0-1"),
				goldenOf(80.2, ReadyNow).within(67.3, 93).graded("B"),
				goldenOf(82.3, ReadyNow).within(70.4, 94.1).graded("B"),
				goldenOf(77.5, ReadyNow).within(65.4, 89.7).graded("B"),
			},
			80.8,
		},
		"GC04 hides at every sound": {
			adult, hider, nil,
			[4]golden{
				goldenOf(30.4, BuildConfidenceFirst).within(16.7, 44.1).reliable(0.72).graded("B").training("5-14"),
				goldenOf(30.2, BuildConfidenceFirst).within(16, 44.4).graded("B").training("3.5-17"),
				goldenOf(30.4, BuildConfidenceFirst), goldenOf(27.1, BuildConfidenceFirst),
			},
			29.9,
		},
		"GC05 the same cat ten weeks later": {
			adult, laterHider, nil,
			[4]golden{
				goldenOf(50.6, ReadyWithTraining).within(39.7, 61.6).reliable(0.83).graded("A").training("1.5-4"),
				goldenOf(51.7, ReadyWithTraining).within(40.5, 62.8).graded("A").training("0.5-4.5"),
				goldenOf(50.8, ReadyWithTraining), goldenOf(45.2, BuildConfidenceFirst),
			},
			50.2,
		},
		"GC06 terrified on day 0": {
			adult,
			[]visit{{"staff", "s1", "kennel", 0, 0, "oi1 nr1 sr1 bc1 hc1 fm1 se1"}},
			nil,
			[4]golden{goldenOf(37.4, NotYetAssessed).reliable(0.25), noGolden, noGolden, noGolden},
			-1,
		},
		"GC07 kitten of 12 weeks": {
			Cat{Born: today - 12*daysPerWeek},
			[]visit{{"foster", "f1", "foster_home", 3, 21, "oi5 nr5 sr4 bc4 ad5 fm5 hc4 pd5 cc3 se4"}},
			[]HealthItem{{Code: "MED.CORE", Status: HealthFail}, {Code: "MED.RABIES", Status: HealthFail}, {Code: "ID.CHIP", Status: HealthUnknown}},
			[4]golden{
				goldenOf(77.5, ReadyWithTraining).within(61.2, 93.8).graded("C").training("0.5-2").onHold(),
				goldenOf(73.6, ReadyWithTraining).within(57.1, 90.1).graded("C").training("0.5-2.5").restricted(),
				goldenOf(76.9, ReadyWithTraining).onHold(), goldenOf(74.7, ReadyWithTraining).onHold(),
			},
			75.8,
		},
		"GC08 FeLV-positive": {
			Cat{Born: today.birthday(-5)},
			[]visit{felvPositive},
			[]HealthItem{{Code: "MED.FELV_POS", Status: HealthFail}},
			[4]golden{
				goldenOf(69.1, ReadyWithTraining).within(53, 85.2).graded("C").onHold(),
				goldenOf(69.7, ReadyNow).within(53.4, 86).graded("C").restricted(),
				goldenOf(69, ReadyWithTraining).onHold(), goldenOf(69.2, ReadyWithTraining).onHold(),
			},
			69.3,
		},
		"GC09 senior with moderate arthritis": {
			Cat{Born: today.birthday(-13)},
			[]visit{
				{"foster", "f1", "foster_home", 15, 45, "oi4 nr3 sr4 bc5 ad4 fm4 hc4 cc5 pb5 se4 pd2"},
				{"previous_owner", "p1", "history", 60, -1, "oe4 oi4"},
			},
			[]HealthItem{{Code: "MED.PAIN", Status: HealthFail, Severity: "moderate"}},
			[4]golden{
				goldenOf(69.9, ReadyWithTraining).within(56.8, 82.9).graded("C").restricted().training("1-3"),
				goldenOf(74.6, ReadyNow).within(60.2, 89).graded("C"),
				goldenOf(69.8, ReadyWithTraining).restricted(), goldenOf(71.5, ReadyWithTraining),
			},
			71.5,
		},
		"GC10 assessors disagree": {
			adult, disagreers, nil,
			[4]golden{
				goldenOf(65.1, ReadyWithTraining).within(51.2, 79).reliable(0.71).graded("C").training("1.5-3.5"),
				goldenOf(64.3, ReadyWithTraining).graded("C").training("0.5-5"),
				goldenOf(64.4, ReadyWithTraining).graded("C"), noGolden,
			},
			64.6,
		},
		"GC11 backpack cat": {
			adult,
			[]visit{packCat},
			nil,
			[4]golden{
				goldenOf(51.2, ReadyWithTraining).within(35.2, 67.1).graded("C").training("1.5-4"),
				goldenOf(59.9, ReadyWithTraining).within(43.6, 76.2).graded("C").training("0.5-1.5"),
				goldenOf(52.8, ReadyWithTraining), noGolden,
			},
			54.7,
		},
		"GC12 loves walks, not strangers": {
			adult,
			[]visit{
				{"foster", "f1", "foster_home", 10, 40, "oi5 nr4 sr4 bc4 ad4 fm5 hc4 ha3 cc3 pb5 se1 ae2"},
				{"staff", "s1", "shelter_room", 20, 9, "se1 sr4 bc3"},
			},
			nil,
			[4]golden{
				goldenOf(67, ReadyWithTraining).within(54.5, 79.5).graded("B").training("1-2.5"),
				goldenOf(65.1, ReadyWithTraining).within(52.1, 78.2).graded("B").training("0.5-3.5"),
				goldenOf(66.2, ReadyWithTraining), goldenOf(57, BuildConfidenceFirst),
			},
			64.8,
		},
		"GC13 explorer with old observations": {
			adult, older(400, explorer...), nil,
			[4]golden{
				goldenOf(70.7, ReadyWithTraining).within(54.4, 87).reliable(0.55).graded("C"),
				goldenOf(70.1, ReadyWithTraining).graded("C"), goldenOf(70.7, ReadyWithTraining).graded("C"),
				goldenOf(69.3, ReadyWithTraining).graded("C"),
			},
			70.3,
		},
		"GC14 the same volunteer ten times": {
			adult, tenTimes, nil,
			[4]golden{
				goldenOf(80.8, ReadyWithTraining).within(63.3, 98.2).reliable(0.64).graded("C"),
				goldenOf(79.2, ReadyWithTraining).graded("C"), goldenOf(79.6, ReadyWithTraining), noGolden,
			},
			79.8,
		},
		"GC15 neutral": {
			adult,
			[]visit{{"foster", "f1", "foster_home", 5, 20, "oi3 nr3 sr3 bc3 ad3 fm3 hc3 ha3 cc3 pb3 se3 ae3 pd3 oe3"}},
			nil,
			[4]golden{
				goldenOf(50, ReadyWithTraining).within(34.5, 65.5).graded("C").training("1.5-3"),
				goldenOf(50, ReadyWithTraining).within(33.9, 66.1).training("0.5-4.5"),
				goldenOf(50, ReadyWithTraining), goldenOf(50, ReadyWithTraining),
			},
			50,
		},
	}
}
