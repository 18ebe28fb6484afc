package api

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/hints"
	"trailcat/internal/httpkit"
	"trailcat/internal/rating"
)

// AdventurePictureQuery holds the query parameters of the picture of a rating.
type AdventurePictureQuery struct {
	Style  string    `form:"style" validate:"optional" enums:"card,badge" default:"card"`  // `card` for a card with all activities, `badge` for a small badge.
	AsOf   time.Time `form:"as_of" validate:"optional" format:"date" example:"2026-11-22"` // Day of the rating; default today (UTC).
	Rubric string    `form:"rubric" validate:"optional" example:"1.0.0"`                   // Version of the rubric; default the newest.
	Lang   string    `form:"lang" validate:"optional" enums:"en" default:"en"`             // Language of the texts.
} //	@name	AdventurePictureQuery

// getAdventurePicture returns the rating of a cat as an SVG picture.
//
//	@Summary		Get the adventure rating as a picture
//	@Description	Returns the rating as an SVG picture for websites and e-mails: a card with the scores, ranges and readiness of the four
//	@Description	activities, the strengths and the next step, or with `style=badge` a badge of one line. Where
//	@Description	nobody assessed a cat, both say how its listing sounds and what holds the cat. The picture adapts to the light or
//	@Description	dark color scheme of the viewer and has a description for screen readers.
//	@ID				getAdventurePicture
//	@Tags			adventure
//	@Produce		image/svg+xml
//	@Param			id				path		string					true	"ID or number of the cat"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			query			query		AdventurePictureQuery	false	"Style, day, rubric and language"
//	@Param			If-None-Match	header		string					false	"ETag of the response that you have"
//	@Success		200				{string}	string					"The SVG picture"
//	@Header			200				{string}	ETag					"Version of the picture"
//	@Success		304				"The response that you have is current"
//	@Failure		410				{object}	httpkit.Problem	"The cat was removed"
//	@Failure		default			{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Router			/v1/cats/{id}/adventure.svg [get]
func (a *API) getAdventurePicture(c echo.Context) error {
	in := AdventurePictureQuery{Style: "card", Lang: "en"}
	errs, err := httpkit.BindQuery(c, &in)
	if err != nil {
		return err
	}
	rated, err := a.rated(c, AdventureQuery{AsOf: in.AsOf, Rubric: in.Rubric, Lang: in.Lang}, errs)
	if err != nil {
		return err
	}
	var picture any = newCardPicture(rated)
	if in.Style == "badge" {
		picture = newBadgePicture(rated)
	}
	var body bytes.Buffer
	if err := pictures().ExecuteTemplate(&body, in.Style, picture); err != nil {
		return fmt.Errorf("render %s of %s: %w", in.Style, rated.cat.ID, err)
	}
	return sendPicture(c, body.Bytes())
}

// sendPicture sends an SVG picture with a weak ETag. Its content security policy forbids
// scripts, for browsers that open the picture directly.
func sendPicture(c echo.Context, body []byte) error {
	h, etag := c.Response().Header(), httpkit.WeakETag(body)
	h.Set("ETag", etag)
	h.Set("Cache-Control", httpkit.CacheScope(c)+", max-age=300")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	if httpkit.ETagMatches(c.Request().Header.Values("If-None-Match"), etag) {
		return c.NoContent(http.StatusNotModified)
	}
	return c.Blob(http.StatusOK, "image/svg+xml", body)
}

//go:embed adventure.svg.tmpl
var cardTemplate string

//go:embed badge.svg.tmpl
var badgeTemplate string

// pictures returns the parsed templates of all styles.
var pictures = sync.OnceValue(func() *template.Template {
	t := template.Must(template.New("card").Parse(cardTemplate))
	return template.Must(t.New("badge").Parse(badgeTemplate))
})

// cardPicture is the data of the card template. Lengths are in pixels.
type cardPicture struct {
	Title, Desc, Name, Line string
	Rows                    []pictureRow
	Notes                   []pictureNote
	Height, Bottom          int
}

// pictureRow is an activity on a card.
type pictureRow struct {
	Y                           int
	Activity, Readiness, Status string
	Score, Range, Grade         string // Score is empty unless the activity is assessed
	Impression                  string // of the listing; empty if the activity is assessed
	From, Width, At             string
	description                 string // for screen readers
}

// pictureNote is a line of text below the activities.
type pictureNote struct {
	Y             int
	Text          string
	Quiet, Strong bool
}

// Positions and sizes on a card, in pixels unless stated otherwise.
const (
	firstRow       = 74
	rowHeight      = 46
	lineHeight     = 17
	lineLength     = 70 // characters that fit into a line of a card
	maxRangeLength = 44 // characters beside the name of an activity
	trackFrom      = 204
	trackWidth     = 196
)

func newCardPicture(rated ratedCat) cardPicture {
	cat, r := rated.cat, rated.rating
	p := cardPicture{
		Name: svgText(cat.Name, 40), Title: "Adventure rating of " + svgText(cat.Name, 60),
		Line: "Adventure rating as of " + r.AsOf.String() + ", rubric " + r.Rubric.Version,
	}
	if r.Overall != nil {
		p.Line += ", overall " + points(r.Overall.Score)
	}
	descriptions := []string{"As of " + r.AsOf.String() + "."}
	impressions := make(map[string]string, len(rated.impression.Activities))
	for i, activity := range catalog.Activities() {
		impressions[activity] = rated.impression.Activities[i]
	}
	unassessed, source := false, impressionSource(rated.hints)
	for i, a := range r.Activities[1:] {
		row := newPictureRow(firstRow+i*rowHeight, a, blockers(r, a), impressions[a.Activity], source)
		unassessed = unassessed || row.Impression != ""
		p.Rows, descriptions = append(p.Rows, row), append(descriptions, row.description)
	}
	y := firstRow + len(p.Rows)*rowHeight + 12
	note := func(text string, quiet, strong bool) {
		for _, line := range wrapText(text, lineLength) {
			p.Notes = append(p.Notes, pictureNote{Y: y, Text: line, Quiet: quiet, Strong: strong})
			y += lineHeight
		}
	}
	fit := bestFit(r)
	if strengths := traitNames(fit.Strengths, func(c rating.Contribution) string { return c.Trait }); strengths != "" {
		note("Strengths: "+strengths, false, false)
		descriptions = append(descriptions, "Strengths: "+strengths+".")
	}
	if unassessed {
		note("On the right: how the "+source+" sounds ("+phrases(rated.impression.Phrases)+"), not an assessment.", true, false)
		if answers := recordedAnswers(rated.hints); len(answers) > 0 {
			text := "The shelter recorded: " + strings.Join(answers, ", ") + "."
			note(text, true, false)
			descriptions = append(descriptions, text)
		}
	}
	next := nextStep(fit)
	note(next, false, true)
	note("Structured judgement, not a validated test. The cat sets the pace.", true, false)
	p.Desc = strings.Join(append(descriptions, next, r.Disclaimer), " ")
	p.Height = y + 2
	p.Bottom = p.Height - 1
	return p
}

// impressionSource returns what an impression is read from.
func impressionSource(found []hints.Hint) string {
	if answers := recordedAnswers(found); len(answers) > 0 && len(answers) == len(found) {
		return "shelter's record"
	}
	return "listing"
}

// recordedAnswers returns what the shelter recorded, such as leash trained.
func recordedAnswers(found []hints.Hint) []string {
	var answers []string
	for _, h := range found {
		if h.Recorded {
			answers = append(answers, h.Answer)
		}
	}
	return answers
}

// newPictureRow returns the row of an activity, with what holds it, and the impression and
// what it is read from. The first two may be empty.
func newPictureRow(y int, a rating.Activity, blockers, impression, source string) pictureRow {
	row := pictureRow{Y: y, Activity: humanize(a.Activity), Readiness: string(a.Readiness), Status: humanize(string(a.Readiness))}
	if a.Clearance == rating.ClearanceRestricted {
		row.Status += ", restricted"
	}
	if a.Estimate == nil {
		row.Range, row.Impression = askNext(a), impression
		row.description = row.Activity + ": " + row.Status
		if blockers != "" {
			row.Range = svgText("On hold for: "+blockers, maxRangeLength)
			row.description += " for " + blockers
		}
		if impression != "" {
			row.description += ", the " + source + " sounds " + impression
		}
		row.description += "."
		return row
	}
	e := a.Estimate
	position := func(x float64) string { return fmt.Sprintf("%.1f", trackFrom+trackWidth*x/100) }
	row.Score, row.Range, row.Grade = points(e.Score), "likely "+points(e.Low)+" to "+points(e.High), "evidence "+a.Grade
	row.From, row.Width, row.At = position(e.Low), fmt.Sprintf("%.1f", trackWidth*(e.High-e.Low)/100), position(e.Score)
	row.description = fmt.Sprintf("%s: %s of 100, %s, %s, %s.", row.Activity, row.Score, row.Range, row.Status, row.Grade)
	return row
}

// bestFit returns the recommended activity, or the first outdoor activity if the
// recommendation is to stay indoors.
func bestFit(r rating.Rating) rating.Activity {
	for _, a := range r.Activities[1:] {
		if a.Activity == r.BestFit {
			return a
		}
	}
	return r.Activities[1]
}

// askNext returns what to ask the shelter about an activity that is not assessed, in a
// line of a card. Pictures are for adopters.
func askNext(a rating.Activity) string {
	next := a.NextObservations[0]
	return cmp.Or(strings.TrimSuffix(next.AdopterText, "."), "Ask about "+strings.ReplaceAll(next.Trait, "_", " "))
}

// blockers returns the titles of the gates that hold an activity, separated by commas.
func blockers(r rating.Rating, a rating.Activity) string {
	var titles []string
	for _, gate := range r.Gates {
		if slices.ContainsFunc(gate.Effects, func(e rating.GateEffect) bool { return e.Activity == a.Activity && e.Effect == rating.EffectHold }) {
			titles = append(titles, gate.Title)
		}
	}
	return strings.Join(titles, ", ")
}

// phrases returns a number of phrases in words.
func phrases(n int) string {
	if n == 1 {
		return "1 phrase"
	}
	return strconv.Itoa(n) + " phrases"
}

// nextStep returns the recommended first step of an activity for adopters.
func nextStep(a rating.Activity) string {
	text := cmp.Or(a.AdopterFirstStep, a.RecommendedFirstStep.Text)
	if a.Readiness == rating.NotYetAssessed {
		return text
	}
	return "Next, " + strings.ToLower(humanize(a.Activity)) + ": " + text
}

// badgePicture is the data of the badge template. Lengths are in pixels.
type badgePicture struct {
	Title, Desc, Message, Readiness                        string
	Width, Left, Right, LabelWidth, MessageX, MessageWidth int
}

// badgeCharacterWidth is the average width of a character on a badge, in pixels.
const badgeCharacterWidth = 6.6

func newBadgePicture(rated ratedCat) badgePicture {
	cat, r := rated.cat, rated.rating
	fit := bestFit(r)
	message := strings.ToLower(humanize(string(fit.Readiness)))
	if fit.Estimate != nil && fit.Activity == r.BestFit {
		message = strings.ToLower(humanize(fit.Activity)) + " " + points(fit.Estimate.Score) + ", " + message
	}
	if reason := blockers(r, fit); reason != "" && fit.Readiness == rating.OnHold {
		message += ": " + svgText(reason, maxRangeLength)
	}
	if impression := rated.impression.Overall; impression != "" && fit.Estimate == nil {
		message += ", " + impressionSource(rated.hints) + " sounds " + impression
	}
	width := func(s string) int { return int(badgeCharacterWidth * float64(utf8.RuneCountInString(s))) }
	label := width("adventure")
	left, right := label+14, width(message)+16
	return badgePicture{
		Title: "Adventure rating of " + svgText(cat.Name, 60) + ": " + message, Desc: r.Disclaimer, Message: message, Readiness: string(fit.Readiness),
		Width: left + right, Left: left, Right: right, LabelWidth: label, MessageX: left + 8, MessageWidth: width(message),
	}
}

// humanize converts a code to words, such as leash_walk to "Leash walk".
func humanize(code string) string {
	words := strings.ReplaceAll(code, "_", " ")
	return strings.ToUpper(words[:1]) + words[1:]
}

// traitNames returns the names of the traits of a list, separated by commas.
func traitNames[T any](list []T, trait func(T) string) string {
	names := wire.MapSlice(list, func(item T) string { return strings.ReplaceAll(trait(item), "_", " ") })
	return strings.Join(names, ", ")
}

// points formats a score as a whole number: the likely range is much wider than a tenth.
func points(x float64) string { return strconv.Itoa(int(math.Round(x))) }

// svgText removes characters that XML does not allow, and limits a text to maxLength
// characters.
func svgText(text string, maxLength int) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar || r == '\ufffe' || r == '\uffff' {
			return -1
		}
		return r
	}, text)
	if runes := []rune(text); len(runes) > maxLength {
		return string(runes[:maxLength-1]) + "…"
	}
	return text
}

// wrapText breaks a text into lines of up to maxLength characters.
func wrapText(text string, maxLength int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > maxLength {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return append(lines, line)
}
