package assessform_test

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/assessform"
	"trailcat/internal/rating"
)

func newForm(t *testing.T) (*assessform.Form, *rating.Rubric) {
	t.Helper()
	rubrics, err := rating.Open()
	if err != nil {
		t.Fatal(err)
	}
	form, err := assessform.New(rubrics.Latest())
	if err != nil {
		t.Fatal(err)
	}
	return form, rubrics.Latest()
}

// The form asks for every trait of the rubric once, with an answer for every level, and its
// roles and places are those of the rubric.
func TestForm_CoversTheRubric(t *testing.T) {
	t.Parallel()

	form, rubric := newForm(t)
	var asked []string
	for _, q := range form.Questions {
		asked = append(asked, q.Trait)
		var levels []int
		for _, o := range q.Options {
			levels = append(levels, o.Level)
			if len(o.Text) < 10 && q.Trait != "adaptability" || !strings.HasSuffix(o.Text, ".") {
				t.Errorf("%s %d: %q is no sentence", q.Trait, o.Level, o.Text)
			}
		}
		if !slices.Equal(levels, []int{1, 2, 3, 4, 5}) || !strings.HasSuffix(q.Title, "?") || q.Do == "" {
			t.Errorf("%s has the levels %v and the title %q", q.Trait, levels, q.Title)
		}
	}
	want := rubric.TraitCodes()
	slices.Sort(want)
	if diff := cmp.Diff(want, slices.Sorted(slices.Values(asked))); diff != "" {
		t.Errorf("traits (-rubric +form):\n%s", diff)
	}
	for _, role := range form.RoleCodes() {
		if !slices.Contains(rubric.AssessorRoles(), role) {
			t.Errorf("the rubric has no assessors with the role %q", role)
		}
	}
	for _, place := range form.Places {
		if !slices.Contains(rubric.ContextCodes(), place.Code) {
			t.Errorf("the rubric has no context %q", place.Code)
		}
	}
	for _, look := range form.Looks {
		for _, trait := range look.Traits {
			if !slices.Contains(asked, trait) {
				t.Errorf("%s: no question asks for %s", look.Code, trait)
			}
		}
	}
}

// A volunteer understands the texts: no scales, no metric distances, no terms of the rubric.
func TestForm_UsesPlainWords(t *testing.T) {
	t.Parallel()

	form, _ := newForm(t)
	words := regexp.MustCompile(`(?i)stress score|CSS|neutral|girth|habituat|\bm\b|stimul|novel|\bCat Stress`)
	for _, q := range form.Questions {
		texts := []string{q.Title, q.Do, q.Hint}
		for _, o := range q.Options {
			texts = append(texts, o.Text)
		}
		for _, text := range texts {
			if found := words.FindString(text); found != "" {
				t.Errorf("%s: %q has the term %q", q.Trait, text, found)
			}
		}
	}
}

// Every picture is drawn and described, and every drawing is used.
func TestForm_DescribesItsPictures(t *testing.T) {
	t.Parallel()

	form, _ := newForm(t)
	shapes, err := os.ReadFile("pictures.svg")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, q := range form.Questions {
		for _, o := range q.Options {
			if used[o.Picture] = true; (o.Picture == "") != (o.Alt == "") {
				t.Errorf("%s %d: the picture %q is described as %q", q.Trait, o.Level, o.Picture, o.Alt)
			}
		}
	}
	for _, match := range regexp.MustCompile(`<symbol id="p-([a-z-]+)"`).FindAllStringSubmatch(string(shapes), -1) {
		if !used[match[1]] {
			t.Errorf("no answer shows the picture %s", match[1])
		}
		delete(used, match[1])
	}
	if delete(used, ""); len(used) > 0 {
		t.Errorf("there are no pictures %v", used)
	}
}

// Three answers by one person on one visit give a score to the activity of a selection, for each
// role that may answer and everywhere but at a clinic, from the third day in a place on. On the
// first day they do not.
func TestLooks_SufficeForTheirActivity(t *testing.T) {
	t.Parallel()

	form, rubric := newForm(t)
	day, err := rating.ParseDay("2026-05-01")
	if err != nil {
		t.Fatal(err)
	}
	scored := func(traits []string, activity, role, context string, days *int) bool {
		var seen []rating.Observation
		for i, trait := range traits {
			seen = append(seen, rating.Observation{ID: strconv.Itoa(i), Trait: trait, Level: 3, AssessorID: "a", Role: role, Context: context, ObservedOn: day, DaysInPlace: days})
		}
		rated := rubric.Rate(rating.Cat{}, seen, nil, day)
		return slices.ContainsFunc(rated.Activities, func(a rating.Activity) bool { return a.Activity == activity && a.Estimate != nil })
	}
	tested := 0
	for _, look := range form.Looks {
		if look.Activity == "" {
			continue
		}
		if look.Form != "short" || len(look.Traits) != 3 {
			t.Errorf("%s asks %v in the form %s, want three questions of the short form", look.Code, look.Traits, look.Form)
		}
		for _, role := range []string{"staff", "volunteer", "foster", "adopter", "behaviorist"} {
			for _, context := range []string{"shelter_room", "kennel", "foster_home", "home", "event"} {
				for _, days := range []*int{nil, new(3), new(7), new(30)} {
					if !scored(look.Traits, look.Activity, role, context, days) {
						t.Errorf("%s by %s in %s on day %v: no score for %s", look.Code, role, context, days, look.Activity)
					}
					tested++
				}
				if scored(look.Traits, look.Activity, role, context, new(0)) {
					t.Errorf("%s by %s in %s on the day of arrival: got a score", look.Code, role, context)
				}
			}
		}
		for i := range look.Traits {
			two := slices.Delete(slices.Clone(look.Traits), i, i+1)
			if scored(two, look.Activity, "staff", "shelter_room", new(10)) {
				t.Errorf("%s: two answers %v give a score; the page says three", look.Code, two)
			}
		}
	}
	if tested != 300 {
		t.Errorf("tested %d cases, want 300", tested)
	}
}

// What a cat is called cannot add markup to the page.
func TestForm_EscapesNames(t *testing.T) {
	t.Parallel()

	form, _ := newForm(t)
	var body bytes.Buffer
	bad := `"><script>alert(1)</script>`
	err := form.Render(&body, assessform.Page{Shelter: bad, Token: bad, Cats: []assessform.Cat{{ID: bad, Name: bad, About: bad, Photo: "javascript:alert(1)"}}, Values: map[string]string{"note": bad}, Search: bad})
	if err != nil || strings.Contains(body.String(), "<script>alert") || strings.Contains(body.String(), `src="javascript:`) {
		t.Errorf("got %v %s", err, body.String())
	}
}

// A QR code holds the longest link.
func TestQRCode_HoldsLinks(t *testing.T) {
	t.Parallel()

	address := "https://cats.of-a-shelter-with-a-long-name.example.org/assess?token=tc_form_" + strings.Repeat("a", 220)
	svg, err := assessform.QRCode(address)
	if err != nil || !strings.HasPrefix(svg, "<svg") || len(svg) > 100_000 {
		t.Errorf("got %d bytes, %v", len(svg), err)
	}
	if _, err := json.Marshal(svg); err != nil {
		t.Error(err)
	}
	text, err := assessform.QRText(address)
	if lines := strings.Count(text, "\n"); err != nil || lines < 25 || lines > 50 {
		t.Errorf("got %d lines, %v", lines, err)
	}
	if _, err := assessform.QRCode(strings.Repeat("a", 5000)); err == nil {
		t.Error("a URL that is too long has a QR code")
	}
}
