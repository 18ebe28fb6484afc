package api

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/access"
	"trailcat/internal/assessform"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/httpkit"
)

// maxFormCats is how many cats the assessment form lists.
const maxFormCats = 1000

// formLink is a verified link to the assessment form.
type formLink struct {
	access.AssessmentLink
	token   string
	shelter catalog.Shelter
}

// getForm sends the assessment form for the token of a link.
func (a *API) getForm(c echo.Context) error {
	query := c.Request().URL.Query()
	link, err := a.openLink(c, query.Get("token"))
	if err != nil {
		return a.sendClosedForm(c, err)
	}
	page, err := a.formPage(c, link, query.Get("q"))
	if err != nil {
		return a.sendClosedForm(c, err)
	}
	if sent := query.Get("sent"); sent != "" {
		i := slices.IndexFunc(page.Cats, func(cat assessform.Cat) bool { return cat.ID == sent })
		page.Sent = "the cat"
		if i >= 0 {
			page.Sent = page.Cats[i].Name
		}
	}
	return a.sendForm(c, http.StatusOK, page)
}

// getFormFile sends the sheet for printing, or a script or a style sheet of the form.
func (a *API) getFormFile(c echo.Context) error {
	const policy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	name := c.Param("*")
	if name == "sheet" {
		c.Response().Header().Set("Content-Security-Policy", policy)
		return httpkit.SendFile(c, "text/html; charset=utf-8", a.form.Sheet())
	}
	file, ok := a.form.File(name)
	if !ok {
		return echo.ErrNotFound
	}
	if name == "worker.js" {
		c.Response().Header().Set("Service-Worker-Allowed", "/assess")
		c.Response().Header().Set("Content-Security-Policy", "default-src 'none'; connect-src 'self'; frame-ancestors 'none'")
	}
	return httpkit.SendFile(c, file.Type, file.Body)
}

// postForm records a visit. It answers a browser with a page, and the script of the form,
// which accepts JSON, with the ID of the assessment or with a problem.
func (a *API) postForm(c echo.Context) error {
	wantsPage := !strings.Contains(c.Request().Header.Get(echo.HeaderAccept), echo.MIMEApplicationJSON)
	values, err := readForm(c)
	if err != nil {
		return err
	}
	link, err := a.openLink(c, values.Get("token"))
	if err != nil {
		if wantsPage {
			return a.sendClosedForm(c, err)
		}
		return err
	}
	assessment, result, err := a.recordVisit(c, link, values)
	switch {
	case err != nil && wantsPage:
		return a.sendFormErrors(c, link, values, err)
	case err != nil:
		return err
	case wantsPage:
		query := url.Values{"token": {link.token}, "sent": {assessment.CatID}}
		return c.Redirect(http.StatusSeeOther, "/assess?"+query.Encode())
	}
	status := http.StatusOK
	if result == catalog.ResultCreated {
		status = http.StatusCreated
	}
	return sendPrivate(c, status, map[string]string{"id": assessment.ID, "cat_id": assessment.CatID})
}

func readForm(c echo.Context) (url.Values, error) {
	body, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return nil, err
	}
	values, err := httpkit.ParseForm(c.Request().Header.Get(echo.HeaderContentType), body)
	if err != nil {
		return nil, catalog.Errorf(catalog.Malformed, errcode.MalformedForm, "The form cannot be parsed: %s.", err)
	}
	return values, nil
}

// openLink verifies the token of a link. The request then acts for the key that issued the
// link, as far as the link permits.
func (a *API) openLink(c echo.Context, token string) (formLink, error) {
	if token == "" {
		return formLink{}, catalog.Errorf(catalog.Unauthorized, errcode.Unauthorized, "Open the link or the code that your shelter gave you.")
	}
	ctx := c.Request().Context()
	key, link, err := a.auth.AuthenticateLink(ctx, token)
	if access.IsRejection(err) {
		return formLink{}, catalog.Errorf(catalog.Unauthorized, errcode.Unauthorized, "%s", sentence(err))
	}
	if err != nil {
		return formLink{}, err
	}
	shelter, err := a.Store.Shelter(ctx, link.ShelterID)
	if err != nil {
		return formLink{}, err
	}
	p := key.Principal()
	if !p.Owns(shelter.PartnerID) || !shelter.ErasedAt.IsZero() {
		return formLink{}, catalog.Errorf(catalog.Unauthorized, errcode.Unauthorized, "%s", sentence(access.ErrLinkUnknown))
	}
	c.Set(principalKey, p)
	httpkit.MarkPrivate(c)
	return formLink{link, token, shelter}, nil
}

// formPage returns the page of a link, with its cats that have the words.
func (a *API) formPage(c echo.Context, link formLink, words string) (assessform.Page, error) {
	random := a.Random()
	page := assessform.Page{
		Shelter: link.shelter.Name, Token: link.token, Visit: hex.EncodeToString(random[:16]), RoleCode: link.Role, OneCat: link.CatID != "", Search: words,
		Test: principalFrom(c).Test, Today: a.today().Format(time.DateOnly), ExpiresAt: link.ExpiresAt,
	}
	cats, err := a.formCats(c, link)
	if err != nil {
		return page, err
	}
	found := 0
	for _, cat := range cats {
		view := a.formCat(cat)
		if !hasWords(view.Name+" "+view.About, words) {
			continue
		}
		if found++; found <= maxFormCats {
			page.Cats = append(page.Cats, view)
		}
	}
	if found > maxFormCats {
		page.More = fmt.Sprintf("%d of %d cats are shown. Search by name or number to find others.", maxFormCats, found)
	}
	return page, nil
}

// formCats returns the cats of a link by name: those that can be adopted, or the one cat.
func (a *API) formCats(c echo.Context, link formLink) (all []catalog.Cat, err error) {
	if link.CatID != "" {
		cat, err := a.catOfForm(c, link, link.CatID)
		return []catalog.Cat{cat}, err
	}
	listed := slices.DeleteFunc(catalog.Statuses(), func(s catalog.Status) bool { return !s.Listed() })
	for after := ""; ; {
		cats, err := a.Store.CatsOfShelterAfter(c.Request().Context(), link.ShelterID, "", listed, after, maxFormCats)
		if err != nil {
			return nil, err
		}
		all = append(all, cats...)
		if len(cats) < maxFormCats {
			break
		}
		after = cats[len(cats)-1].ID
	}
	slices.SortFunc(all, func(x, y catalog.Cat) int {
		return cmp.Or(strings.Compare(strings.ToLower(x.Name), strings.ToLower(y.Name)), strings.Compare(x.ID, y.ID))
	})
	return all, nil
}

// catOfForm returns a cat that the link is for.
func (a *API) catOfForm(c echo.Context, link formLink, id string) (catalog.Cat, error) {
	cat, err := a.findCat(c.Request().Context(), id)
	switch {
	case err != nil && catalog.KindOf(err) != catalog.NotFound:
		return catalog.Cat{}, err
	case err != nil, cat.ShelterID != link.ShelterID, link.CatID != "" && cat.ID != link.CatID, cat.Status == catalog.Removed && cat.ErasedAt.IsZero():
		return catalog.Cat{}, catalog.Errorf(catalog.NotFound, errcode.NotFound, "This link is not for this cat. Open a link of the shelter that has it.")
	case !cat.ErasedAt.IsZero():
		return catalog.Cat{}, catalog.ErasedError("cat", cat.ErasedAt)
	}
	return cat, nil
}

// formPhotoSize is the size of the photo in the form, in pixels.
const formPhotoSize = 600

// formCat returns a cat as the form shows it.
func (a *API) formCat(cat catalog.Cat) assessform.Cat {
	about := []string{cat.ExternalID, string(cat.Sex), cat.Colors.Primary}
	if months := cat.AgeMonths(a.today()); months != nil {
		age := fmt.Sprintf("%d months", *months)
		if *months >= 24 {
			age = fmt.Sprintf("%d years", *months/12)
		}
		about = append(about, age)
	}
	view := assessform.Cat{ID: cat.ID, Name: cat.Name, About: strings.Join(slices.DeleteFunc(about, func(s string) bool { return s == "" }), " · "), Photo: ""}
	if len(cat.Photos) > 0 {
		view.Photo = a.PhotoBase.Best(cat.Photos[0], formPhotoSize)
		if !strings.HasPrefix(view.Photo, "/") && originOf(view.Photo) == "" {
			view.Photo = ""
		}
	}
	return view
}

func hasWords(text, words string) bool {
	text = strings.ToLower(text)
	return !slices.ContainsFunc(strings.Fields(strings.ToLower(words)), func(word string) bool { return !strings.Contains(text, word) })
}

// safeHost matches hosts that a content security policy can name.
var safeHost = regexp.MustCompile(`^[A-Za-z0-9.-]+(:[0-9]+)?$`)

// originOf returns the origin of a URL of a photo, or an empty string if the form cannot show
// the photo.
func originOf(photo string) string {
	u, err := url.Parse(photo)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || !safeHost.MatchString(u.Host) {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// sendForm sends the form. Its policy permits nothing from other servers but the photos of the
// cats.
func (a *API) sendForm(c echo.Context, status int, page assessform.Page) error {
	var body bytes.Buffer
	if err := a.form.Render(&body, page); err != nil {
		return err
	}
	images := []string{"'self'"}
	for _, cat := range page.Cats {
		if origin := originOf(cat.Photo); origin != "" && !slices.Contains(images, origin) {
			images = append(images, origin)
		}
	}
	h := c.Response().Header()
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src "+strings.Join(images, " ")+
		"; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "private, no-store")
	return c.HTMLBlob(status, body.Bytes())
}

// sendClosedForm sends a page that says why there is no form, and what to do.
func (a *API) sendClosedForm(c echo.Context, err error) error {
	problem := a.problems.Describe(c.Request(), err)
	page := assessform.Page{Closed: "The form is not available now", Advice: "Try again in a minute. Visits that are stored on this phone stay there until they are sent."}
	switch {
	case problem.Status == http.StatusUnauthorized:
		page.Closed, _, _ = strings.Cut(strings.TrimSuffix(problem.Detail, "."), ";") // the page says what to do
	case problem.Status < http.StatusInternalServerError:
		page.Closed = "The cat of this link is not listed anymore"
	}
	if problem.Status < http.StatusInternalServerError {
		page.Advice = "Ask your shelter for a new link or code, and open it on this phone. Visits that are stored on this phone are sent then."
	}
	return a.sendForm(c, problem.Status, page)
}

// sendFormErrors sends the form with what was entered and what is wrong with it.
func (a *API) sendFormErrors(c echo.Context, link formLink, values url.Values, err error) error {
	domain, ok := errors.AsType[*catalog.Error](err)
	if !ok {
		return a.sendClosedForm(c, err)
	}
	page, pageErr := a.formPage(c, link, "")
	if pageErr != nil {
		return a.sendClosedForm(c, pageErr)
	}
	page.Visit, page.Values = values.Get("visit"), map[string]string{}
	for name := range values {
		page.Values[name] = values.Get(name)
	}
	for _, field := range domain.Fields {
		page.Errors = append(page.Errors, assessform.Error{At: elementOf(field.Pointer), Text: field.Message})
	}
	status := http.StatusUnprocessableEntity
	if len(page.Errors) == 0 {
		page.Errors, status = []assessform.Error{{At: "s-cat", Text: domain.Detail}}, http.StatusConflict
	}
	return a.sendForm(c, status, page)
}

// elementOf returns the ID of the element of the form that has an error.
func elementOf(pointer string) string {
	if trait, ok := strings.CutPrefix(pointer, "/levels/"); ok {
		return "q-" + trait
	}
	elements := map[string]string{
		"/cat": "s-cat", "/assessor/id": "assessor", "/assessor/role": "role", "/context": "context", "/observed_on": "date", "/days_in_place": "days",
		"/form": "look", "/levels": "look", "/note": "note", "/duration_minutes": "minutes",
	}
	return cmp.Or(elements[pointer], "s-cat")
}

// validVisit matches what identifies a visit.
var validVisit = regexp.MustCompile(`^[A-Za-z0-9_-]{16,64}$`)

// formFields are the fields of the form besides the levels.
var formFields = []string{"token", "visit", "q", "cat", "assessor", "role", "context", "days", "date", "look", "minutes", "note"}

// recordVisit records the visit that a form describes.
func (a *API) recordVisit(c echo.Context, link formLink, values url.Values) (catalog.Assessment, catalog.Result, error) {
	if values.Get("cat") == "" {
		return catalog.Assessment{}, "", catalog.FieldErrors{{Pointer: "/cat", Code: errcode.Required, Message: "Choose the cat."}}.Err(catalog.Invalid)
	}
	cat, err := a.catOfForm(c, link, values.Get("cat"))
	if err != nil {
		return catalog.Assessment{}, "", err
	}
	draft, errs := a.draftOfForm(link, values)
	assessment := catalog.Assessment{CatID: cat.ID, PartnerID: principalFrom(c).PartnerID}
	errs = wire.MergeErrors(errs, draft.ApplyTo(&assessment, a.Rubrics.Latest(), cat, a.today()))
	if err := errs.Err(catalog.Invalid); err != nil {
		return catalog.Assessment{}, "", err
	}
	assessment, result, err := a.catalogFor(c).RecordVisit(c.Request().Context(), values.Get("visit"), assessment)
	if err == nil {
		a.syncIndex(c)
	}
	return assessment, result, err
}

// draftOfForm returns the assessment that a form describes, and the errors of its fields.
func (a *API) draftOfForm(link formLink, values url.Values) (draft wire.AssessmentDraft, errs catalog.FieldErrors) {
	errs.Check(validVisit.MatchString(values.Get("visit")), "/visit", errcode.Required, "Expected 16 to 64 letters and digits that identify the visit.")
	errs.Check(strings.TrimSpace(values.Get("assessor")) != "", "/assessor/id", errcode.Required, "Enter your initials or staff number.")
	errs.Check(values.Get("context") != "", "/context", errcode.Required, "Choose where the cat is.")
	errs.Check(values.Get("date") != "", "/observed_on", errcode.Required, "Enter the day of the visit.")
	form, known := a.form.HasLook(values.Get("look"))
	errs.Check(known, "/form", errcode.Required, "Choose what you have time for.")
	role := cmp.Or(link.Role, values.Get("role"))
	errs.Check(a.form.HasRole(role), "/assessor/role", errcode.Required, "Choose what you are.")
	errs.Check(strings.Trim(values.Get("days"), "0123456789") == "", "/days_in_place", errcode.WrongType, "Enter the days as a number, or leave it empty.")
	errs.Check(strings.Trim(values.Get("minutes"), "0123456789") == "", "/duration_minutes", errcode.WrongType, "Enter the minutes as a number, or leave it empty.")
	levels := map[string]any{}
	for name := range values {
		trait, isLevel := strings.CutPrefix(name, "level.")
		if level := values.Get(name); isLevel && level != "" && level != "0" {
			levels[trait] = json.Number(level)
		}
		errs.Check(isLevel || slices.Contains(formFields, name), "/"+binding.PointerToken(name), errcode.UnknownField, "Unknown field "+name+".")
	}
	errs.Check(len(levels) > 0, "/levels", errcode.Required, "Answer at least one question.")
	object := map[string]any{
		"assessor": map[string]any{"id": strings.TrimSpace(values.Get("assessor")), "role": role}, "context": values.Get("context"), "observed_on": values.Get("date"),
		"levels": levels, "form": orNil(form, form), "note": orNil(values.Get("note"), values.Get("note")),
		"days_in_place": orNil(values.Get("days"), json.Number(values.Get("days"))), "duration_minutes": orNil(values.Get("minutes"), json.Number(values.Get("minutes"))),
	}
	return draft, wire.MergeErrors(errs, binding.DecodeJSON(object, &draft))
}

// orNil returns the value of a field, or nil if the text of the field is empty.
func orNil(text string, value any) any {
	if text == "" {
		return nil
	}
	return value
}
