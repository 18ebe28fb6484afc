package wire

import (
	"testing"

	"trailcat/internal/catalog"
)

func TestAdventureSummary_IsNullUnlessAnActivityIsAssessedOrOnHold(t *testing.T) {
	t.Parallel()

	score := 60.5
	rated := func(overall *float64, readiness string) catalog.Rating {
		return catalog.Rating{Rubric: "1.1.0", On: cardDay, Overall: overall, BestFit: "hike", Activities: []catalog.ActivityRating{
			{Activity: "hike", Score: overall, Readiness: readiness, Grade: "D"},
			{Activity: "backpack", Readiness: catalog.ReadinessNotAssessed, Grade: catalog.NoEvidence},
		}}
	}
	for name, test := range map[string]struct {
		rating catalog.Rating
		want   string
	}{
		"nothing is known":             {catalog.Rating{}, ""},
		"the listing gives hints only": {rated(nil, catalog.ReadinessNotAssessed), ""},
		"an activity is on hold": {rated(nil, catalog.ReadinessOnHold), `{"rubric":"1.1.0","as_of":"2026-05-01","overall":null,"best_fit":"hike","activities":[` +
			`{"activity":"hike","score":null,"likely_range":null,"band":null,"readiness":"on_hold","evidence_grade":"D"},` +
			`{"activity":"backpack","score":null,"likely_range":null,"band":null,"readiness":"not_yet_assessed","evidence_grade":"none"}]}`},
		"an activity is assessed": {rated(&score, catalog.ReadinessNow), `{"rubric":"1.1.0","as_of":"2026-05-01","overall":60.5,"best_fit":"hike","activities":[` +
			`{"activity":"hike","score":60.5,"likely_range":null,"band":null,"readiness":"ready_now","evidence_grade":"D"},` +
			`{"activity":"backpack","score":null,"likely_range":null,"band":null,"readiness":"not_yet_assessed","evidence_grade":"none"}]}`},
	} {
		if got := string(EncodeAdventureSummary(catalog.Cat{Rating: test.rating})); got != test.want {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		}
	}
}
