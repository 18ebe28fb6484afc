package api

import (
	"cmp"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/access"
	"trailcat/internal/assessform"
	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/httpkit"
)

// createAssessmentLink returns a link to the assessment form.
//
//	@Summary		Create a link to the assessment form
//	@Description	Returns a link, and its QR code, with which people without a key can record assessments of the cats of your shelter, or of one of
//	@Description	them, in a form on their phones. The link reads the names and photos of these cats and nothing else. It expires, by
//	@Description	default after twelve hours, and stops working when the key that created it is revoked.
//	@ID				createAssessmentLink
//	@Tags			adventure
//	@Accept			json
//	@Produce		json
//	@Param			id		path		string				true	"ID or code of the shelter"	example(MD1)
//	@Param			Idempotency-Key	header	string			false	"Repeating the request with the same key and body within 24 hours returns the same link"
//	@Param			body	body		AssessmentLinkDraft	true	"What the link is for; an empty object for all cats of the shelter"
//	@Success		201		{object}	wire.AssessmentLink	"The link"
//	@Failure		422		{object}	httpkit.Problem		"The body is not valid; errors lists each field"
//	@Failure		default	{object}	httpkit.Problem		"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[assessments:write]
//	@Router			/v1/shelters/{id}/assessment-links [post]
func (a *API) createAssessmentLink(c echo.Context) error {
	shelter, err := a.ownShelter(c, c.Param("id"))
	if err != nil {
		return err
	}
	var in wire.AssessmentLinkDraft
	errs, err := httpkit.BindBody(c, &in)
	if err != nil {
		return err
	}
	link := access.AssessmentLink{ShelterID: shelter.ID, Role: wire.StringOrEmpty(in.AssessorRole), ExpiresAt: a.Now().Add(access.DefaultLinkTTL)}
	if in.ExpiresInMinutes != nil {
		link.ExpiresAt = a.Now().Add(time.Duration(*in.ExpiresInMinutes) * time.Minute)
	}
	errs.Check(link.Role == "" || a.form.HasRole(link.Role), "/assessor_role", errcode.UnknownRole, "Choose from "+strings.Join(a.form.RoleCodes(), ", ")+".")
	errs.Check(in.Cat == nil || in.ExternalID == nil, "/external_id", errcode.Conflict, "Send either cat or external_id.")
	if err := errs.Err(catalog.Invalid); err != nil {
		return err
	}
	if link.CatID, err = a.catOfLink(c, shelter, in); err != nil {
		return err
	}
	key, err := a.Keys.Key(c.Request().Context(), principalFrom(c).KeyID)
	if err != nil {
		return err
	}
	link.ExpiresAt = link.ExpiresAt.UTC().Truncate(time.Second)
	if !key.ExpiresAt.IsZero() && key.ExpiresAt.Before(link.ExpiresAt) {
		link.ExpiresAt = key.ExpiresAt.UTC().Truncate(time.Second)
	}
	token := key.IssueLink(link)
	url := AssessmentURL(a.publicURL(c), token)
	qr, err := assessform.QRCode(url)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "private, no-store")
	return c.JSON(http.StatusCreated, wire.NewAssessmentLink(link, url, token, qr))
}

// AssessmentURL returns the address of the assessment form for the token of a link.
func AssessmentURL(base, token string) string { return base + "/assess?token=" + token }

// catOfLink returns the ID of the cat that a link is for, which must belong to the shelter and
// not be removed; an empty string if the link is for all.
func (a *API) catOfLink(c echo.Context, shelter catalog.Shelter, in wire.AssessmentLinkDraft) (string, error) {
	var cat catalog.Cat
	var err error
	switch {
	case in.Cat != nil:
		cat, err = a.findCat(c.Request().Context(), *in.Cat)
	case in.ExternalID != nil:
		cat, err = a.Store.CatByExternalID(c.Request().Context(), shelter.ID, *in.ExternalID)
	default:
		return "", nil
	}
	if err == nil && (cat.ShelterID != shelter.ID || cat.Status == catalog.Removed || !cat.ErasedAt.IsZero()) {
		err = catalog.NotFoundError("cat", cmp.Or(wire.StringOrEmpty(in.Cat), wire.StringOrEmpty(in.ExternalID)))
	}
	return cat.ID, err
}
