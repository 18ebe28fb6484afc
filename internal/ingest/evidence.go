package ingest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/evidence"
	"trailcat/internal/rating"
)

// EvidenceWriter records what a file states of cats besides their facts: assessments and
// health items.
type EvidenceWriter interface {
	RecordEvidence(ctx context.Context, shelterID string, updates []catalog.EvidenceUpdate, atomic bool) ([]catalog.EvidenceResult, error)
}

// stated is what a row states of its cat besides the facts.
type stated struct {
	assessment catalog.Assessment
	gates      map[string]*catalog.HealthItem // by code
	verifiedBy string                         // of all gates
	verifiedOn time.Time
}

// gate returns the stated item of a gate.
func (s *stated) gate(code string) *catalog.HealthItem {
	if s.gates[code] == nil {
		s.gates[code] = &catalog.HealthItem{Code: code}
	}
	return s.gates[code]
}

// evidenceSetter reads one value into what a row states. It returns what it did not
// understand, and what is expected in its place.
type evidenceSetter func(s *stated, value string, r fieldReader) (unparsed, expected string)

const (
	expectedDate = "Expected a date such as 2026-10-25."
	levelsField  = "levels" // of an assessment, in errors of the rubric

	// The limits of texts, in characters, as in the API.
	maxAssessorID     = 100
	maxAssessmentNote = 2000
	maxVerifiedBy     = 200
)

// rubric returns the rubric whose traits and gates are columns. It is nil only if the embedded
// rubrics are inconsistent, which the tests of rating find.
var rubric = sync.OnceValue(func() *rating.Rubric {
	all, err := rating.Open()
	if err != nil {
		panic(err) //nolint:forbidigo // see above
	}
	return all.Latest()
})

// evidenceSetters returns what a format can set besides facts, by name: the parts of an
// assessment with a column for each trait, and the parts of each gate.
var evidenceSetters = sync.OnceValue(func() map[string]factSetter {
	out := map[string]factSetter{}
	add := func(name string, isDate bool, record evidenceSetter) {
		t := factSetter{record: record, isDate: isDate, isEmpty: func(value string) bool { return isBlankValue(normalize(value)) }}
		if isDate {
			t.settings = []string{"unit"}
		}
		out[name] = t
	}
	text := func(at func(*stated) *string, limit int) evidenceSetter {
		return func(s *stated, value string, _ fieldReader) (string, string) {
			if utf8.RuneCountInString(value) > limit {
				return value, fmt.Sprintf("Must be at most %d characters.", limit)
			}
			*at(s) = value
			return "", ""
		}
	}
	date := func(at func(*stated) *time.Time) evidenceSetter {
		return func(s *stated, value string, r fieldReader) (string, string) {
			t, _, unparsed := r.parseDate(value, r.valueColumn())
			*at(s) = t
			return unparsed, expectedDate
		}
	}
	term := func(at func(*stated) *string, terms []string) evidenceSetter {
		return func(s *stated, value string, _ fieldReader) (string, string) {
			*at(s) = asTerm(value)
			if slices.Contains(terms, *at(s)) {
				return "", ""
			}
			*at(s) = ""
			return value, "Expected one of " + strings.Join(terms, ", ") + "."
		}
	}
	add("assessed_on", true, date(func(s *stated) *time.Time { return &s.assessment.ObservedOn }))
	add("assessor_id", false, text(func(s *stated) *string { return &s.assessment.AssessorID }, maxAssessorID))
	add("assessor_role", false, term(func(s *stated) *string { return &s.assessment.Role }, rubric().AssessorRoles()))
	add("assessment_context", false, term(func(s *stated) *string { return &s.assessment.Context }, rubric().ContextCodes()))
	add("assessment_days_in_place", false, func(s *stated, value string, _ fieldReader) (string, string) {
		if days, err := strconv.Atoi(value); err == nil && days >= 0 {
			s.assessment.DaysInPlace = &days
			return "", ""
		}
		return value, "Expected a number of days, such as 10."
	})
	add("assessment_note", false, text(func(s *stated) *string { return &s.assessment.Note }, maxAssessmentNote))
	for _, trait := range rubric().TraitCodes() {
		add(trait, false, func(s *stated, value string, _ fieldReader) (string, string) {
			level, err := strconv.ParseFloat(value, 64) // spreadsheets write 4.0
			if err != nil || level != float64(int(level)) || level < 1 || level > 5 {
				return value, "Expected a level from 1 to 5, as the rubric describes them. Leave the field empty if the trait was not observed."
			}
			s.assessment.Levels[trait] = int(level)
			return "", ""
		})
	}
	for _, code := range rubric().HealthCodes() {
		name := gateColumn(code)
		add(name, false, func(s *stated, value string, _ fieldReader) (string, string) {
			s.gate(code).Status = asTerm(value) // the rubric says which it knows
			return "", ""
		})
		if severities := rubric().Severities(code); len(severities) > 0 {
			add(name+"_severity", false, term(func(s *stated) *string { return &s.gate(code).Severity }, severities))
		}
		add(name+"_on", true, date(func(s *stated) *time.Time { return &s.gate(code).HappenedOn }))
		add(name+"_until", true, date(func(s *stated) *time.Time { return &s.gate(code).ValidUntil }))
	}
	add("health_verified_by", false, text(func(s *stated) *string { return &s.verifiedBy }, maxVerifiedBy))
	add("health_verified_on", true, date(func(s *stated) *time.Time { return &s.verifiedOn }))
	return out
})

// asTerm returns words in the form of a term of the rubric: "Shelter Room" is shelter_room.
func asTerm(words string) string { return strings.ReplaceAll(normalize(words), " ", "_") }

// gateColumn returns the name of the column with the status of a gate, such as health_id_chip
// for ID.CHIP.
func gateColumn(code string) string {
	return "health_" + strings.ToLower(strings.ReplaceAll(code, ".", "_"))
}

// withEvidenceByName adds a field for each part of the evidence that no field sets. It reads
// the column of the same name.
func withEvidenceByName(fields []*field) []*field {
	for _, name := range slices.Sorted(maps.Keys(evidenceSetters())) {
		if !slices.ContainsFunc(fields, func(f *field) bool { return f.name == name }) {
			fields = append(fields, &field{name: name, setter: evidenceSetters()[name], from: []column{newColumn(name)}})
		}
	}
	return fields
}

// statement returns what to record of a cat, and nil if the row states nothing besides facts.
// It sets the warnings of the row on values that are left out.
func (d *Dataset) statement(r *record, cat catalog.Cat) *catalog.Statement {
	if len(d.evidenceFields) == 0 {
		return nil
	}
	s := stated{assessment: catalog.Assessment{Levels: map[string]int{}}, gates: map[string]*catalog.HealthItem{}}
	for _, f := range d.evidenceFields {
		reader := d.reader(f, r)
		values := reader.columnValues()
		if len(values) == 0 {
			continue
		}
		if unparsed, expected := f.setter.record(&s, values[0], reader); unparsed != "" {
			r.leaveOut(f, unparsed, errcode.NotUnderstood, expected)
		}
	}
	if d.listingsOnly {
		d.leaveOutAssessment(r, &s)
	}
	out := &catalog.Statement{Corrects: true, Health: d.statedHealth(r, &s, cat), Replaces: d.replacesReported}
	if d.checkAssessment(r, &s.assessment, cat) {
		out.Assessment = &s.assessment
	}
	return out
}

// leaveOutAssessment removes what the caller may not record, with a warning.
func (d *Dataset) leaveOutAssessment(r *record, s *stated) {
	for _, f := range d.evidenceFields {
		isLevel := rubric().IsTrait(f.name) && len(s.assessment.Levels) > 0
		if values := d.reader(f, r).columnValues(); len(values) > 0 && (isLevel || f.name == "health_verified_by") {
			r.leaveOut(f, values[0], errcode.MissingScope, "Was not recorded, because the key lacks the scope assessments:write.")
		}
	}
	clear(s.assessment.Levels)
	s.verifiedBy, s.verifiedOn = "", time.Time{}
}

// leaveOut adds a warning on a value that is left out.
func (r *record) leaveOut(f *field, words string, code errcode.Code, message string) {
	r.leftOut = append(r.leftOut, rowWarning{field: f, words: words, refused: catalog.FieldError{Pointer: "", Parameter: "", Code: code, Message: message}, isExact: true})
}

// leaveOutField adds a warning on the value of a field by its name, or of the first field of
// the assessment that has a value.
func (d *Dataset) leaveOutField(r *record, name string, cause errcode.Code, message string) {
	code := errcode.ImpossibleValue
	if cause == errcode.UnknownStatus {
		code = errcode.NotUnderstood
	}
	var first *field
	for _, f := range d.evidenceFields {
		values := d.reader(f, r).columnValues()
		switch {
		case len(values) == 0:
		case f.name == name:
			r.leaveOut(f, values[0], code, message)
			return
		case first == nil && rubric().IsTrait(f.name):
			first = f
		}
	}
	if first != nil {
		r.leaveOut(first, strings.Join(d.reader(first, r).columnValues(), ", "), code, message)
	}
}

// assessmentColumns are the columns of the fields of an assessment, by their names in errors of
// the rubric.
var assessmentColumns = map[string]string{
	"assessor_id": "assessor_id", "role": "assessor_role", "context": "assessment_context", "observed_on": "assessed_on", "days_in_place": "assessment_days_in_place",
}

// checkAssessment reports whether an assessment of a row can be recorded, without the levels
// that the rubric does not accept. A row without levels has no assessment.
func (d *Dataset) checkAssessment(r *record, a *catalog.Assessment, cat catalog.Cat) bool {
	for len(a.Levels) > 0 {
		complete, rejected := true, map[string]bool{}
		for _, e := range evidence.CheckAssessment(rubric(), *a, cat, dateOf(d.now)) {
			switch {
			case e.Trait != "" && !rejected[e.Trait]:
				rejected[e.Trait] = true
				d.leaveOutField(r, e.Trait, e.Code, e.Message)
			case e.Trait == "" && e.Field != levelsField && !rejected[e.Field]:
				complete, rejected[e.Field] = false, true
				if !r.isLeftOut(assessmentColumns[e.Field]) {
					d.leaveOutField(r, assessmentColumns[e.Field], e.Code, fmt.Sprintf("The assessment was not recorded. %s: %s", assessmentColumns[e.Field], e.Message))
				}
			}
		}
		if !complete {
			return false
		}
		if len(rejected) == 0 {
			return true
		}
		for trait := range rejected {
			delete(a.Levels, trait)
		}
	}
	return false
}

func (r *record) isLeftOut(name string) bool {
	return slices.ContainsFunc(r.leftOut, func(w rowWarning) bool { return w.field.name == name })
}

// statedHealth returns the health items of a row, by code. An item without the name of who
// verified it is reported by the shelter's software.
func (d *Dataset) statedHealth(r *record, s *stated, cat catalog.Cat) []catalog.HealthItem {
	var out []catalog.HealthItem
	for _, code := range rubric().HealthCodes() {
		h := s.gates[code]
		if h == nil {
			continue
		}
		if h.Status == "" {
			if name := gateColumn(code); !r.isLeftOut(name) && (!h.HappenedOn.IsZero() || !h.ValidUntil.IsZero()) {
				d.leaveOutField(r, name+"_on", errcode.Required, fmt.Sprintf("Expected a status in %s with the date; the gate was not recorded.", name))
			}
			continue
		}
		h.VerifiedBy, h.VerifiedOn, h.Reported = s.verifiedBy, s.verifiedOn, s.verifiedBy == ""
		if errs := evidence.CheckHealth(rubric(), *h, cat, dateOf(d.now)); len(errs) > 0 {
			d.leaveOutField(r, gateColumn(code)+healthSuffixes[errs[0].Pointer], errs[0].Code, errs[0].Message)
			continue
		}
		out = append(out, *h)
	}
	return out
}

// healthSuffixes are the ends of the columns of a gate by pointers into a health item.
var healthSuffixes = map[string]string{"/status": "", "/severity": "_severity", "/happened_on": "_on", "/valid_until": "_until"}

// replacesReported reports whether a known item of a cat is deleted if a row no longer states
// it: one that software reported, of a gate that the file has a column for.
func (d *Dataset) replacesReported(known catalog.HealthItem) bool {
	return known.Reported && slices.ContainsFunc(d.evidenceFields, func(f *field) bool { return f.name == gateColumn(known.Code) })
}

// recordEvidence records what the rows of a batch state besides facts of the cats that were
// written, and counts it.
func (d *Dataset) recordEvidence(ctx context.Context, w Writer, shelterID string, batch []record, results []catalog.CatResult, report *Report) error {
	var updates []catalog.EvidenceUpdate
	for i := range batch {
		if results[i].Result == catalog.ResultRejected {
			continue
		}
		statement := d.statement(&batch[i], results[i].Cat)
		if statement == nil {
			continue
		}
		if statement.Assessment != nil {
			report.Assessments++
		}
		updates = append(updates, catalog.EvidenceUpdate{ExternalID: batch[i].id, Read: func(catalog.Cat) (catalog.Statement, error) { return *statement, nil }})
	}
	writer, ok := w.(EvidenceWriter)
	if !ok || len(updates) == 0 {
		return nil
	}
	_, err := writer.RecordEvidence(ctx, shelterID, updates, false)
	return err
}
