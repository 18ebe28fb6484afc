package catalog

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"trailcat/internal/errcode"
	"trailcat/internal/geo"
)

// Places finds the parts of addresses.
type Places interface {
	// Locate finds the place of a postal code and a city in a country.
	Locate(country, code, city string) (geo.Place, bool)
	// HasRegions reports whether the regions of a country are known.
	HasRegions(country string) bool
	// FindRegions finds regions of countries by code or name. The message of its error is
	// intended for the caller.
	FindRegions(text string, countries ...string) ([]geo.Region, error)
}

// PutShelter creates or updates a shelter, by the importer's own name for it. A
// shelter without a point is placed at the center of its postal code or city. The update
// keeps the restriction and the terms of its listings.
func (c *Catalog) PutShelter(ctx context.Context, places Places, externalID string, profile Profile) (Shelter, Result, error) {
	profile.normalize()
	if err := profile.geocode(places, Address{}); err != nil {
		return Shelter{}, ResultRejected, err
	}
	var shelter Shelter
	var result Result
	err := c.write(ctx, "put_shelter", func(tx Tx) (changes []Change, err error) {
		known, err := tx.Shelters.ShelterByExternalID(ctx, externalID)
		if err != nil && KindOf(err) != NotFound {
			return nil, err
		}
		if known.ExternalID = externalID; known.ID != "" {
			profile.HiddenFrom, profile.Terms = known.HiddenFrom, known.Terms // files do not contain them and must not reset them
		}
		shelter, result, changes, err = c.saveProfile(ctx, tx, known, known.PartnerID, profile)
		return changes, err
	})
	return shelter, result, wrap(err, "put shelter %s", externalID)
}

// CreateShelter creates a shelter that a partner owns or, with an empty partnerID,
// the operator.
func (c *Catalog) CreateShelter(ctx context.Context, places Places, partnerID string, profile Profile) (Shelter, error) {
	profile.normalize()
	if err := profile.geocode(places, Address{}); err != nil {
		return Shelter{}, err
	}
	var shelter, none Shelter
	err := c.write(ctx, "create_shelter", func(tx Tx) (changes []Change, err error) {
		if partnerID != "" {
			if _, err := tx.Partners.Partner(ctx, partnerID); err != nil {
				return nil, err
			}
		}
		shelter, _, changes, err = c.saveProfile(ctx, tx, none, partnerID, profile)
		return changes, err
	})
	return shelter, wrap(err, "create shelter")
}

// ChangeShelter applies an edit to a shelter's profile. When version is neither 0
// nor the shelter's version, nothing changes and the error is PreconditionFailed.
func (c *Catalog) ChangeShelter(ctx context.Context, places Places, id string, version int64, edit func(*Profile)) (Shelter, error) {
	return c.changeShelter(ctx, places, id, version, nil, edit)
}

// TransferShelter gives a shelter to a partner or, with an empty partnerID, to the
// operator, and applies an edit to its profile, both or neither. The version is as
// for ChangeShelter.
func (c *Catalog) TransferShelter(ctx context.Context, places Places, id string, version int64, partnerID string, edit func(*Profile)) (Shelter, error) {
	return c.changeShelter(ctx, places, id, version, &partnerID, edit)
}

func (c *Catalog) changeShelter(ctx context.Context, places Places, id string, version int64, partnerID *string, edit func(*Profile)) (Shelter, error) {
	var shelter Shelter
	err := c.write(ctx, "change_shelter", func(tx Tx) (changes []Change, err error) {
		known, err := tx.Shelters.Shelter(ctx, id)
		if err != nil {
			return nil, err
		}
		if err := CheckVersion("shelter", known.Version, version); err != nil {
			return nil, err
		}
		owner, profile := known.PartnerID, known.Profile
		if partnerID != nil {
			owner = *partnerID
		}
		if owner != known.PartnerID && owner != "" {
			if _, err := tx.Partners.Partner(ctx, owner); err != nil {
				return nil, err
			}
		}
		edit(&profile)
		profile.normalize()
		if err := profile.geocode(places, known.Address); err != nil {
			return nil, err
		}
		shelter, _, changes, err = c.saveProfile(ctx, tx, known, owner, profile)
		return changes, err
	})
	return shelter, wrap(err, "change shelter %s", id)
}

// saveProfile saves an owner and a profile as the next version of a known shelter
// or as a new shelter.
func (c *Catalog) saveProfile(ctx context.Context, tx Tx, known Shelter, partnerID string, profile Profile) (Shelter, Result, []Change, error) {
	exists := known.ID != ""
	fields := DiffProfiles(known.Profile, profile)
	if partnerID != known.PartnerID {
		fields = append(fields, "partner_id")
	}
	if exists && len(fields) == 0 {
		return known, ResultUnchanged, nil, nil
	}
	errs, err := profile.HiddenFrom.unknownPartners(known.HiddenFrom, partnerExists(ctx, tx.Partners))
	if err = cmp.Or(err, errs.Err(Invalid)); err != nil {
		return Shelter{}, "", nil, err
	}
	s, op, result := known, Updated, ResultUpdated
	s.PartnerID, s.Profile, s.Version, s.UpdatedAt = partnerID, profile, known.Version+1, c.now()
	if !exists {
		prefix := profile.Address.codePrefix()
		number, err := tx.Log.NextNumbers(ctx, "shelter "+prefix, 1)
		if err != nil {
			return Shelter{}, "", nil, err
		}
		op, result, fields = Created, ResultCreated, nil
		s.ID, s.Code, s.CreatedAt = NewID(ShelterPrefix, c.newUUID()), fmt.Sprintf("%s%d", prefix, number), s.UpdatedAt
	}
	if err := tx.Shelters.SaveShelter(ctx, s); err != nil {
		return Shelter{}, "", nil, err
	}
	changes := []Change{newChange(op, ShelterResource, s.ID, s.ID, s.Version, s.UpdatedAt, fields)}
	if exists {
		relocated, err := c.logRelocatedCats(ctx, tx, known, s)
		if err != nil {
			return Shelter{}, "", nil, err
		}
		if from := known.Context(); !reflect.DeepEqual(from, s.Context()) {
			changes[0].Before = &PreImage{Cat: Cat{}, Shelter: &from} // for cats that are no longer listed
		}
		changes = append(changes, relocated...)
	}
	return s, result, changes, nil
}

// logRelocatedCats returns a log entry for each listed cat of a shelter whose change
// affects the search, the visibility or the attribution of its cats. Clients that
// follow some cats learn from these entries that a cat entered or left, and clients
// with a copy that it is outdated.
func (c *Catalog) logRelocatedCats(ctx context.Context, tx Tx, known, s Shelter) ([]Change, error) {
	fields, changesOwner := relocatedFields(known, s), known.PartnerID != s.PartnerID
	if len(fields) == 0 && !changesOwner {
		return nil, nil
	}
	from := known.Context()
	from.PartnerID = known.PartnerID // who could see cats that are restricted themselves
	const batch = 500
	var changes []Change
	for after := int64(0); ; {
		cats, err := tx.Cats.CatsOfShelter(ctx, s.ID, after, batch)
		if err != nil {
			return nil, err
		}
		var listed []Cat
		for _, cat := range cats {
			after = cat.Number
			fields := fields
			if changesOwner && cat.HiddenFrom.Any() && !slices.Contains(fields, "hidden_from") {
				fields = append(slices.Clone(fields), "hidden_from")
			}
			if cat.Status == Removed || len(fields) == 0 {
				continue
			}
			known := cat
			cat.Version, cat.UpdatedAt = cat.Version+1, c.now()
			change := newCatChange(Updated, known, cat, fields)
			change.Before.Shelter = &from
			changes, listed = append(changes, change), append(listed, cat)
		}
		if err := tx.Cats.SaveCats(ctx, nil, listed); err != nil {
			return nil, err
		}
		if len(cats) < batch {
			return changes, nil
		}
	}
}

// relocatedFields names what a change of a shelter changes about its cats.
func relocatedFields(known, s Shelter) []string {
	var fields []string
	from, to := known.Context(), s.Context()
	if from.Point != to.Point || from.Region != to.Region || from.Country != to.Country {
		fields = append(fields, "place")
	}
	if !reflect.DeepEqual(from.HiddenFrom, to.HiddenFrom) || from.PartnerID != to.PartnerID {
		fields = append(fields, "hidden_from")
	}
	if known.Name != s.Name || known.Website != s.Website || known.AdoptionURL != s.AdoptionURL || known.Terms != s.Terms {
		fields = append(fields, "attribution")
	}
	return fields
}

// codePrefix returns the letters with which the code of a shelter at the address begins:
// its region or, if that has no code of letters, its country.
func (a Address) codePrefix() string {
	if len(a.Region) > 0 && len(a.Region) <= 3 && strings.Trim(a.Region, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
		return a.Region
	}
	return a.Country
}

// geocode validates the profile and completes its address from the postal code:
// city, region and, if none was given, the point. A region that the known address has is
// not validated.
func (p *Profile) geocode(places Places, known Address) error {
	errs := p.validate()
	a := &p.Address
	if a.Region != "" && !strings.EqualFold(a.Region, known.Region) && places.HasRegions(a.Country) {
		regions, err := places.FindRegions(a.Region, a.Country)
		if err != nil {
			errs.Check(false, "/address/region", errcode.UnknownValue, err.Error()+" Omit the region to use that of the postal code.")
		} else {
			a.Region = regions[0].Code
		}
	}
	a.Region = strings.ToUpper(a.Region)
	stated := !p.Point.IsZero() && (p.PointPrecision == ExactPoint || p.PointPrecision == "")
	postal, found := places.Locate(a.Country, a.PostalCode, a.City)
	if !found && stated {
		errs.Check(a.PostalCode != "", "/address/postal_code", errcode.Required, "Must not be empty.")
		errs.Check(a.City != "", "/address/city", errcode.Required, fmt.Sprintf("Must not be empty, because postal code %q in %s is unknown.", a.PostalCode, a.Country))
	} else if _, ok := geo.CountryCode(a.Country); ok {
		errs.Check(found, "/address/postal_code", errcode.UnknownValue, fmt.Sprintf("Unknown postal code %q in %s. Correct it, or send the location with latitude and longitude.", a.PostalCode, a.Country))
	}
	if len(errs) > 0 {
		return errs.Err(Invalid)
	}
	a.City, a.Region = cmp.Or(a.City, postal.City), cmp.Or(a.Region, postal.Region)
	if !stated {
		p.Point, p.PointPrecision = postal.Point, PointPrecision(postal.Precision)
		return nil
	}
	p.PointPrecision = ExactPoint
	if err := geo.CheckDistance(p.Point, postal); err != nil {
		return FieldErrors{{Pointer: "/location", Code: errcode.TooFar, Message: err.Error()}}.Err(Invalid)
	}
	return nil
}

func (p *Profile) normalize() {
	for _, s := range []*string{
		&p.Name, &p.Address.Street, &p.Address.City, &p.Address.Region, &p.Address.PostalCode, &p.Address.Country,
		&p.Phone, &p.Email, &p.Website, &p.Mission, &p.AdoptionPolicy, &p.AdoptionURL,
	} {
		*s = normalizeText(*s)
	}
	if code, ok := geo.CountryCode(p.Address.Country); ok {
		p.Address.Country = code
	}
	if p.Kind == "" {
		p.Kind = OtherKind
	}
	p.Photos = distinctPhotos(p.Photos)
	p.HiddenFrom.normalize()
	p.Terms.normalize()
}

func (p *Profile) validate() FieldErrors {
	var errs FieldErrors
	errs.Check(p.Name != "", "/name", errcode.Required, "Must not be empty.")
	errs.Check(len(p.Name) <= MaxName, "/name", errcode.TooLong, fmt.Sprintf("Must be at most %d bytes.", MaxName))
	errs.Check(slices.Contains(ShelterKinds(), p.Kind), "/kind", errcode.UnknownValue, "Must be municipal, private, rescue, foster_network, sanctuary or other.")
	errs.Check(p.Address.Country != "", "/address/country", errcode.Required, "Must be the code or name of a country, such as US or United States.")
	if _, err := geo.ParseCountry(p.Address.Country); err != nil && p.Address.Country != "" {
		errs.Check(false, "/address/country", errcode.UnknownValue, err.Error())
	}
	errs.Check(p.Point.Valid(), "/location", errcode.OutOfRange, "Latitude must be between -90 and 90, longitude between -180 and 180.")
	errs.Check(0 <= p.StaleAfterDays && p.StaleAfterDays <= 3650, "/stale_after_days", errcode.OutOfRange, "Must be between 0 and 3650.")
	errs.Check(p.Email == "" || strings.Count(p.Email, "@") == 1, "/email", errcode.Malformed, "Must be an email address.")
	errs.checkURL("/website", p.Website)
	errs.checkURL("/adoption_url", p.AdoptionURL)
	errs.WithPrefix("/photos", validatePhotos(p.Photos))
	errs.WithPrefix("/terms", p.Terms.validate())
	return append(errs, p.HiddenFrom.validate()...)
}
