package search

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"trailcat/internal/catalog"
)

// suitabilityScores is what the columns keep of a cat's rating: numbers for the whole cat,
// and then for each outing.
type suitabilityScores struct {
	low   lowerBounds
	score [1 + outings]fixedPoint // of the whole cat it is the overall score
}

// lowerBounds are the lower ends of the ranges in which the scores probably lie. That
// of the whole cat is the highest of all.
type lowerBounds [1 + outings]fixedPoint

// outings is how many activities have a score.
const outings = 4

// fixedPoint is a number from 0 to 100 in tenths, plus one: 0 is no number.
type fixedPoint uint16

func tenthsOf(x *float64) fixedPoint {
	if x == nil {
		return 0
	}
	return 1 + fixedPoint(math.Round(10**x))
}

// atLeast says that there is a number and that it is at least x. To divide gives
// the float nearest to the tenths, as reading them from text does.
func (t fixedPoint) atLeast(x float64) bool { return t > 0 && float64(t-1)/10 >= x }

func suitsOf(r *catalog.Rating) suitabilityScores {
	var s suitabilityScores
	if len(r.Activities) == 0 {
		return s
	}
	s.score[overallIndex] = tenthsOf(r.Overall)
	for i, activity := range catalog.Activities() {
		a := r.Of(activity)
		s.low[1+i], s.score[1+i] = tenthsOf(a.Low), tenthsOf(a.Score)
	}
	s.low[overallIndex] = slices.Max(s.low[:])
	return s
}

// SuitabilityFilter is what is asked of a cat for an outing: of one of the activities all that
// is said must hold. A cat that nobody assessed is not_yet_assessed and has no
// score, not even 0.
type SuitabilityFilter struct {
	// Activities are those of which any will do. Without them the cat as a whole is
	// meant: what it is readiest for, its best evidence and its overall score.
	Activities []string
	Readiness  []string // any of these; nil is any at all
	Grades     []string // of the evidence; nil is any at all
	ScoreMin   *float64
}

// overallIndex is the place of the cat as a whole beside those of its outings.
const overallIndex = 0

// suitOrder is by the lower end at a place.
func suitOrder(place int) Order {
	if place == overallIndex {
		return OrderSuitability
	}
	return OrderSuitability + "." + Order(catalog.Activities()[place-1])
}

// activityOfOrder is the place by which an order goes, if it is one by suitability.
func activityOfOrder(o Order) (int, bool) {
	if o == OrderSuitability {
		return overallIndex, true
	}
	activity, ok := strings.CutPrefix(string(o), string(OrderSuitability)+".")
	if !ok {
		return 0, false
	}
	at := slices.Index(catalog.Activities(), activity)
	return 1 + at, at >= 0
}

// suitKey is where a cat stands by the lower end of a range: who has none stands
// behind all that have one, and who is equal by number.
func suitKey(low fixedPoint, number int64) key {
	return key{a: uint64(math.MaxUint16 - low), n: number}
}

// hashInto tells apart what is asked, whatever the order of the values.
func (s *SuitabilityFilter) hashInto(text func(string)) {
	for _, list := range [][]string{s.Activities, s.Readiness, s.Grades} {
		text(fmt.Sprint(list == nil, len(list)))
		for _, value := range slices.Sorted(slices.Values(list)) {
			text(value)
		}
	}
	if s.ScoreMin != nil {
		text(strconv.FormatFloat(*s.ScoreMin, 'g', -1, 64))
	}
}

// places are where the outings that a Suit is about stand among a cat's: the
// whole cat where it names none.
func (s *SuitabilityFilter) places() ([]int, error) {
	if len(s.Activities) == 0 {
		return []int{overallIndex}, nil
	}
	places := make([]int, len(s.Activities))
	for i, activity := range s.Activities {
		at := slices.Index(catalog.Activities(), activity)
		if at < 0 {
			return nil, unknownActivity(activity)
		}
		places[i] = 1 + at
	}
	return places, nil
}
