package api

import (
	"fmt"
	"net/http"
	"testing"

	"trailcat/api/wire"
)

// TestCalibration_Examples follows 40 cats for two months: twenty that were seen to
// be bold, of which two did not take to leash walks, and twenty shy ones, of which
// six did.
func TestCalibration_Examples(t *testing.T) {
	t.Parallel()

	v := client{newSQLiteServer(t), nil, "writer"} // other tests check these responses against the document
	latest := decode[wire.RubricList](t, v.request(t, http.StatusOK, "GET", "/v1/rubrics", "")).Latest
	var cats []string
	for i := range 40 {
		level := 5 - 3*(i%2)
		cat := decode[wire.Cat](t, v.request(t, http.StatusCreated, "PUT", fmt.Sprintf("/v1/shelters/MD1/cats/F%d", i), fmt.Sprintf(`{"name":"Follower %d"}`, i)))
		visit := fmt.Sprintf(`{"assessor":{"id":"s1","role":"staff"},"context":"shelter_room","observed_on":"2026-04-28","days_in_place":10,`+
			`"levels":{"outdoor_interest":%[1]d,"novelty_response":%[1]d,"sound_recovery":%[1]d,"baseline_calm":%[1]d,"handling_comfort":%[1]d}}`, level)
		v.request(t, http.StatusCreated, "POST", "/v1/cats/"+cat.ID+"/assessments", visit)
		v.request(t, http.StatusOK, "POST", "/v1/cats/"+cat.ID+"/status", `{"status":"adopted"}`)
		cats = append(cats, cat.ID)
	}
	*v.now = v.now.AddDate(0, 0, 60)
	for i, cat := range cats {
		calm := 4
		if bold := i%2 == 0; bold && i < 4 || !bold && i >= 12 {
			calm = 1
		}
		v.request(t, http.StatusCreated, "POST", "/v1/cats/"+cat+"/outcomes", outcomeJSON(v, 60, calm))
	}
	body := client{v.testServer, loadSpec(t), ""}.request(t, http.StatusOK, "GET", "/v1/rubrics/"+latest+"/calibration", "")
	checkExample(t, "getCalibration", body)
	got := decode[wire.Calibration](t, body)
	if o := got.Overall; o.Verdict != "measured" || o.Cases != 40 || o.Successes != 24 || o.SuccessRate.Value != 0.6 || o.AUC.Value != 0.8125 {
		t.Errorf("overall: %+v", o)
	}
	if hike := got.Activities[2]; hike.Verdict != "too_few" || hike.Missing != 30 || hike.SuccessRate != nil || hike.Brier != nil || hike.AUC != nil {
		t.Errorf("hike: %+v", hike)
	}
}
