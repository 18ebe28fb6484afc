package api

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
	"trailcat/internal/rating"
)

// AdventurePictureQuery is what one may ask of a picture of a rating.
type AdventurePictureQuery struct {
	Style  string    `query:"style" form:"style" validate:"optional" enums:"card,badge" default:"card"`  // `card` for a card with all activities, `badge` for a small badge.
	AsOf   time.Time `query:"as_of" form:"as_of" validate:"optional" format:"date" example:"2026-11-22"` // Day of the rating; default today (UTC).
	Rubric string    `query:"rubric" form:"rubric" validate:"optional" example:"1.0.0"`                  // Version of the rubric; default the newest.
	Lang   string    `query:"lang" form:"lang" validate:"optional" enums:"en" default:"en"`              // Language of the texts.
} //	@name	AdventurePictureQuery

// getAdventurePicture draws a cat's rating.
//
//	@Summary		Draw a cat's rating
//	@Description	Draws the rating as SVG, for pages, mails and READMEs: a card with the four activities, their scores, ranges and readiness, strengths
//	@Description	and the next step; or with style=badge one line of it. It follows the reader's light or dark scheme and is described for screen readers.
//	@ID				getAdventurePicture
//	@Tags			adventure
//	@Produce		image/svg+xml
//	@Param			id				path		string					true	"The cat's id, or its number"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			query			query		AdventurePictureQuery	false	"How it should look"
//	@Param			If-None-Match	header		string					false	"The ETag that you hold"
//	@Success		200				{string}	string					"The picture"
//	@Header			200				{string}	ETag					"Changes when the picture does"
//	@Success		304				"You hold the newest"
//	@Failure		410				{object}	httpkit.Problem	"The cat was removed"
//	@Failure		default			{object}	httpkit.Problem	"What was wrong"
//	@Router			/v1/cats/{id}/adventure.svg [get]
func (a *API) getAdventurePicture(c echo.Context) error {
	in := AdventurePictureQuery{Style: "card", Lang: "en"}
	bad, err := httpkit.BindQuery(c, &in)
	if err != nil {
		return err
	}
	cat, rated, _, err := a.rated(c, AdventureQuery{AsOf: in.AsOf, Rubric: in.Rubric, Lang: in.Lang}, bad)
	if err != nil {
		return err
	}
	var picture any = newCardPicture(cat, rated)
	if in.Style == "badge" {
		picture = newBadgePicture(cat, rated)
	}
	var body bytes.Buffer
	if err := pictures().ExecuteTemplate(&body, in.Style, picture); err != nil {
		return fmt.Errorf("draw %s of %s: %w", in.Style, cat.ID, err)
	}
	return sendPicture(c, body.Bytes())
}

// sendPicture sends an SVG with a weak ETag. Opened by itself it may run nothing.
func sendPicture(c echo.Context, body []byte) error {
	h, etag := c.Response().Header(), httpkit.WeakETag(body)
	h.Set("ETag", etag)
	h.Set("Cache-Control", httpkit.CacheScope(c)+", max-age=300")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	if httpkit.ETagMatches(c.Request().Header.Values("If-None-Match"), etag) {
		return c.NoContent(http.StatusNotModified)
	}
	return c.Blob(http.StatusOK, "image/svg+xml", body)
}

//go:embed adventure.svg.tmpl
var cardTemplate string

//go:embed badge.svg.tmpl
var badgeTemplate string

var pictures = sync.OnceValue(func() *template.Template {
	t := template.Must(template.New("card").Parse(cardTemplate))
	return template.Must(t.New("badge").Parse(badgeTemplate))
})

// cardPicture is what is to be drawn on a card; lengths are pixels.
type cardPicture struct {
	Title, Desc, Name, Line string
	Rows                    []pictureRow
	Notes                   []pictureNote
	Height, Bottom          int
}

type pictureRow struct {
	Y                         int
	Activity, Readiness, Says string
	Score, Range, Grade       string // the score is empty while not yet assessed
	From, Wide, At            string
	spoken                    string
}

type pictureNote struct {
	Y             int
	Text          string
	Quiet, Strong bool
}

const (
	firstRow    = 74
	rowHeight   = 46
	lineHeight  = 17
	lineLetters = 70 // that fit into a line of a card
	trackFrom   = 204
	trackWide   = 196
)

func newCardPicture(cat catalog.Cat, r rating.Rating) cardPicture {
	p := cardPicture{
		Name: svgText(cat.Name, 40), Title: "Adventure rating of " + svgText(cat.Name, 60),
		Line: "Adventure rating as of " + r.AsOf.String() + ", rubric " + r.Rubric.Version,
	}
	if r.Overall != nil {
		p.Line += ", overall " + points(r.Overall.Score)
	}
	spoken := []string{"As of " + r.AsOf.String() + "."}
	for i, a := range r.Activities[1:] {
		row := newPictureRow(firstRow+i*rowHeight, a)
		p.Rows, spoken = append(p.Rows, row), append(spoken, row.spoken)
	}
	y := firstRow + len(p.Rows)*rowHeight + 12
	note := func(text string, quiet, strong bool) {
		for _, line := range wrapText(text, lineLetters) {
			p.Notes = append(p.Notes, pictureNote{Y: y, Text: line, Quiet: quiet, Strong: strong})
			y += lineHeight
		}
	}
	fit := bestFit(r)
	if strengths := traitNames(fit.Strengths, func(c rating.Contribution) string { return c.Trait }); strengths != "" {
		note("Strengths: "+strengths, false, false)
		spoken = append(spoken, "Strengths: "+strengths+".")
	}
	next := nextStep(fit)
	note(next, false, true)
	note("Structured judgement, not a validated test. The cat sets the pace.", true, false)
	p.Desc = strings.Join(append(spoken, next, r.Disclaimer), " ")
	p.Height = y + 2
	p.Bottom = p.Height - 1
	return p
}

func newPictureRow(y int, a rating.Activity) pictureRow {
	row := pictureRow{Y: y, Activity: humanize(a.Activity), Readiness: string(a.Readiness), Says: humanize(string(a.Readiness))}
	if a.Clearance == rating.ClearanceRestricted {
		row.Says += ", restricted"
	}
	if a.Estimate == nil {
		row.Range = "Look next: " + traitNames(a.NextObservations[:min(2, len(a.NextObservations))], func(n rating.NextObservation) string { return n.Trait })
		row.spoken = row.Activity + ": " + row.Says + "."
		return row
	}
	e := a.Estimate
	at := func(x float64) string { return fmt.Sprintf("%.1f", trackFrom+trackWide*x/100) }
	row.Score, row.Range, row.Grade = points(e.Score), "likely "+points(e.Low)+" to "+points(e.High), "evidence "+a.Grade
	row.From, row.Wide, row.At = at(e.Low), fmt.Sprintf("%.1f", trackWide*(e.High-e.Low)/100), at(e.Score)
	row.spoken = fmt.Sprintf("%s: %s of 100, %s, %s, %s.", row.Activity, row.Score, row.Range, row.Says, row.Grade)
	return row
}

// bestFit is the activity to begin with, or the first one where that is staying in.
func bestFit(r rating.Rating) rating.Activity {
	for _, a := range r.Activities[1:] {
		if a.Activity == r.BestFit {
			return a
		}
	}
	return r.Activities[1]
}

func nextStep(a rating.Activity) string {
	if a.Readiness == rating.NotYetAssessed {
		return "Next: a 15-minute visit. Look first at " + traitNames(a.NextObservations, func(n rating.NextObservation) string { return n.Trait }) + "."
	}
	return "Next, " + strings.ToLower(humanize(a.Activity)) + ": " + a.RecommendedFirstStep.Text
}
