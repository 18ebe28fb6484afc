package api

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"image/jpeg"
	"io"
	"log/slog"
	"math"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"
	"golang.org/x/sync/semaphore"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/drawing"
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
//	@Description	Returns the rating as an SVG picture for websites: a card with the scores, ranges and readiness of the four
//	@Description	activities, the strengths and the next step, or with `style=badge` a badge of one line. Where
//	@Description	nobody assessed a cat, both say how its listing sounds and what holds the cat. A card shows the first photo of the cat that
//	@Description	the server keeps. The picture adapts to the light or
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
	body, err := newPicture(rated, in.Style, narrowCard, a.picturePhoto(c.Request().Context(), rated.cat, in.Style, svgPhotoSize)).SVG()
	if err != nil {
		return fmt.Errorf("draw %s of %s: %w", in.Style, rated.cat.ID, err)
	}
	// For browsers that open the picture directly.
	c.Response().Header().Set("Content-Security-Policy", "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'none'")
	return sendPicture(c, "image/svg+xml", httpkit.WeakETag(body), func() ([]byte, error) { return body, nil })
}

// AdventureImageQuery holds the query parameters of the PNG image of a rating.
type AdventureImageQuery struct {
	Style       string    `form:"style" validate:"optional" enums:"card,badge" default:"card"`         // `card` for a card with all activities, `badge` for a small badge.
	ColorScheme string    `form:"color_scheme" validate:"optional" enums:"light,dark" default:"light"` // Colors for light or dark surroundings.
	AsOf        time.Time `form:"as_of" validate:"optional" format:"date" example:"2026-11-22"`        // Day of the rating; default today (UTC).
	Rubric      string    `form:"rubric" validate:"optional" example:"1.0.0"`                          // Version of the rubric; default the newest.
	Lang        string    `form:"lang" validate:"optional" enums:"en" default:"en"`                    // Language of the texts.
} //	@name	AdventureImageQuery

// Sizes of PNG images, in pixels.
const (
	imageWidth  = 1200 // that social networks show without cutting
	imageHeight = 630
	imageMargin = 16
	badgeScale  = 3 // of the badge as PNG, to that as SVG
)

// getAdventureImage returns the rating of a cat as a PNG image.
//
//	@Summary		Get the adventure rating as a PNG image
//	@Description	Returns the rating as a PNG image for e-mails and for previews of links (`og:image`), which do not show SVG. It has
//	@Description	the texts, scores and photo of `/v1/cats/{id}/adventure.svg`. A card is 1200 × 630 pixels, a badge 60 pixels high. The fonts of
//	@Description	the image have Latin, Greek and Cyrillic letters. Other characters of a name are left out, and a name
//	@Description	without any of these letters is replaced by the number of the cat, such as `Cat 1042`.
//	@ID				getAdventureImage
//	@Tags			adventure
//	@Produce		image/png
//	@Param			id				path		string					true	"ID or number of the cat"	example(cat_01kabq4z8vf3ht2v0xw9r6m5ec)
//	@Param			query			query		AdventureImageQuery		false	"Style, color scheme, day, rubric and language"
//	@Param			If-None-Match	header		string					false	"ETag of the response that you have"
//	@Success		200				{file}		binary					"The PNG image"
//	@Header			200				{string}	ETag					"Version of the image"
//	@Success		304				"The response that you have is current"
//	@Failure		410				{object}	httpkit.Problem	"The cat was removed"
//	@Failure		default			{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Router			/v1/cats/{id}/adventure.png [get]
func (a *API) getAdventureImage(c echo.Context) error {
	in := AdventureImageQuery{Style: "card", ColorScheme: "light", Lang: "en"}
	errs, err := httpkit.BindQuery(c, &in)
	if err != nil {
		return err
	}
	rated, err := a.rated(c, AdventureQuery{AsOf: in.AsOf, Rubric: in.Rubric, Lang: in.Lang}, errs)
	if err != nil {
		return err
	}
	if rated.cat.Name, err = imageName(rated.cat); err != nil {
		return err
	}
	picture := newPicture(rated, in.Style, wideCard, a.picturePhoto(c.Request().Context(), rated.cat, in.Style, pngPhotoSize))
	canvas := pictureCanvas(picture, in.Style, in.ColorScheme == "dark")
	content, err := json.Marshal([]any{picture, canvas})
	if err != nil {
		return fmt.Errorf("encode the drawing: %w", err)
	}
	return sendPicture(c, "image/png", httpkit.WeakETag(content), func() ([]byte, error) {
		ctx := c.Request().Context()
		if err := a.imageSlots.Acquire(ctx, 1); err != nil {
			return nil, context.Cause(ctx)
		}
		defer a.imageSlots.Release(1)
		return picture.PNG(canvas)
	})
}

// pictureCanvas returns the canvas of a PNG image.
func pictureCanvas(picture drawing.Drawing, style string, dark bool) drawing.Canvas {
	if style == "badge" {
		return drawing.Canvas{Width: badgeScale * picture.Width, Height: badgeScale * picture.Height, Dark: dark}
	}
	return drawing.Canvas{Width: imageWidth, Height: imageHeight, Margin: imageMargin, Dark: dark}
}

// imageName returns the name of a cat in letters that PNG images can show, or its number.
func imageName(cat catalog.Cat) (string, error) {
	name, err := drawing.Printable(cat.Name)
	if err != nil {
		return "", fmt.Errorf("name on the image: %w", err)
	}
	return cmp.Or(name, "Cat "+strconv.FormatInt(cat.Number, 10)), nil
}

// newImageSlots limits how many images are drawn at once to half of the processors, because each takes
// tens of milliseconds and ten megabytes.
func newImageSlots() *semaphore.Weighted {
	return semaphore.NewWeighted(int64(max(1, runtime.GOMAXPROCS(0)/2)))
}

// sendPicture sends a picture with its weak ETag. It draws the picture only for clients that do not have
// it.
func sendPicture(c echo.Context, mediaType, etag string, draw func() ([]byte, error)) error {
	h := c.Response().Header()
	h.Set("ETag", etag)
	h.Set("Cache-Control", httpkit.CacheScope(c)+", max-age=300")
	if httpkit.ETagMatches(c.Request().Header.Values("If-None-Match"), etag) {
		return c.NoContent(http.StatusNotModified)
	}
	body, err := draw()
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, mediaType, body)
}

// Sizes of the renditions of photos in pictures. An SVG picture contains the file.
const (
	svgPhotoSize = 300
	pngPhotoSize = 600
)

// picturePhoto returns the file of a rendition of the first kept photo of a cat, of at least a size
// if there is one, or nil if the picture shows none. Pictures without a photo are better than none,
// so errors are only logged.
func (a *API) picturePhoto(ctx context.Context, cat catalog.Cat, style string, size int) []byte {
	i := slices.IndexFunc(cat.Photos, func(p catalog.Photo) bool { return p.Hash != "" })
	if a.PhotoFiles == nil || style == "badge" || i < 0 {
		return nil
	}
	photo := cat.Photos[i]
	body, err := a.readPhoto(ctx, photo.Hash, catalog.BestRendition(photo.Width, photo.Height, size).Size)
	if err != nil {
		a.Log.WarnContext(ctx, "the picture of a rating has no photo, because its file cannot be read", slog.String("cat", cat.ID), slog.String("hash", photo.Hash), slog.Any("error", err))
		return nil
	}
	return body
}

// endOfJPEG is how JPEG files end.
const endOfJPEG = "\xff\xd9"

// readPhoto returns the file of a rendition. A file that is not a complete JPEG file is an error.
func (a *API) readPhoto(ctx context.Context, hash string, size int) ([]byte, error) {
	file, err := a.PhotoFiles.Open(ctx, hash, size)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // only read
	body, err := io.ReadAll(file)
	if err == nil {
		_, err = jpeg.DecodeConfig(bytes.NewReader(body))
	}
	if err == nil && !bytes.HasSuffix(body, []byte(endOfJPEG)) {
		err = io.ErrUnexpectedEOF
	}
	return body, err
}

// newPicture returns the picture of a rating in a style: a card of a layout, with a photo unless it is
// nil, or a badge.
func newPicture(rated ratedCat, style string, layout cardLayout, photo []byte) drawing.Drawing {
	if style == "badge" {
		return newBadgePicture(rated)
	}
	return newCardPicture(rated, layout, photo).Drawing
}

// cardColors returns the colors of a card.
func cardColors() []drawing.Class {
	return append([]drawing.Class{
		{Name: "text", Color: drawing.Color{Light: "#1f2328", Dark: "#f0f6fc"}},
		{Name: "quiet", Color: drawing.Color{Light: "#59636e", Dark: "#9198a1"}},
		{Name: "paper", Color: drawing.Color{Light: "#ffffff", Dark: "#0d1117"}},
		{Name: "border", Color: drawing.Color{Light: "#d1d9e0", Dark: "#3d444d"}},
		{Name: "track", Color: drawing.Color{Light: "#e6eaef", Dark: "#2a313c"}},
		{Name: "unknown", Color: drawing.Color{Light: "#818b98", Dark: "#656c76"}},
	}, readinessColors()...)
}

// badgeColors returns the colors of a badge, whose text is white in both color schemes.
func badgeColors() []drawing.Class {
	colors := []drawing.Class{
		{Name: "text", Color: drawing.Color{Light: "#ffffff", Dark: "#ffffff"}},
		{Name: "left", Color: drawing.Color{Light: "#424a53", Dark: "#2a313c"}},
	}
	for _, c := range readinessColors() {
		colors = append(colors, drawing.Class{Name: c.Name, Color: drawing.Color{Light: c.Light, Dark: c.Light}})
	}
	return colors
}

// readinessColors returns the color of each readiness.
func readinessColors() []drawing.Class {
	return []drawing.Class{
		{Name: string(rating.ReadyNow), Color: drawing.Color{Light: "#1a7f37", Dark: "#3fb950"}},
		{Name: string(rating.ReadyWithTraining), Color: drawing.Color{Light: "#0969da", Dark: "#58a6ff"}},
		{Name: string(rating.BuildConfidenceFirst), Color: drawing.Color{Light: "#8250df", Dark: "#ab7df8"}},
		{Name: string(rating.OnHold), Color: drawing.Color{Light: "#9a6700", Dark: "#d29922"}},
		{Name: string(rating.NotYetAssessed), Color: drawing.Color{Light: "#59636e", Dark: "#9198a1"}},
	}
}

// cardLayout is a layout of a card. Lengths are in pixels.
type cardLayout struct {
	width                 int
	headFrom, headTop     float64 // where the name begins
	headLength            int     // characters that fit into a line below the name
	firstRow              int     // where the rows begin
	rowsFrom              float64 // left of the names of activities
	trackFrom, trackWidth float64 // of the scale of scores
	nameLength            int     // characters of the name that fit into a line
	lineLength            int     // characters of other texts that fit into a line
	boldLineLength        int     // the same in bold
	maxRangeLength        int     // characters beside the name of an activity
	photo                 drawing.Photo
	withPhoto             *cardLayout // nil: it has a photo
}

// Layouts of cards. The wide ones have the proportions of the PNG image, which shows the photo to the
// left of the rows; the narrow ones show it to the left of the name.
var (
	narrowCard = cardLayout{
		width: 480, headFrom: cardMargin, headTop: 34, headLength: 100, firstRow: 74, rowsFrom: cardMargin, trackFrom: 204, trackWidth: 196,
		nameLength: 40, lineLength: 70, boldLineLength: 60, maxRangeLength: 44, withPhoto: &cardLayout{
			width: 480, headFrom: 108, headTop: 42, headLength: 48, firstRow: 106, rowsFrom: cardMargin, trackFrom: 204, trackWidth: 196,
			nameLength: 30, lineLength: 70, boldLineLength: 60, maxRangeLength: 44, photo: drawing.Photo{X: cardMargin, Y: cardMargin, Width: 72, Height: 72, Radius: 10},
		},
	}
	wideCard = cardLayout{
		width: 672, headFrom: cardMargin, headTop: 34, headLength: 106, firstRow: 74, rowsFrom: cardMargin, trackFrom: 248, trackWidth: 344,
		nameLength: 60, lineLength: 106, boldLineLength: 106, maxRangeLength: 70, withPhoto: &cardLayout{
			width: 672, headFrom: cardMargin, headTop: 34, headLength: 106, firstRow: 74, rowsFrom: 212, trackFrom: 396, trackWidth: 196,
			nameLength: 60, lineLength: 106, boldLineLength: 106, maxRangeLength: 44, photo: drawing.Photo{X: cardMargin, Y: 74, Width: 172, Height: 172, Radius: 10},
		},
	}
)

// Positions and sizes on all cards, in pixels.
const (
	cardMargin = 20
	rowHeight  = 46
	lineHeight = 17
)

// cardPicture is the drawing of a card, and its rows.
type cardPicture struct {
	drawing.Drawing
	Rows []pictureRow
}

// pictureRow is what a card says about an activity.
type pictureRow struct {
	Activity, Readiness, Status string
	Score, Range, Grade         string // Score is empty unless the activity is assessed
	Impression                  string // of the listing; empty if the activity is assessed
	estimate                    *rating.Estimate
	description                 string // for screen readers
}

// newCardPicture returns the card of a rating, with a photo unless it is nil.
func newCardPicture(rated ratedCat, layout cardLayout, photo []byte) cardPicture {
	if photo != nil {
		layout = *layout.withPhoto
	}
	cat, r := rated.cat, rated.rating
	line := "Adventure rating as of " + r.AsOf.String() + ", rubric " + r.Rubric.Version
	if r.Overall != nil {
		line += ", overall " + points(r.Overall.Score)
	}
	p := cardPicture{Drawing: drawing.Drawing{
		Title: "Adventure rating of " + drawing.Clean(cat.Name, 60), Width: layout.width,
		FontFamily: `-apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif`,
		Background: drawing.Color{Light: "#f6f8fa", Dark: "#010409"}, Colors: cardColors(),
	}}
	lineWidth, headWidth := float64(layout.width-2*cardMargin), float64(layout.width-cardMargin)-layout.headFrom
	p.Texts = append(p.Texts, drawing.Text{Class: "text", X: layout.headFrom, Y: layout.headTop, Text: drawing.Clean(cat.Name, layout.nameLength), Size: 18, Bold: true, MaxWidth: headWidth})
	for i, text := range wrapText(line, layout.headLength) {
		p.Texts = append(p.Texts, drawing.Text{Class: "quiet", X: layout.headFrom, Y: layout.headTop + 20 + float64(i*lineHeight), Text: text, Size: 12, MaxWidth: headWidth})
	}
	if photo != nil {
		layout.photo.JPEG = photo
		p.Photos = append(p.Photos, layout.photo)
	}
	descriptions := []string{"As of " + r.AsOf.String() + "."}
	impressions := make(map[string]string, len(rated.impression.Activities))
	for i, activity := range catalog.Activities() {
		impressions[activity] = rated.impression.Activities[i]
	}
	unassessed, source := false, impressionSource(rated.hints)
	y := layout.firstRow
	for _, a := range r.Activities[1:] {
		row := newPictureRow(a, blockers(r, a), impressions[a.Activity], source, layout.maxRangeLength)
		unassessed = unassessed || row.Impression != ""
		p.Rows, descriptions = append(p.Rows, row), append(descriptions, row.description)
		p.addRow(row, layout, float64(y))
		y += rowHeight
	}
	y += 12
	note := func(text, class string, bold bool) {
		length := layout.lineLength
		if bold {
			length = layout.boldLineLength
		}
		for _, line := range wrapText(text, length) {
			p.Texts = append(p.Texts, drawing.Text{Class: class, X: cardMargin, Y: float64(y), Text: line, Size: 12, Bold: bold, MaxWidth: lineWidth})
			y += lineHeight
		}
	}
	fit := bestFit(r)
	if strengths := traitNames(fit.Strengths, func(c rating.Contribution) string { return c.Trait }); strengths != "" {
		note("Strengths: "+strengths, "text", false)
		descriptions = append(descriptions, "Strengths: "+strengths+".")
	}
	if unassessed {
		note("On the right: how the "+source+" sounds ("+phrases(rated.impression.Phrases)+"), not an assessment.", "quiet", false)
		if answers := recordedAnswers(rated.hints); len(answers) > 0 {
			text := "The shelter recorded: " + strings.Join(answers, ", ") + "."
			note(text, "quiet", false)
			descriptions = append(descriptions, text)
		}
	}
	next := nextStep(fit)
	note(next, "text", true)
	note("Structured judgement, not a validated test. The cat sets the pace.", "quiet", false)
	p.Description = strings.Join(append(descriptions, next, r.Disclaimer), " ")
	p.Height = y + 2
	width, height := float64(p.Width), float64(p.Height)
	p.Shapes = append([]drawing.Shape{
		{Class: "border", Width: width, Height: height, Radius: 10},
		{Class: "paper", X: 1, Y: 1, Width: width - 2, Height: height - 2, Radius: 9},
	}, p.Shapes...)
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

// newPictureRow returns what a card says about an activity, with what holds it, and the impression
// and what it is read from. The first two may be empty.
func newPictureRow(a rating.Activity, blockers, impression, source string, maxRangeLength int) pictureRow {
	row := pictureRow{Activity: humanize(a.Activity), Readiness: string(a.Readiness), Status: humanize(string(a.Readiness)), estimate: a.Estimate}
	if a.Clearance == rating.ClearanceRestricted {
		row.Status += ", restricted"
	}
	if a.Estimate == nil {
		row.Range, row.Impression = askNext(a), impression
		row.description = row.Activity + ": " + row.Status
		if blockers != "" {
			row.Range = drawing.Clean("On hold for: "+blockers, maxRangeLength)
			row.description += " for " + blockers
		}
		if impression != "" {
			row.description += ", the " + source + " sounds " + impression
		}
		row.description += "."
		return row
	}
	e := a.Estimate
	row.Score, row.Range, row.Grade = points(e.Score), "likely "+points(e.Low)+" to "+points(e.High), "evidence "+a.Grade
	row.description = fmt.Sprintf("%s: %s of 100, %s, %s, %s.", row.Activity, row.Score, row.Range, row.Status, row.Grade)
	return row
}

// addRow draws an activity at a height: its name and status on the left, its scale and range in the
// middle, and its score or the impression of the listing on the right.
func (p *cardPicture) addRow(row pictureRow, layout cardLayout, y float64) {
	from, right := layout.trackFrom, float64(layout.width-cardMargin)
	left := from - layout.rowsFrom - 8
	p.Texts = append(p.Texts,
		drawing.Text{Class: "text", X: layout.rowsFrom, Y: y + 12, Text: row.Activity, Size: 14, Bold: true, MaxWidth: left},
		drawing.Text{Class: row.Readiness, X: layout.rowsFrom, Y: y + 29, Text: row.Status, Size: 12, MaxWidth: left},
		drawing.Text{Class: "quiet", X: from, Y: y + 32, Text: row.Range, Size: 11, MaxWidth: right - from},
	)
	if row.estimate == nil {
		p.Shapes = append(p.Shapes,
			drawing.Shape{Class: "unknown", X: from, Y: y + 9, Width: layout.trackWidth, Height: 8, Radius: 4},
			drawing.Shape{Class: "paper", X: from + 1, Y: y + 10, Width: layout.trackWidth - 2, Height: 6, Radius: 3},
		)
		if row.Impression != "" {
			p.Texts = append(p.Texts, drawing.Text{Class: "text", X: right, Y: y + 17, Text: row.Impression, Size: 12, Bold: true, AlignEnd: true})
		}
		return
	}
	position := func(points float64) float64 { return math.Round(10*(from+layout.trackWidth*points/100)) / 10 }
	low, high, at := position(row.estimate.Low), position(row.estimate.High), position(row.estimate.Score)
	p.Shapes = append(p.Shapes,
		drawing.Shape{Class: "track", X: from, Y: y + 9, Width: layout.trackWidth, Height: 8, Radius: 4},
		drawing.Shape{Class: row.Readiness, X: low, Y: y + 9, Width: math.Round(10*(high-low)) / 10, Height: 8, Radius: 4, Opacity: 0.4},
		drawing.Circle("paper", at, y+13, 8),
		drawing.Circle(row.Readiness, at, y+13, 6),
	)
	p.Texts = append(p.Texts,
		drawing.Text{Class: "text", X: right, Y: y + 19, Text: row.Score, Size: 18, Bold: true, AlignEnd: true},
		drawing.Text{Class: "quiet", X: right, Y: y + 32, Text: row.Grade, Size: 11, AlignEnd: true},
	)
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

// Sizes on a badge, in pixels.
const (
	badgeHeight         = 20
	badgeCharacterWidth = 6.6 // average
	maxReasonLength     = 44  // characters
)

func newBadgePicture(rated ratedCat) drawing.Drawing {
	cat, r := rated.cat, rated.rating
	fit := bestFit(r)
	message := strings.ToLower(humanize(string(fit.Readiness)))
	if fit.Estimate != nil && fit.Activity == r.BestFit {
		message = strings.ToLower(humanize(fit.Activity)) + " " + points(fit.Estimate.Score) + ", " + message
	}
	if reason := blockers(r, fit); reason != "" && fit.Readiness == rating.OnHold {
		message += ": " + drawing.Clean(reason, maxReasonLength)
	}
	if impression := rated.impression.Overall; impression != "" && fit.Estimate == nil {
		message += ", " + impressionSource(rated.hints) + " sounds " + impression
	}
	const label = "adventure"
	textWidth := func(s string) float64 { return math.Floor(badgeCharacterWidth * float64(utf8.RuneCountInString(s))) }
	left, width := textWidth(label)+14, textWidth(label)+14+textWidth(message)+16
	return drawing.Drawing{
		Title: "Adventure rating of " + drawing.Clean(cat.Name, 60) + ": " + message, Description: r.Disclaimer,
		Width: int(width), Height: badgeHeight, FontFamily: `Verdana, "DejaVu Sans", Geneva, sans-serif`, Colors: badgeColors(),
		Shapes: []drawing.Shape{
			{Class: "left", Width: left + 8, Height: badgeHeight, Radius: 4},
			{Class: string(fit.Readiness), X: left, Width: width - left, Height: badgeHeight, Radius: 4},
			{Class: string(fit.Readiness), X: left, Width: 8, Height: badgeHeight}, // without round corners
		},
		Texts: []drawing.Text{
			{Class: "text", X: 8, Y: 14, Text: label, Size: 11, Length: textWidth(label)},
			{Class: "text", X: left + 8, Y: 14, Text: message, Size: 11, Length: textWidth(message)},
		},
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
