// Package assessform renders the form with which staff record assessments on their phones, and
// a sheet of it for printing. Its questions are a table beside each version of the rubric. The
// pages need no scripts, and nothing from other servers but photos of cats. The package depends on the
// rubric, and knows neither HTTP nor cats in a database.
package assessform

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"trailcat/internal/rating"
)

//go:embed questions/*.json
var tables embed.FS

//go:embed page.html.tmpl sheet.html.tmpl form.css form.js worker.js sheet.css pictures.svg
var sources embed.FS

// Form is the form of one version of the rubric. It is safe for concurrent use.
type Form struct {
	table
	page     *template.Template
	sheet    []byte
	version  string // of the files
	pictures template.HTML
	files    map[string]File
}

// File is a script or a style sheet of the form.
type File struct {
	Type string // media type
	Body []byte
}

// New returns the form of a rubric. The error means that its table of questions is missing or
// does not fit the rubric.
func New(rubric *rating.Rubric) (*Form, error) {
	f := &Form{files: map[string]File{}}
	var err error
	if f.table, err = loadTable(rubric); err != nil {
		return nil, err
	}
	hash := sha256.New()
	for name, mediaType := range map[string]string{"form.css": "text/css; charset=utf-8", "sheet.css": "text/css; charset=utf-8", "form.js": "text/javascript; charset=utf-8", "worker.js": "text/javascript; charset=utf-8"} {
		body, err := sources.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		f.files[name] = File{mediaType, body}
	}
	for _, name := range []string{"form.css", "form.js", "sheet.css"} {
		hash.Write(f.files[name].Body)
	}
	f.version = hex.EncodeToString(hash.Sum(nil))[:12]
	shapes, err := sources.ReadFile("pictures.svg")
	if err != nil {
		return nil, fmt.Errorf("read pictures: %w", err)
	}
	f.pictures = template.HTML(shapes) //nolint:gosec // the pictures are ours
	if f.page, err = template.ParseFS(sources, "page.html.tmpl"); err != nil {
		return nil, fmt.Errorf("parse page: %w", err)
	}
	f.sheet, err = f.renderSheet()
	return f, err
}

// File returns a script or a style sheet by name, and reports whether it exists.
func (f *Form) File(name string) (File, bool) {
	file, ok := f.files[name]
	return file, ok
}

// Sheet returns the page for printing.
func (f *Form) Sheet() []byte { return f.sheet }

// HasLook reports whether the form offers a selection of questions with this code, and returns
// which form it is: short or full.
func (f *Form) HasLook(code string) (form string, ok bool) {
	for _, look := range f.Looks {
		if look.Code == code {
			return look.Form, true
		}
	}
	return "", false
}

// HasRole reports whether the form offers a role of the rubric.
func (f *Form) HasRole(code string) bool {
	return slices.ContainsFunc(f.Roles, func(r Named) bool { return r.Code == code })
}

// RoleCodes returns the roles of the rubric that the form offers.
func (f *Form) RoleCodes() []string {
	var codes []string
	for _, role := range f.Roles {
		codes = append(codes, role.Code)
	}
	return codes
}

// Page is what the page shows.
type Page struct {
	Shelter   string // its name
	Token     string // of the link
	Visit     string // identifies the visit that a form without scripts sends
	RoleCode  string // of the assessor; empty: the assessor chooses
	Cats      []Cat
	OneCat    bool   // the link is for one cat
	Search    string // words by which the cats were selected
	More      string // notice that more cats exist than are shown
	Sent      string // the name of the cat whose visit was recorded just now
	Test      bool   // visits are not stored
	Today     string // a date
	ExpiresAt time.Time
	Closed    string // why there is no form; empty: there is one
	Advice    string // what to do if there is no form

	Values map[string]string // of the fields, by name
	Errors []Error
}

// Cat is a cat that the assessor can choose.
type Cat struct {
	ID, Name string
	About    string // by which to recognize it
	Photo    string // URL; empty if there is none
}

// Error is an error of a field, with the ID of the element that has it.
type Error struct{ At, Text string }

// pageData is what the template of the page reads.
type pageData struct {
	Page
	Version, Expires, ExpiresText, LastTrait string
	Pictures                                 template.HTML
	Role                                     *Named
	Roles, Places                            []Named
	Looks                                    []Look
	Questions                                []pageQuestion
}

// pageQuestion is a question between two other screens.
type pageQuestion struct {
	Question
	Previous, Next string // IDs
}

// Value returns the value of a field.
func (p pageData) Value(name string) string { return p.Values[name] }

// Searchable reports whether there are cats to select from.
func (p pageData) Searchable() bool { return !p.OneCat && (len(p.Cats) > 7 || p.Search != "") }

// Render writes the page. It omits the questions that the role of the link may not answer.
func (f *Form) Render(w io.Writer, p Page) error {
	data := pageData{Page: p, Version: f.version, Pictures: f.pictures, Roles: f.Roles, Places: f.Places, Looks: f.Looks}
	if !p.ExpiresAt.IsZero() {
		data.Expires, data.ExpiresText = p.ExpiresAt.Format(time.RFC3339), p.ExpiresAt.Format("Monday 2 January, 15:04")+" UTC"
	}
	for i := range f.Roles {
		if f.Roles[i].Code == p.RoleCode {
			data.Role = &f.Roles[i]
		}
	}
	previous := "s-look"
	for _, q := range f.Questions {
		if p.RoleCode != "" && !q.mayAnswer(p.RoleCode) {
			continue
		}
		data.Questions = append(data.Questions, pageQuestion{q, previous, "s-send"})
		if n := len(data.Questions); n > 1 {
			data.Questions[n-2].Next = "q-" + q.Trait
		}
		previous, data.LastTrait = "q-"+q.Trait, q.Trait
	}
	if err := f.page.Execute(w, data); err != nil {
		return fmt.Errorf("render the assessment form: %w", err)
	}
	return nil
}

// sheetQuestion is a question with its place on the sheet.
type sheetQuestion struct {
	Question
	Letter string
	Marks  string // for which it is needed
	Second bool   // begins the second page
}

// renderSheet returns the sheet: the questions of the short form, then all others.
func (f *Form) renderSheet() ([]byte, error) {
	var short *Look
	for i := range f.Looks {
		if f.Looks[i].Form == "short" && f.Looks[i].Activity == "" {
			short = &f.Looks[i]
		}
	}
	type named struct{ Title, Letters string }
	data := struct {
		Version, StrangerLetter string
		Pictures                template.HTML
		Roles, Places           []Named
		Short                   []named
		Questions               []sheetQuestion
	}{Version: f.version, Pictures: f.pictures, Roles: f.Roles, Places: f.Places}
	letters := map[string]string{}
	add := func(inShort bool) {
		for _, q := range f.Questions {
			if short.has(q.Trait) != inShort {
				continue
			}
			letters[q.Trait] = string(rune('A' + len(letters)))
			data.Questions = append(data.Questions, sheetQuestion{q, letters[q.Trait], "", !inShort && len(letters) == len(short.Traits)+1})
		}
	}
	add(true)
	add(false)
	for _, look := range f.Looks {
		if look.Activity == "" {
			continue
		}
		var of []string
		for i := range data.Questions {
			if q := &data.Questions[i]; look.has(q.Trait) {
				of = append(of, q.Letter)
				q.Marks = strings.TrimPrefix(q.Marks+" · "+look.Title, " · ")
			}
		}
		data.Short = append(data.Short, named{look.Title, strings.Join(of, ", ")})
	}
	data.StrangerLetter = letters["stranger_ease"]
	sheet, err := template.ParseFS(sources, "sheet.html.tmpl")
	if err != nil {
		return nil, fmt.Errorf("parse sheet: %w", err)
	}
	var body bytes.Buffer
	if err := sheet.Execute(&body, data); err != nil {
		return nil, fmt.Errorf("render sheet: %w", err)
	}
	return body.Bytes(), nil
}

// table are the texts of the form.
type table struct {
	Rubric    string     `json:"rubric"` // the first version of the rubric that it is for
	Looks     []Look     `json:"looks"`
	Places    []Named    `json:"places"`
	Roles     []Named    `json:"roles"`
	Pictures  []Picture  `json:"pictures"`
	Questions []Question `json:"questions"` // in the order in which a visit asks them
}

// Named is a code of the rubric with its title in plain words.
type Named struct {
	Code  string `json:"code"`
	Title string `json:"title"`
}

// Look is a selection of questions.
type Look struct {
	Code     string   `json:"code"`
	Form     string   `json:"form"` // short or full
	Title    string   `json:"title"`
	About    string   `json:"about"`
	Activity string   `json:"activity"` // the activity that gets a score from it; empty for several
	Traits   []string `json:"traits"`
}

// TraitList returns the traits as the page has them.
func (l Look) TraitList() string { return strings.Join(l.Traits, " ") }

func (l Look) has(trait string) bool { return slices.Contains(l.Traits, trait) }

// Picture is a picture with its description.
type Picture struct {
	Code string `json:"code"`
	Alt  string `json:"alt"`
}

// Question asks for the level of a trait.
type Question struct {
	Trait   string   `json:"trait"`
	Title   string   `json:"title"`
	Do      string   `json:"do"`
	Hint    string   `json:"hint"`
	Options []Option `json:"options"`

	roles, notIn []string
	needs        []string // role:days
}

// RoleList returns the roles that may answer, as the page has them.
func (q Question) RoleList() string { return strings.Join(q.roles, " ") }

// NotInList returns the contexts in which nobody may answer.
func (q Question) NotInList() string { return strings.Join(q.notIn, " ") }

// NeedsList returns, by role, the days after which it may answer.
func (q Question) NeedsList() string { return strings.Join(q.needs, " ") }

func (q Question) mayAnswer(role string) bool { return slices.Contains(q.roles, role) }

// Option is the answer for one level.
type Option struct {
	Level   int    `json:"level"`
	Text    string `json:"text"`
	Picture string `json:"picture"` // empty if there is none
	Alt     string `json:"-"`       // description of the picture
}

// Value returns the level as a field has it.
func (o Option) Value() string { return strconv.Itoa(o.Level) }

// rules are what the form needs of the document of a rubric.
type rules struct {
	Traits []struct {
		Code      string   `json:"code"`
		Assessors []string `json:"assessors"`
		NotIn     []string `json:"not_in_contexts"`
		Needs     []struct {
			Role string `json:"role"`
			Days int    `json:"days"`
		} `json:"needs_days_in_place"`
	} `json:"traits"`
}

// readTable returns the table for a version of the rubric: its own, or that of the newest
// version before it.
func readTable(version string) ([]byte, error) {
	files, err := tables.ReadDir("questions")
	if err != nil {
		return nil, err
	}
	var newest string
	for _, file := range files {
		v := strings.TrimSuffix(file.Name(), ".json")
		if compareVersions(v, version) <= 0 && compareVersions(v, newest) >= 0 {
			newest = v
		}
	}
	return tables.ReadFile("questions/" + newest + ".json")
}

// compareVersions orders versions by their numbers: 1.9.0 before 1.10.0.
func compareVersions(a, b string) int {
	return slices.CompareFunc(strings.Split(a, "."), strings.Split(b, "."), func(x, y string) int {
		return cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(x, y))
	})
}

// loadTable returns the texts for a rubric, with its rules on who may answer what.
func loadTable(rubric *rating.Rubric) (table, error) {
	version := rubric.Identity().Version
	raw, err := readTable(version)
	if err != nil {
		return table{}, fmt.Errorf("read the questions for rubric %s: %w", version, err)
	}
	var t table
	if err := json.Unmarshal(raw, &t); err != nil {
		return table{}, fmt.Errorf("decode the questions for rubric %s: %w", version, err)
	}
	var r rules
	if err := json.Unmarshal(rubric.JSON(), &r); err != nil {
		return table{}, fmt.Errorf("decode rubric %s: %w", version, err)
	}
	alt := map[string]string{"": ""}
	for _, p := range t.Pictures {
		alt[p.Code] = p.Alt
	}
	for i := range t.Questions {
		q := &t.Questions[i]
		for j := range q.Options {
			q.Options[j].Alt = alt[q.Options[j].Picture]
		}
		for _, trait := range r.Traits {
			if trait.Code != q.Trait {
				continue
			}
			q.roles, q.notIn = trait.Assessors, trait.NotIn
			for _, n := range trait.Needs {
				q.needs = append(q.needs, n.Role+":"+strconv.Itoa(n.Days))
			}
		}
	}
	return t, nil
}
