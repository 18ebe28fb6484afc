package catalog

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"
	"unicode/utf8"

	"trailcat/internal/errcode"
)

// Partner owns shelters and the keys to them.
type Partner struct {
	ID        string // prt_…, permanent
	Name      string
	Audience  AudienceClass // public or aggregator
	Quotas    Quotas        // that differ from the defaults of the server
	Version   int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// PartnerReaders lists the audience classes of partners.
func PartnerReaders() []AudienceClass { return []AudienceClass{PublicReader, AggregatorReader} }

// CreatePartner creates a partner whose audience is one of PartnerReaders.
func (c *Catalog) CreatePartner(ctx context.Context, name string, audience AudienceClass, quotas Quotas) (Partner, error) {
	p := Partner{
		ID: NewID(PartnerPrefix, c.newUUID()), Name: normalizeText(name), Audience: audience, Quotas: quotas, Version: 1, CreatedAt: c.now(), UpdatedAt: c.now(),
	}
	if err := p.validate().Err(Invalid); err != nil {
		return Partner{}, err
	}
	err := c.write(ctx, "create_partner", func(tx Tx) ([]Change, error) {
		return []Change{newChange(Created, PartnerResource, p.ID, "", p.Version, p.UpdatedAt, nil)}, tx.Partners.SavePartner(ctx, p)
	})
	return p, wrap(err, "create partner")
}

// ChangePartner applies an edit to a partner. When version is neither 0 nor the
// partner's version, nothing changes and the error is PreconditionFailed.
func (c *Catalog) ChangePartner(ctx context.Context, id string, version int64, edit func(*Partner)) (Partner, error) {
	var p Partner
	err := c.write(ctx, "change_partner", func(tx Tx) (_ []Change, err error) {
		if p, err = tx.Partners.Partner(ctx, id); err != nil {
			return nil, err
		}
		if err := CheckVersion("partner", p.Version, version); err != nil {
			return nil, err
		}
		known := p
		edit(&p)
		p.Name = normalizeText(p.Name)
		fields := known.diff(p)
		if len(fields) == 0 {
			return nil, nil
		}
		p.Version, p.UpdatedAt = p.Version+1, c.now()
		if err := p.validate().Err(Invalid); err != nil {
			return nil, err
		}
		return []Change{newChange(Updated, PartnerResource, p.ID, "", p.Version, p.UpdatedAt, fields)}, tx.Partners.SavePartner(ctx, p)
	})
	return p, wrap(err, "change partner %s", id)
}

// diff returns the names of the fields that differ between two versions.
func (p Partner) diff(other Partner) []string {
	var fields []string
	if p.Name != other.Name {
		fields = append(fields, "name")
	}
	if p.Audience != other.Audience {
		fields = append(fields, "audience")
	}
	if !reflect.DeepEqual(p.Quotas, other.Quotas) {
		fields = append(fields, "quotas")
	}
	return fields
}

func (p Partner) validate() FieldErrors {
	var errs FieldErrors
	errs.Check(p.Name != "", "/name", errcode.Required, "Must not be empty.")
	errs.Check(utf8.RuneCountInString(p.Name) <= MaxName, "/name", errcode.TooLong, fmt.Sprintf("Must be at most %d characters.", MaxName))
	errs.Check(slices.Contains(PartnerReaders(), p.Audience), "/audience", errcode.UnknownValue, fmt.Sprintf("Expected public or aggregator, got %q.", p.Audience))
	return errs
}
