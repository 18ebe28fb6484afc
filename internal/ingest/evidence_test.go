package ingest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/ingest"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

const assessedHeader = "external_id,name,assessed_on,assessor_id,assessor_role,assessment_context,assessment_days_in_place,sound_recovery,baseline_calm,health_id_chip,health_med_rabies,health_med_rabies_until,health_verified_by\n"

// The columns of an assessment and of gates are recorded once, and a change in the file
// corrects what it recorded.
func TestEvidence_SameFileTwiceChangesNothing(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		cats := catalogOn(s)
		own := format(t, "montgomery").Shelter
		shelter, _, err := cats.PutShelter(t.Context(), geo.Default(), own.ExternalID, own.Profile)
		if err != nil {
			t.Fatal(err)
		}
		row := "E1,Ivy,2026-05-10,s1,Staff,Shelter Room,10,4,%s,ok,ok,2027-05-01,%s\n"
		for _, step := range []struct {
			does, calm, vet string
			log             []string
		}{
			{"the first file", "3", "", []string{"created cat", "created assessment", "created health_item", "created health_item"}},
			{"the same file", "3", "", nil},
			{"another level", "4.0", "", []string{"updated assessment", "created assessment"}},
			{"who verified the gates", "4", "vet", []string{"updated health_item", "updated health_item"}},
			{"nobody verified them", "4", "", nil},
		} {
			before := head(t, s)
			report := loadInto(t, cats, shelter.ID, readNative(t, assessedHeader+fmt.Sprintf(row, step.calm, step.vet)))
			if report.Assessments != 1 || report.WarningCount != 0 {
				t.Errorf("%s: got the report %+v, want one assessment and no warnings", step.does, report)
			}
			changes, err := s.Changes(t.Context(), before, 100)
			if err != nil {
				t.Fatal(err)
			}
			var log []string
			for _, c := range changes {
				log = append(log, fmt.Sprintf("%s %s", c.Op, c.Resource))
			}
			if diff := cmp.Diff(step.log, log); diff != "" {
				t.Errorf("%s, log (-want +got):\n%s", step.does, diff)
			}
		}
	})
}

// What cannot be recorded is a warning at its column, and the rest of the row is recorded.
func TestEvidence_Warnings(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct {
		columns, values string
		want            []string // warnings
		levels          map[string]int
	}{
		"a level that is none":  {"sound_recovery,baseline_calm", "7,4", []string{"sound_recovery 7 not_understood"}, map[string]int{"baseline_calm": 4}},
		"no level":              {"sound_recovery", "-", nil, nil},
		"an unknown role":       {"assessor_role,baseline_calm", "janitor,4", []string{"assessor_role janitor not_understood"}, nil},
		"no day":                {"assessed_on,baseline_calm", ",4", []string{"baseline_calm 4 impossible_value"}, nil},
		"a day in the future":   {"assessed_on,baseline_calm", "2027-01-01,4", []string{"assessed_on 2027-01-01 impossible_value"}, nil},
		"too early for a bond":  {"person_bond,baseline_calm", "5,4", []string{"person_bond 5 impossible_value"}, map[string]int{"baseline_calm": 4}},
		"an unknown status":     {"health_id_chip", "maybe", []string{"health_id_chip maybe not_understood"}, nil},
		"a date without status": {"health_med_rabies_on", "2026-05-01", []string{"health_med_rabies_on 2026-05-01 impossible_value"}, nil},
		"an unknown severity":   {"health_med_fiv_pos,health_med_fiv_pos_severity", "fail,very", []string{"health_med_fiv_pos_severity very not_understood"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			values := map[string]string{"external_id": "E1", "name": "Ivy", "assessed_on": "2026-05-10", "assessor_id": "s1", "assessor_role": "staff", "assessment_context": "shelter_room"}
			stated := strings.Split(tt.values, ",")
			for i, column := range strings.Split(tt.columns, ",") {
				values[column] = stated[i]
			}
			var header, row []string
			for column, value := range values {
				header, row = append(header, column), append(row, value)
			}
			cats, memory := newCatalog()
			report := load(t, cats, readNative(t, strings.Join(header, ",")+"\n"+strings.Join(row, ",")+"\n"))
			var got []string
			for _, w := range report.Warnings {
				got = append(got, fmt.Sprintf("%s %s %s", w.Column, w.Value, w.Code))
				if w.Message == "" {
					t.Errorf("the warning on %s has no message", w.Column)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" || report.WarningCount != len(tt.want) {
				t.Errorf("%d warnings (-want +got):\n%s", report.WarningCount, diff)
			}
			var levels map[string]int
			for _, a := range memory.evidence[memory.cat(t, "E1").ID].Assessments {
				levels = a.Levels
			}
			if diff := cmp.Diff(tt.levels, levels); diff != "" {
				t.Errorf("levels (-want +got):\n%s", diff)
			}
		})
	}
}

// The template has a column for each trait and reads back without warnings.
func TestEvidence_TemplateIsUnderstood(t *testing.T) {
	t.Parallel()

	cats, memory := newCatalog()
	report := load(t, cats, readNative(t, string(ingest.Template())))
	recorded := memory.evidence[memory.cat(t, "EXAMPLE-1").ID]
	if report.WarningCount != 0 || len(recorded.Assessments) != 1 || len(recorded.Assessments[0].Levels) != 6 || len(recorded.Health) != 4 {
		t.Errorf("got %+v and %+v, want an assessment of 6 levels, 4 gates and no warnings", report.Warnings, recorded)
	}
}

// Software reports gates with their dates. It does not replace what a person recorded, and a
// gate that a later file lacks is unknown again.
func TestEvidence_GatesOfSystems(t *testing.T) {
	t.Parallel()

	row := func(more string) string {
		return `[{"ANIMALNAME":"Juno","SHELTERCODE":"J1","SPECIESNAME":"Cat","SEX":0,"BREEDNAME1":"Siamese","BASECOLOURNAME":"Black","ISGOODWITHCATS":2,"ISGOODWITHDOGS":2,` +
			`"ISGOODWITHCHILDREN":2,"ISHOUSETRAINED":2,"DATEOFBIRTH":"2022-05-01T00:00:00"` + more + `}]`
	}
	for name, tt := range map[string]struct {
		format, file string
		want         []string
	}{
		"asm3": {"asm3", row(`,"NEUTERED":1,"NEUTEREDDATE":"2026-01-05T00:00:00","IDENTICHIPPED":1,"IDENTICHIPNUMBER":"985112001234567","IDENTICHIPDATE":"2026-01-06T00:00:00",` +
			`"COMBITESTED":1,"COMBITESTDATE":"2026-01-07T00:00:00","COMBITESTRESULT":1,"FLVRESULT":2,"VACCRABIESDATE":"2026-01-08T00:00:00"`), []string{
			"ID.CHIP ok 2026-01-06 true", "MED.FELV_POS fail 2026-01-07 true", "MED.FIV_POS ok 2026-01-07 true", "MED.INTACT ok 2026-01-05 true",
			"MED.RABIES ok 2026-01-08 true",
		}},
		"asm3 without dates": {"asm3", row(`,"NEUTERED":1,"NEUTEREDDATE":null,"IDENTICHIPPED":1,"IDENTICHIPDATE":null,"COMBITESTED":0,"COMBITESTDATE":null,"COMBITESTRESULT":0,"FLVRESULT":0,"VACCRABIESDATE":null`), nil},
		"asm3-csv": {
			"asm3-csv", "ANIMALCODE,ANIMALNAME,ANIMALSEX,ANIMALSPECIES,ANIMALBREED1,ANIMALNEUTERED,ANIMALNEUTEREDDATE,ANIMALMICROCHIP,ANIMALMICROCHIPDATE\nJ1,Juno,Female,Cat,Siamese,Y,2026-01-05,985112001234567,2026-01-06\n",
			[]string{"ID.CHIP ok 2026-01-06 true", "MED.INTACT ok 2026-01-05 true"},
		},
		"shelterluv": {
			"shelterluv", `{"animals":[{"ID":"J1","Internal-ID":"1","Name":"Juno","Type":"Cat","Sex":"Female","Status":"Available","DOBUnixTime":1688108400,"Breed":"Siamese","Microchips":[{"Id":"985112001234567","ImplantUnixTime":1767700800}]}]}`,
			[]string{"ID.CHIP ok 2026-01-06 true"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			cats, memory := newCatalog()
			report := load(t, cats, readAs(t, tt.format, tt.file))
			health := memory.evidence[memory.cat(t, "J1").ID].Health
			slices.SortFunc(health, func(a, b catalog.HealthItem) int { return strings.Compare(a.Code, b.Code) })
			var got []string
			for _, h := range health {
				got = append(got, fmt.Sprintf("%s %s %s %t", h.Code, h.Status, h.HappenedOn.Format("2006-01-02"), h.Reported))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" || report.WarningCount != 0 {
				t.Errorf("gates, with %d warnings (-want +got):\n%s", report.WarningCount, diff)
			}
		})
	}

	planned, recorded := newCatalog()
	load(t, planned, readNative(t, "external_id,name,health_id_chip\nE1,Ivy,At adoption\n"))
	if health := recorded.evidence[recorded.cat(t, "E1").ID].Health; len(health) != 1 || health[0].Status != "at_adoption" {
		t.Errorf("a microchip that follows at adoption: got %+v", health)
	}

	cats, memory := newCatalog()
	file := func(more string) *ingest.Dataset {
		return readAs(t, "asm3", row(`,"NEUTERED":1,"IDENTICHIPPED":1`+more))
	}
	load(t, cats, file(`,"NEUTEREDDATE":"2026-01-05T00:00:00","IDENTICHIPDATE":"2026-01-06T00:00:00"`))
	id := memory.cat(t, "J1").ID
	byPerson := catalog.EvidenceUpdate{ExternalID: "J1", Read: func(catalog.Cat) (catalog.Statement, error) {
		return catalog.Statement{Health: []catalog.HealthItem{{Code: "ID.CHIP", Status: "fail", VerifiedBy: "vet"}}}, nil
	}}
	if _, err := cats.RecordEvidence(t.Context(), shelterID, []catalog.EvidenceUpdate{byPerson}, true); err != nil {
		t.Fatal(err)
	}
	load(t, cats, file(`,"NEUTEREDDATE":null,"IDENTICHIPDATE":null`))
	if left := memory.evidence[id].Health; len(left) != 1 || left[0].Status != "fail" {
		t.Errorf("after a file without dates the cat has %+v, want only the gate that a person recorded", left)
	}
}

// readAs reads a file in a built-in format.
func readAs(t *testing.T, name, text string) *ingest.Dataset {
	t.Helper()
	d, err := ingest.Read(strings.NewReader(text), format(t, name), ingest.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return d
}
