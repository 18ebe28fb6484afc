package catalog

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"trailcat/internal/geo"
)

// PutShelter makes what an importer says of a shelter true, by the importer's
// own name for it: it creates the shelter or updates it. A shelter without a
// point stands in the middle of its postal code. From whom it withholds its
// listings stays.
func (c *Catalog) PutShelter(ctx context.Context, places Places, externalID string, profile Profile) (Shelter, Result, error) {
	profile.tidy()
	if err := profile.geocode(places); err != nil {
		return Shelter{}, ResultRejected, err
	}
	var shelter Shelter
	var result Result
	err := c.write(ctx, "put_shelter", func(tx Tx) (changes []Change, err error) {
		known, err := tx.ShelterByExternalID(ctx, externalID)
		if err != nil && KindOf(err) != NotFound {
			return nil, err
		}
		if known.ExternalID = externalID; known.ID != "" {
			profile.WithheldFrom = known.WithheldFrom // no file speaks of it, and none may undo it
		}
		shelter, result, changes, err = c.saveProfile(ctx, tx, known, known.PartnerID, profile)
		return changes, err
	})
	return shelter, result, wrap(err, "put shelter %s", externalID)
}

// CreateShelter makes a shelter of a partner, or of nobody in particular.
func (c *Catalog) CreateShelter(ctx context.Context, places Places, partnerID string, profile Profile) (Shelter, error) {
	profile.tidy()
	if err := profile.geocode(places); err != nil {
		return Shelter{}, err
	}
	var shelter, none Shelter
	err := c.write(ctx, "create_shelter", func(tx Tx) (changes []Change, err error) {
		if partnerID != "" {
			if _, err := tx.Partner(ctx, partnerID); err != nil {
				return nil, err
			}
		}
		shelter, _, changes, err = c.saveProfile(ctx, tx, none, partnerID, profile)
		return changes, err
	})
	return shelter, wrap(err, "create shelter")
}

// ChangeShelter lays an edit over what a shelter says of itself. Where version
// is not 0 and not the shelter's, nothing is done and the error is Stale.
func (c *Catalog) ChangeShelter(ctx context.Context, places Places, id string, version int64, edit func(*Profile)) (Shelter, error) {
	return c.changeShelter(ctx, places, id, version, nil, edit)
}

// TransferShelter makes a shelter a partner's, or with an empty partnerID nobody's
// in particular, and lays an edit over what it says of itself, both or neither.
// The version is as for ChangeShelter.
func (c *Catalog) TransferShelter(ctx context.Context, places Places, id string, version int64, partnerID string, edit func(*Profile)) (Shelter, error) {
	return c.changeShelter(ctx, places, id, version, &partnerID, edit)
}

func (c *Catalog) changeShelter(ctx context.Context, places Places, id string, version int64, partnerID *string, edit func(*Profile)) (Shelter, error) {
	var shelter Shelter
	err := c.write(ctx, "change_shelter", func(tx Tx) (changes []Change, err error) {
		known, err := tx.Shelter(ctx, id)
		if err != nil {
			return nil, err
		}
		if err := checkVersion("shelter", known.Version, version); err != nil {
			return nil, err
		}
		owner, profile := known.PartnerID, known.Profile
		if partnerID != nil {
			owner = *partnerID
		}
		if owner != known.PartnerID && owner != "" {
			if _, err := tx.Partner(ctx, owner); err != nil {
				return nil, err
			}
		}
		edit(&profile)
		profile.tidy()
		if err := profile.geocode(places); err != nil {
			return nil, err
		}
		shelter, _, changes, err = c.saveProfile(ctx, tx, known, owner, profile)
		return changes, err
	})
	return shelter, wrap(err, "change shelter %s", id)
}

// checkVersion refuses a caller whose copy of a thing is older than ours.
func checkVersion(thing string, ours, theirs int64) error {
	if theirs == 0 || theirs == ours {
		return nil
	}
	return &Error{
		Kind: PreconditionFailed, Code: "version_mismatch", Faults: nil,
		Detail: fmt.Sprintf("This %s is at version %d, not %d. Read it again and send your change for that version.", thing, ours, theirs),
	}
}

// saveProfile saves an owner and a profile over the shelter we know, or as a new one.
func (c *Catalog) saveProfile(ctx context.Context, tx Tx, known Shelter, partnerID string, profile Profile) (Shelter, Result, []Change, error) {
	exists := known.ID != ""
	fields := DiffProfiles(known.Profile, profile)
	if partnerID != known.PartnerID {
		fields = append(fields, "partner_id")
	}
	if exists && len(fields) == 0 {
		return known, WasUnchanged, nil, nil
	}
	if err := profile.WithheldFrom.partnersExist(ctx, tx, known.WithheldFrom); err != nil {
		return Shelter{}, "", nil, err
	}
	s, op, result := known, Updated, WasUpdated
	s.PartnerID, s.Profile, s.Version, s.UpdatedAt = partnerID, profile, known.Version+1, c.now()
	if !exists {
		number, err := tx.NextNumbers(ctx, "shelter "+profile.Address.Region, 1)
		if err != nil {
			return Shelter{}, "", nil, err
		}
		op, result, fields = Created, WasCreated, nil
		s.ID, s.Code, s.CreatedAt = NewID(ShelterPrefix, c.newUUID()), fmt.Sprintf("%s%d", profile.Address.Region, number), s.UpdatedAt
	}
	if err := tx.SaveShelter(ctx, s); err != nil {
		return Shelter{}, "", nil, err
	}
	changes := []Change{change(op, ShelterResource, s.ID, s.ID, s.Version, s.UpdatedAt, fields)}
	if exists {
		moved, err := c.logRelocatedCats(ctx, tx, known, s)
		if err != nil {
			return Shelter{}, "", nil, err
		}
		if from := known.Home(); !reflect.DeepEqual(from, s.Home()) {
			changes[0].Before = &PreImage{Cat: Cat{}, Home: &from} // for the cats that are no longer listed
		}
		changes = append(changes, moved...)
	}
	return s, result, changes, nil
}

// logRelocatedCats gives each listed cat of a shelter a line of its own in the log where
// the shelter's change moves what its cats are found by, or to whom they are
// credited: who follows some cats only learns so that one came or left, and who
// copies them, that a copy is out of date.
func (c *Catalog) logRelocatedCats(ctx context.Context, tx Tx, known, s Shelter) ([]Change, error) {
	fields := movedFields(known, s)
	if len(fields) == 0 {
		return nil, nil
	}
	from := known.Home()
	const batch = 500
	var changes []Change
	for after := int64(0); ; {
		cats, err := tx.CatsOfShelter(ctx, s.ID, after, batch)
		if err != nil {
			return nil, err
		}
		var moved []Cat
		for _, cat := range cats {
			after = cat.Number
			if cat.Status == Removed {
				continue
			}
			known := cat
			cat.Version, cat.UpdatedAt = cat.Version+1, c.now()
			line := catChange(Updated, known, cat, fields)
			line.Before.Home = &from
			changes, moved = append(changes, line), append(moved, cat)
		}
		if err := tx.SaveCats(ctx, nil, moved); err != nil {
			return nil, err
		}
		if len(cats) < batch {
			return changes, nil
		}
	}
}

// movedFields names what a shelter's change means to its cats.
func movedFields(known, s Shelter) []string {
	var fields []string
	from, to := known.Home(), s.Home()
	if from.Point != to.Point || from.Region != to.Region || from.Country != to.Country {
		fields = append(fields, "place")
	}
	if !reflect.DeepEqual(from.WithheldFrom, to.WithheldFrom) || from.PartnerID != to.PartnerID {
		fields = append(fields, "withheld_from")
	}
	if known.Name != s.Name || known.Website != s.Website || known.AdoptionURL != s.AdoptionURL {
		fields = append(fields, "attribution")
	}
	return fields
}

// Places knows where postal codes are.
type Places interface {
	PostalCode(country, code string) (geo.Place, bool)
}

// geocode checks the address against the map and fills in what follows from it:
// city, region, and the point where none was given.
func (p *Profile) geocode(places Places) error {
	bad := p.faults()
	postal, found := places.PostalCode(p.Address.Country, p.Address.PostalCode)
	bad.Check(found || len(p.Address.Country) != 2, "/address/postal_code", "unknown_value", fmt.Sprintf("%q is no postal code of %s that we know", p.Address.PostalCode, p.Address.Country))
	if len(bad) > 0 {
		return bad.Err(Invalid)
	}
	if p.Address.City == "" {
		p.Address.City = postal.City
	}
	if p.Address.Region == "" {
		p.Address.Region = postal.Region
	}
	if p.Point.IsZero() || p.PointPrecision == PostalPoint {
		p.Point, p.PointPrecision = postal.Point, PostalPoint
		return nil
	}
	p.PointPrecision = ExactPoint
	if err := geo.CheckDistance(p.Point, postal); err != nil {
		return FieldErrors{{Pointer: "/location", Code: "too_far", Message: err.Error()}}.Err(Invalid)
	}
	return nil
}

func (p *Profile) tidy() {
	for _, s := range []*string{
		&p.Name, &p.Address.Street, &p.Address.City, &p.Address.Region, &p.Address.PostalCode, &p.Address.Country,
		&p.Phone, &p.Email, &p.Website, &p.Mission, &p.AdoptionPolicy, &p.AdoptionURL,
	} {
		*s = normalizeText(*s)
	}
	p.Address.Region, p.Address.Country = strings.ToUpper(p.Address.Region), strings.ToUpper(p.Address.Country)
	if p.Kind == "" {
		p.Kind = OtherKind
	}
	p.Photos = distinctPhotos(p.Photos)
	p.WithheldFrom.tidy()
}

func (p *Profile) faults() FieldErrors {
	var bad FieldErrors
	bad.Check(p.Name != "", "/name", "required", "a shelter needs a name")
	bad.Check(len(p.Name) <= MaxName, "/name", "too_long", fmt.Sprintf("is longer than %d bytes", MaxName))
	bad.Check(slices.Contains(ShelterKinds(), p.Kind), "/kind", "unknown_value", "is none of municipal, private, rescue, foster_network, sanctuary, other")
	bad.Check(len(p.Address.Country) == 2, "/address/country", "required", "is not a country code of two letters, such as US")
	bad.Check(p.Point.Valid(), "/location", "out_of_range", "is not on Earth: latitude goes from -90 to 90, longitude from -180 to 180")
	bad.Check(0 <= p.StaleAfterDays && p.StaleAfterDays <= 3650, "/stale_after_days", "out_of_range", "is not between 0 and 3650")
	bad.Check(p.Email == "" || strings.Count(p.Email, "@") == 1, "/email", "malformed", "is not an email address")
	bad.Check(p.Website == "" || webURL(p.Website), "/website", "malformed", "is not an http or https address")
	bad.Check(p.AdoptionURL == "" || webURL(p.AdoptionURL), "/adoption_url", "malformed", "is not an http or https address")
	bad.WithPrefix("/photos", photoFaults(p.Photos))
	return append(bad, p.WithheldFrom.faults()...)
}
