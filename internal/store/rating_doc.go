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
	doc := ratingDocOf(r)
	if doc == nil {
		return "", nil
	}
	return encode(doc)
}

func ratingDocOf(r catalog.Rating) *ratingDoc {
	if r.Rubric == "" {
		return nil
	}
	return &ratingDoc{
		Rubric: r.Rubric, On: dateOf(r.On), Overall: r.Overall, BestFit: r.BestFit,
		Activities: mapSlice(r.Activities, func(a catalog.ActivityRating) activityDoc { return activityDoc(a) }),
	}
}

func ratingOf(text string) (catalog.Rating, error) {
	if text == "" {
		return catalog.Rating{}, nil
	}
	var doc ratingDoc
	if err := decode(text, &doc); err != nil {
		return catalog.Rating{}, err
	}
	return doc.rating(), nil
}

// rating is the zero Rating where there is no document.
func (d *ratingDoc) rating() catalog.Rating {
	if d == nil {
		return catalog.Rating{}
	}
	return catalog.Rating{
		Rubric: d.Rubric, On: d.On.time(), Overall: d.Overall, BestFit: d.BestFit,
		Activities: mapSlice(d.Activities, func(a activityDoc) catalog.ActivityRating { return catalog.ActivityRating(a) }),
	}
}
