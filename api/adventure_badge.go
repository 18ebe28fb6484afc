package api

import (
	"strings"
	"unicode/utf8"

	"trailcat/internal/catalog"
	"trailcat/internal/rating"
)

// badgePicture is what is to be drawn on a badge; lengths are pixels.
type badgePicture struct {
	Title, Desc, Says, Readiness                    string
	Width, Left, Right, LabelWide, SaysAt, SaysWide int
}

const badgeLetter = 6.6 // the width of a letter, on average

func newBadgePicture(cat catalog.Cat, r rating.Rating) badgePicture {
	fit := bestFit(r)
	says := strings.ToLower(humanize(string(fit.Readiness)))
	if fit.Estimate != nil && fit.Activity == r.BestFit {
		says = strings.ToLower(humanize(fit.Activity)) + " " + points(fit.Estimate.Score) + ", " + says
	}
	wide := func(s string) int { return int(badgeLetter * float64(utf8.RuneCountInString(s))) }
	label := wide("adventure")
	left, right := label+14, wide(says)+16
	return badgePicture{
		Title: "Adventure rating of " + svgText(cat.Name, 60) + ": " + says, Desc: r.Disclaimer, Says: says, Readiness: string(fit.Readiness),
		Width: left + right, Left: left, Right: right, LabelWide: label, SaysAt: left + 8, SaysWide: wide(says),
	}
}
