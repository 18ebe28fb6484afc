package store

import "trailcat/internal/catalog"

// ratingDoc is the document of a cat's rating. A cat that was never rated has none.
type ratingDoc struct {
	Rubric     string        `json:"rubric"`
	On         date          `json:"on"`
	Overall    *float64      `json:"overall,omitempty"`
	BestFit    string        `json:"best"`
	Activities []activityDoc `json:"activities"`
}

type activityDoc struct {
	Activity  string   `json:"activity"`
	Score     *float64 `json:"score,omitempty"`
	Low       *float64 `json:"low,omitempty"`
	High      *float64 `json:"high,omitempty"`
	Band      string   `json:"band,omitempty"`
	Readiness string   `json:"readiness"`
	Grade     string   `json:"grade"`
}

func newRatingDoc(r catalog.Rating) (string, error) {
	if r.Rubric == "" {
		return "", nil
	}
	return encode(ratingDoc{
		Rubric: r.Rubric, On: dateOf(r.On), Overall: r.Overall, BestFit: r.BestFit,
		Activities: each(r.Activities, func(a catalog.ActivityRating) activityDoc { return activityDoc(a) }),
	})
}

func ratingOf(text string) (catalog.Rating, error) {
	if text == "" {
		return catalog.Rating{}, nil
	}
	var doc ratingDoc
	if err := decode(text, &doc); err != nil {
		return catalog.Rating{}, err
	}
	return catalog.Rating{
		Rubric: doc.Rubric, On: doc.On.time(), Overall: doc.Overall, BestFit: doc.BestFit,
		Activities: each(doc.Activities, func(a activityDoc) catalog.ActivityRating { return catalog.ActivityRating(a) }),
	}, nil
}
