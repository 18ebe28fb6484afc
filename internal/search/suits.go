package search

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"trailcat/internal/catalog"
)

// suits is what the columns keep of a cat's rating: numbers for the whole cat,
// and then for each outing.
type suits struct {
	low   lows
	score [1 + outings]tenths // of the whole cat it is the overall score
}

// lows are the lower ends of the ranges in which the scores probably lie. That
// of the whole cat is the highest of all.
type lows [1 + outings]tenths

// outings is how many activities have a score.
const outings = 4

// tenths is a number from 0 to 100 in tenths, plus one: 0 is no number.
type tenths uint16

func tenthsOf(x *float64) tenths {
	if x == nil {
		return 0
	}
	return 1 + tenths(math.Round(10**x))
}

// atLeast says that there is a number and that it is at least x. To divide gives
// the float nearest to the tenths, as reading them from text does.
func (t tenths) atLeast(x float64) bool { return t > 0 && float64(t-1)/10 >= x }

func suitsOf(r *catalog.Rating) suits {
	var s suits
	if len(r.Activities) == 0 {
		return s
	}
	s.score[wholeCat] = tenthsOf(r.Overall)
	for i, activity := range catalog.Outings() {
		a := r.Of(activity)
		s.low[1+i], s.score[1+i] = tenthsOf(a.Low), tenthsOf(a.Score)
	}
	s.low[wholeCat] = slices.Max(s.low[:])
	return s
}

// Suit is what is asked of a cat for an outing: of one of the activities all that
// is said must hold. A cat that nobody assessed is not_yet_assessed and has no
// score, not even 0.
type Suit struct {
	// Activities are those of which any will do. Without them the cat as a whole is
	// meant: what it is readiest for, its best evidence and its overall score.
	Activities []string
	Readiness  []string // any of these; nil is any at all
	Grades     []string // of the evidence; nil is any at all
	ScoreMin   *float64
}

// wholeCat is the place of the cat as a whole beside those of its outings.
const wholeCat = 0

// suitOrder is by the lower end at a place.
func suitOrder(place int) Order {
	if place == wholeCat {
		return OrderSuitability
	}
	return OrderSuitability + "." + Order(catalog.Outings()[place-1])
}

// placeOfOrder is the place by which an order goes, if it is one by suitability.
func placeOfOrder(o Order) (int, bool) {
	if o == OrderSuitability {
		return wholeCat, true
	}
	activity, ok := strings.CutPrefix(string(o), string(OrderSuitability)+".")
	if !ok {
		return 0, false
	}
	at := slices.Index(catalog.Outings(), activity)
	return 1 + at, at >= 0
}

// suitKey is where a cat stands by the lower end of a range: who has none stands
// behind all that have one, and who is equal by number.
func suitKey(low tenths, number int64) key {
	return key{a: uint64(math.MaxUint16 - low), n: number}
}

// say tells apart what is asked, whatever the order of the values.
func (s *Suit) say(text func(string)) {
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
func (s *Suit) places() ([]int, error) {
	if len(s.Activities) == 0 {
		return []int{wholeCat}, nil
	}
	places := make([]int, len(s.Activities))
	for i, activity := range s.Activities {
		at := slices.Index(catalog.Outings(), activity)
		if at < 0 {
			return nil, unknownActivity(activity)
		}
		places[i] = 1 + at
	}
	return places, nil
}
