package rating

import (
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

//go:embed rubrics/*.json
var published embed.FS

// Rubrics holds all published versions of the rubric. A published version is
// never removed, so that any rating can be reproduced. It is safe for concurrent
// use.
type Rubrics struct {
	rubrics []*Rubric // oldest first
}

// Open parses the embedded rubrics. An error means that an embedded rubric is
// inconsistent.
func Open() (*Rubrics, error) {
	files, err := published.ReadDir("rubrics")
	if err != nil {
		return nil, fmt.Errorf("list rubrics: %w", err)
	}
	all := &Rubrics{}
	for _, file := range files {
		raw, err := published.ReadFile(path.Join("rubrics", file.Name()))
		if err != nil {
			return nil, fmt.Errorf("read rubric %s: %w", file.Name(), err)
		}
		rubric, err := Parse(raw)
		if err != nil {
			return nil, fmt.Errorf("parse rubric %s: %w", file.Name(), err)
		}
		if file.Name() != rubric.doc.Version+".json" {
			return nil, fmt.Errorf("parse rubric %s: its version is %s", file.Name(), rubric.doc.Version)
		}
		all.rubrics = append(all.rubrics, rubric)
	}
	if len(all.rubrics) == 0 {
		return nil, errors.New("list rubrics: no rubric is embedded")
	}
	slices.SortFunc(all.rubrics, func(a, b *Rubric) int { return compareVersions(a.doc.Version, b.doc.Version) })
	return all, nil
}

// Version returns the rubric published as v, such as 1.0.0. The error for an
// unknown version lists the published ones.
func (rs *Rubrics) Version(v string) (*Rubric, error) {
	for _, r := range rs.rubrics {
		if r.doc.Version == v {
			return r, nil
		}
	}
	return nil, fmt.Errorf("unknown rubric %q; published versions are %s", v, strings.Join(rs.Versions(), ", "))
}

// Latest returns the newest rubric.
func (rs *Rubrics) Latest() *Rubric { return rs.rubrics[len(rs.rubrics)-1] }

// Versions lists the published versions, oldest first.
func (rs *Rubrics) Versions() []string {
	versions := make([]string, len(rs.rubrics))
	for i, r := range rs.rubrics {
		versions[i] = r.doc.Version
	}
	return versions
}

// compareVersions orders versions by their numbers: 1.9.0 before 1.10.0.
func compareVersions(a, b string) int {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	return slices.CompareFunc(as, bs, func(x, y string) int {
		m, errX := strconv.Atoi(x)
		n, errY := strconv.Atoi(y)
		if errX != nil || errY != nil {
			return cmp.Compare(x, y)
		}
		return cmp.Compare(m, n)
	})
}

// Rubric is one version of the rules. It is safe for concurrent use.
type Rubric struct {
	doc      document
	raw      []byte
	identity Identity

	traitIndex    map[string]int
	traits        []trait
	roles         map[string]int
	contexts      map[string]int
	roleWeight    []int64 // hundredths, by index
	contextWeight []int64 // hundredths, by index
	activities    []activity
	overall       activity
	gates         []gate
	gateIndex     map[string]int
	repeat        []int64 // sixteenths
	points        []int   // by level - 1
	own           float64 // 1 - shared variance
	hintGrade     int     // index of the best grade that hints alone can reach
	bestFitOrder  []int
	allowAll      []string
	allowIndoor   []string
	reasons       reasonTable
	limits        thresholds
	plan          planTable
}

// Parse returns the rubric of a JSON document, such as an unpublished draft. The
// digest in its identity distinguishes it from a published version.
func Parse(raw []byte) (*Rubric, error) {
	var doc document
	if err := json.Unmarshal(raw, &doc); err != nil {
		return nil, fmt.Errorf("decode: %w", err)
	}
	sum := sha256.Sum256(raw)
	r := &Rubric{
		doc: doc, raw: raw,
		identity: Identity{ID: doc.ID, Version: doc.Version, Digest: "sha256:" + hex.EncodeToString(sum[:])},
	}
	if err := r.compile(); err != nil {
		return nil, err
	}
	return r, nil
}

// Identity returns the identifier, version and digest of the rubric.
func (r *Rubric) Identity() Identity { return r.identity }

// JSON returns a copy of the whole document as published. It defines the
// assessment form.
func (r *Rubric) JSON() []byte { return slices.Clone(r.raw) }

// TraitCodes lists the traits in the rubric's order.
func (r *Rubric) TraitCodes() []string {
	return codes(r.doc.Traits, func(t traitRow) string { return t.Code })
}

// RoleCodes lists the roles of observations.
func (r *Rubric) RoleCodes() []string {
	return codes(r.doc.Roles, func(x roleRow) string { return x.Code })
}

// AssessorRoles lists the roles in which a person observes a cat: all but HintRole and
// RecordRole, which are reserved.
func (r *Rubric) AssessorRoles() []string { return r.ofAssessors(r.RoleCodes()) }

// ofAssessors returns the roles of a list in which a person observes a cat.
func (r *Rubric) ofAssessors(roles []string) []string {
	reserved := []string{r.HintRole(), r.RecordRole()}
	return slices.DeleteFunc(slices.Clone(roles), func(role string) bool { return slices.Contains(reserved, role) })
}

// ContextCodes lists the contexts in which a cat may be observed.
func (r *Rubric) ContextCodes() []string {
	return codes(r.doc.Contexts, func(x contextRow) string { return x.Code })
}

// ActivityCodes lists the activities that have a score, in the order of a rating.
func (r *Rubric) ActivityCodes() []string {
	return codes(r.doc.Activities, func(a activityRow) string { return a.Code })
}

// HealthCodes lists the codes of health items. Gates derived from the cat's age
// and moving day are not included.
func (r *Rubric) HealthCodes() []string {
	var all []string
	for i := range r.gates {
		if !r.gates[i].derived {
			all = append(all, r.gates[i].row.Code)
		}
	}
	return all
}

// Severities lists the severities of a failed health item; it is empty for a
// code without severities and for an unknown code.
func (r *Rubric) Severities(code string) []string {
	i, ok := r.gateIndex[code]
	if !ok || r.gates[i].derived {
		return nil
	}
	return r.gates[i].severities
}

// HintRole returns the role of observations read from a listing, or the empty
// string if the rubric ignores listings. Such observations are hints: no person
// assessed the cat with the form.
func (r *Rubric) HintRole() string { return r.roleWhere(func(x roleRow) bool { return x.Hint }) }

// RecordRole returns the role of what a shelter answered in its software about a cat, or
// the empty string if the rubric does not know such records. They are hints, too.
func (r *Rubric) RecordRole() string {
	return r.roleWhere(func(x roleRow) bool { return x.Record })
}

// roleWhere returns the first role with a property, or the empty string.
func (r *Rubric) roleWhere(has func(roleRow) bool) string {
	if i := slices.IndexFunc(r.doc.Roles, has); i >= 0 {
		return r.doc.Roles[i].Code
	}
	return ""
}

// ConvertScore converts a score of another instrument to a trait and a level. It
// returns false if the rubric does not know the instrument or the score.
func (r *Rubric) ConvertScore(instrument string, score int) (traitCode string, level int, ok bool) {
	for _, in := range r.doc.Imports {
		if in.Code != instrument || score < in.From {
			continue
		}
		for _, step := range in.Steps {
			if score <= step.To {
				return in.Trait, step.Level, true
			}
		}
	}
	return "", 0, false
}

func codes[T any](rows []T, code func(T) string) []string {
	all := make([]string, len(rows))
	for i, row := range rows {
		all[i] = code(row)
	}
	return all
}
