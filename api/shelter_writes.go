package api

import (
	"cmp"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/catjson"
	"trailcat/internal/errcode"
	"trailcat/internal/geo"
	"trailcat/internal/httpkit"
)

// createShelter creates a shelter.
//
//	@Summary		Create a shelter
//	@Description	Creates a shelter of a partner. Name, postal code and country are required;
//	@Description	city, region and location default to those of the postal code.
//	@ID				createShelter
//	@Tags			shelters
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string			false	"Repeating the request with the same key and body within 24 hours returns the same response and writes nothing"
//	@Param			body			body		ShelterDraft	true	"Fields of the shelter"
//	@Success		201				{object}	wire.Shelter	"The created shelter"
//	@Header			201				{string}	Location		"URL of the shelter"
//	@Header			201				{string}	ETag			"Version of the shelter, for If-Match, and its number of cats"
//	@Failure		422				{object}	httpkit.Problem	"A field is invalid"
//	@Failure		default			{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[admin]
//	@Router			/v1/shelters [post]
func (a *API) createShelter(c echo.Context) error {
	var in ShelterDraft
	errs, err := httpkit.BindBody(c, &in)
	if err != nil {
		return err
	}
	if err := a.checkPartner(c, &errs, in.PartnerID); err != nil {
		return err
	}
	if err := errs.Err(catalog.Invalid); err != nil {
		return err
	}
	shelter, err := a.catalogFor(c).CreateShelter(c.Request().Context(), a.Places, wire.StringOrEmpty(in.PartnerID), in.profile())
	if err != nil {
		return err
	}
	a.syncIndex(c)
	c.Response().Header().Set(echo.HeaderLocation, "/v1/shelters/"+shelter.ID)
	return a.sendShelter(c, http.StatusCreated, shelter)
}

// changeShelter changes a shelter.
//
//	@Summary		Change a shelter
//	@Description	Changes the fields in the body, as a JSON merge patch (RFC 7396): null clears a field, and omitted fields keep their values.
//	@Description	Partners can change their own shelters; only operators can change `partner_id`.
//	@ID				changeShelter
//	@Tags			shelters
//	@Accept			application/merge-patch+json
//	@Produce		json
//	@Param			id			path		string			true	"ID or code of the shelter"	example(MD1)
//	@Param			If-Match	header		string			false	"ETag of the version to change; if omitted, any version"
//	@Param			body		body		ShelterDraft	true	"Fields to change"
//	@Success		200			{object}	wire.Shelter	"The updated shelter"
//	@Header			200			{string}	ETag			"Version of the shelter, for If-Match, and its number of cats"
//	@Failure		412			{object}	httpkit.Problem	"The shelter changed in the meantime"
//	@Failure		422			{object}	httpkit.Problem	"A field is invalid"
//	@Failure		default		{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[listings:write]
//	@Router			/v1/shelters/{id} [patch]
func (a *API) changeShelter(c echo.Context) error {
	known, err := a.ownShelter(c, c.Param("id"))
	if err != nil {
		return err
	}
	version, patch, err := httpkit.ReadConditionalPatch(c, a.Index.Head())
	if err != nil {
		return err
	}
	draft, errs, err := applyShelterPatch(patch, known.PartnerID, known.Profile)
	if err != nil {
		return err
	}
	partnerID := wire.StringOrEmpty(draft.PartnerID)
	if partnerID != known.PartnerID && !principalFrom(c).IsAdmin() {
		return catalog.Errorf(catalog.Forbidden, errcode.MissingScope, "Changing partner_id requires an API key with the scope admin.")
	}
	if err := a.checkPartner(c, &errs, draft.PartnerID); err != nil {
		return err
	}
	if err := errs.Err(catalog.Invalid); err != nil {
		return err
	}
	edit := func(p *catalog.Profile) {
		// The patch was checked above, so no error is expected.
		if draft, _, err := applyShelterPatch(patch, partnerID, *p); err == nil {
			*p = draft.applyTo(*p)
		}
	}
	shelter, err := a.saveShelter(c, known, version, partnerID, edit)
	if err != nil {
		return err
	}
	a.syncIndex(c)
	return a.sendShelter(c, http.StatusOK, shelter)
}

// saveShelter writes a change of a shelter, and transfers it if its partner changes.
func (a *API) saveShelter(c echo.Context, known catalog.Shelter, version int64, partnerID string, edit func(*catalog.Profile)) (catalog.Shelter, error) {
	ctx, writer := c.Request().Context(), a.catalogFor(c)
	if partnerID == known.PartnerID {
		return writer.ChangeShelter(ctx, a.Places, known.ID, version, edit)
	}
	return writer.TransferShelter(ctx, a.Places, known.ID, version, partnerID, edit)
}

// applyShelterPatch returns the draft of a shelter with a patch applied. If the patch sets
// another postal code, the city and region default to those of the code.
func applyShelterPatch(p binding.MergePatch, partnerID string, known catalog.Profile) (ShelterDraft, catalog.FieldErrors, error) {
	draft, errs, err := binding.ApplyPatch(p, newShelterDraft(partnerID, known))
	address, _ := p["address"].(map[string]any)
	moved := draft.profile().Address
	if code, ok := geo.CountryCode(moved.Country); ok {
		moved.Country = code
	}
	if moved.PostalCode != known.Address.PostalCode || moved.Country != known.Address.Country {
		if address["city"] == nil {
			draft.Address.City = nil
		}
		if address["region"] == nil {
			draft.Address.Region = nil
		}
	}
	return draft, errs, err
}

// applyTo returns the profile with the fields of the draft. Fields that no draft has keep
// their values.
func (d ShelterDraft) applyTo(known catalog.Profile) catalog.Profile {
	p := d.profile()
	p.Demo = known.Demo
	return p
}

// checkPartner adds an error unless the partner exists.
func (a *API) checkPartner(c echo.Context, errs *catalog.FieldErrors, partnerID *string) error {
	if partnerID == nil {
		return nil
	}
	_, err := a.Keys.Partner(c.Request().Context(), *partnerID)
	if catalog.KindOf(err) == catalog.NotFound {
		errs.Check(false, "/partner_id", errcode.UnknownValue, fmt.Sprintf("Unknown partner %q. GET /v1/partners lists the partners.", *partnerID))
		return nil
	}
	return err
}

func (a *API) sendShelter(c echo.Context, status int, s catalog.Shelter) error {
	_, count, _ := a.Index.Shelter(s.ID, a.audience(c, false)) // 0 for a dry run
	resource := wire.NewShelterFor(principalFrom(c), s, count)
	c.Response().Header().Set("ETag", resource.ETag())
	return sendPrivate(c, status, resource)
}

// ShelterDraft is a new or changed shelter. A field that is omitted or null is unknown.
type ShelterDraft struct {
	PartnerID      *string              `json:"partner_id" validate:"optional" example:"prt_01kabq4z8vf3ht2v0xw9r6m5ec"`                   // ID of the responsible partner; only operators may set it.
	Name           *string              `json:"name" validate:"optional" example:"Derwood Animal Center" maxLength:"200"`                  // Name of the shelter; required.
	Kind           *string              `json:"kind" validate:"optional" enums:"municipal,private,rescue,foster_network,sanctuary,other"`  // Kind of organization; default `other`.
	Address        AddressDraft         `json:"address" validate:"optional"`                                                               // Postal address.
	PostalCode     *string              `json:"postal_code" validate:"optional" example:"20855"`                                           // Short form of `address.postal_code`.
	Country        *string              `json:"country" validate:"optional" example:"US"`                                                  // Short form of `address.country`.
	Location       *LocationDraft       `json:"location" validate:"optional"`                                                              // Location on the map; default the center of the postal code or, if that is large, of the city.
	Phone          *string              `json:"phone" validate:"optional" maxLength:"100"`                                                 // Telephone number.
	Email          *string              `json:"email" validate:"optional" maxLength:"200"`                                                 // Email address.
	Website        *string              `json:"website" validate:"optional" example:"https://derwood.example.org"`                         // URL of the website.
	Hours          HoursDraft           `json:"hours" validate:"optional"`                                                                 // Opening hours, in the shelter's words.
	Mission        *string              `json:"mission" validate:"optional" maxLength:"10000"`                                             // Mission statement.
	AdoptionPolicy *string              `json:"adoption_policy" validate:"optional" maxLength:"10000"`                                     // Adoption policy as text.
	AdoptionURL    *string              `json:"adoption_url" validate:"optional"`                                                          // URL of the adoption application.
	SocialMedia    SocialDraft          `json:"social_media" validate:"optional"`                                                          // Pages on social media.
	Photos         []catjson.PhotoDraft `json:"photos" validate:"optional"`                                                                // Photos in order.
	StaleAfterDays *int                 `json:"stale_after_days" validate:"optional" minimum:"1" maximum:"3650" default:"30" example:"30"` // Number of days after which an unconfirmed listing is stale.
	HiddenFrom     wire.HiddenFrom      `json:"hidden_from" validate:"optional"`                                                           // Who cannot see the shelter's cats.
	Terms          wire.Terms           `json:"terms" validate:"optional"`                                                                 // What others may do with the text and the photos of listings that state no terms of their own.
} //	@name	ShelterDraft

// AddressDraft is the postal address of a shelter. City and region default to those of
// the postal code.
type AddressDraft struct {
	Street     *string `json:"street" validate:"optional" maxLength:"200"`              // Street and number.
	City       *string `json:"city" validate:"optional" maxLength:"200"`                // City; default that of the postal code.
	Region     *string `json:"region" validate:"optional" maxLength:"100" example:"MD"` // Code or name of the state or province; default that of the postal code.
	PostalCode *string `json:"postal_code" validate:"optional" example:"20855"`         // Postal code. If it is unknown, `location` and `city` are required.
	Country    *string `json:"country" validate:"optional" example:"US"`                // Code or English name of the country.
} //	@name	AddressDraft

// LocationDraft is a point on the map.
type LocationDraft struct {
	Lat float64 `json:"lat" example:"39.13" minimum:"-90" maximum:"90"`    // Latitude in degrees.
	Lng float64 `json:"lng" example:"-77.15" minimum:"-180" maximum:"180"` // Longitude in degrees.
} //	@name	LocationDraft

// HoursDraft are the opening hours of a shelter, in its own words.
type HoursDraft struct {
	Monday    *string `json:"monday" validate:"optional" maxLength:"200"`    // Hours on Monday.
	Tuesday   *string `json:"tuesday" validate:"optional" maxLength:"200"`   // Hours on Tuesday.
	Wednesday *string `json:"wednesday" validate:"optional" maxLength:"200"` // Hours on Wednesday.
	Thursday  *string `json:"thursday" validate:"optional" maxLength:"200"`  // Hours on Thursday.
	Friday    *string `json:"friday" validate:"optional" maxLength:"200"`    // Hours on Friday.
	Saturday  *string `json:"saturday" validate:"optional" maxLength:"200"`  // Hours on Saturday.
	Sunday    *string `json:"sunday" validate:"optional" maxLength:"200"`    // Hours on Sunday.
} //	@name	HoursDraft

// SocialDraft is the set of the shelter's pages on social media.
type SocialDraft struct {
	Facebook  *string `json:"facebook" validate:"optional" maxLength:"500"`  // Page on Facebook.
	X         *string `json:"x" validate:"optional" maxLength:"500"`         // Page on X.
	YouTube   *string `json:"youtube" validate:"optional" maxLength:"500"`   // Channel on YouTube.
	Instagram *string `json:"instagram" validate:"optional" maxLength:"500"` // Page on Instagram.
	Pinterest *string `json:"pinterest" validate:"optional" maxLength:"500"` // Page on Pinterest.
	TikTok    *string `json:"tiktok" validate:"optional" maxLength:"500"`    // Page on TikTok.
} //	@name	SocialMediaDraft

// DecodeShelter returns what the decoded JSON of a request to create a shelter describes:
// the ID of its partner, which is not checked, and its profile. The error names the
// fields that are invalid.
func DecodeShelter(value any) (partnerID string, profile catalog.Profile, err error) {
	var in ShelterDraft
	errs := binding.DecodeJSON(value, &in)
	return wire.StringOrEmpty(in.PartnerID), in.profile(), errs.Err(catalog.Invalid)
}

// newShelterDraft returns the draft that results in the profile.
func newShelterDraft(partnerID string, p catalog.Profile) ShelterDraft {
	draft := ShelterDraft{
		PartnerID: wire.OrNull(partnerID),
		Name:      wire.OrNull(p.Name),
		Kind:      new(string(p.Kind)),
		Address: AddressDraft{
			Street:     wire.OrNull(p.Address.Street),
			City:       wire.OrNull(p.Address.City),
			Region:     wire.OrNull(p.Address.Region),
			PostalCode: wire.OrNull(p.Address.PostalCode),
			Country:    wire.OrNull(p.Address.Country),
		},
		Phone:          wire.OrNull(p.Phone),
		Email:          wire.OrNull(p.Email),
		Website:        wire.OrNull(p.Website),
		Hours:          HoursDraft(wire.NewHours(p.Hours)),
		Mission:        wire.OrNull(p.Mission),
		AdoptionPolicy: wire.OrNull(p.AdoptionPolicy),
		AdoptionURL:    wire.OrNull(p.AdoptionURL),
		SocialMedia:    SocialDraft(wire.NewSocial(p.Social)),
		Photos:         []catjson.PhotoDraft{},
		StaleAfterDays: wire.PositiveOrNull(p.StaleAfterDays),
		HiddenFrom:     wire.NewHiddenFrom(p.HiddenFrom),
		Terms:          wire.NewTerms(p.Terms),
	}
	if p.PointPrecision == catalog.ExactPoint {
		draft.Location = &LocationDraft{Lat: p.Point.Lat, Lng: p.Point.Lng}
	}
	for _, photo := range p.Photos {
		draft.Photos = append(draft.Photos, catjson.PhotoDraft{URL: photo.URL, Width: wire.PositiveOrNull(photo.Width), Height: wire.PositiveOrNull(photo.Height), Alt: wire.OrNull(photo.Alt)})
	}
	return draft
}

// profile returns the profile that the draft describes.
func (d ShelterDraft) profile() catalog.Profile {
	p := catalog.Profile{
		Name: wire.StringOrEmpty(d.Name),
		Kind: catalog.ShelterKind(wire.StringOrEmpty(d.Kind)),
		Address: catalog.Address{
			Street:     wire.StringOrEmpty(d.Address.Street),
			City:       wire.StringOrEmpty(d.Address.City),
			Region:     wire.StringOrEmpty(d.Address.Region),
			PostalCode: wire.StringOrEmpty(cmp.Or(d.PostalCode, d.Address.PostalCode)),
			Country:    wire.StringOrEmpty(cmp.Or(d.Country, d.Address.Country)),
		},
		PointPrecision: catalog.PostalPoint,
		Phone:          wire.StringOrEmpty(d.Phone),
		Email:          wire.StringOrEmpty(d.Email),
		Website:        wire.StringOrEmpty(d.Website),
		Hours:          d.Hours.hours(),
		Mission:        wire.StringOrEmpty(d.Mission),
		AdoptionPolicy: wire.StringOrEmpty(d.AdoptionPolicy),
		AdoptionURL:    wire.StringOrEmpty(d.AdoptionURL),
		Social:         d.SocialMedia.social(),
		StaleAfterDays: orZero(d.StaleAfterDays),
		HiddenFrom:     catalog.Restriction(d.HiddenFrom),
		Terms:          catalog.Terms{License: wire.StringOrEmpty(d.Terms.License), Credit: wire.StringOrEmpty(d.Terms.Credit), URL: wire.StringOrEmpty(d.Terms.URL)},
	}
	if d.Location != nil {
		p.Point, p.PointPrecision = geo.Point{Lat: d.Location.Lat, Lng: d.Location.Lng}, catalog.ExactPoint
	}
	for _, photo := range d.Photos {
		p.Photos = append(p.Photos, catalog.Photo{URL: photo.URL, Width: orZero(photo.Width), Height: orZero(photo.Height), Alt: wire.StringOrEmpty(photo.Alt)})
	}
	return p
}

func (d HoursDraft) hours() catalog.Hours {
	return catalog.Hours{
		Monday:    wire.StringOrEmpty(d.Monday),
		Tuesday:   wire.StringOrEmpty(d.Tuesday),
		Wednesday: wire.StringOrEmpty(d.Wednesday),
		Thursday:  wire.StringOrEmpty(d.Thursday),
		Friday:    wire.StringOrEmpty(d.Friday),
		Saturday:  wire.StringOrEmpty(d.Saturday),
		Sunday:    wire.StringOrEmpty(d.Sunday),
	}
}

func (d SocialDraft) social() catalog.Social {
	return catalog.Social{
		Facebook:  wire.StringOrEmpty(d.Facebook),
		X:         wire.StringOrEmpty(d.X),
		YouTube:   wire.StringOrEmpty(d.YouTube),
		Instagram: wire.StringOrEmpty(d.Instagram),
		Pinterest: wire.StringOrEmpty(d.Pinterest),
		TikTok:    wire.StringOrEmpty(d.TikTok),
	}
}

func orZero(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}
