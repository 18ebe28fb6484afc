package catalog

import (
	"context"
	"fmt"
	"slices"
)

// Audience is the reader of listings, as far as shelters can restrict them. The
// zero Audience is an operator, who sees everything.
type Audience struct {
	PartnerID string
	Class     AudienceClass
	Copies    bool // the reader also counts as an aggregator, whatever its class
}

// AudienceClass is a class of readers.
type AudienceClass string

// The classes of readers.
const (
	PublicReader     AudienceClass = "public"     // people and apps, with or without a key
	AggregatorReader AudienceClass = "aggregator" // copies listings to show them elsewhere
	PetfinderReader  AudienceClass = "petfinder"  // uses the Petfinder-compatible API
)

// Restriction lists the readers from whom a shelter hides its listings.
type Restriction struct {
	Classes  []AudienceClass // aggregator, petfinder
	Partners []string        // ids
}

// RestrictableClasses lists the classes that a shelter can restrict.
func RestrictableClasses() []AudienceClass { return []AudienceClass{AggregatorReader, PetfinderReader} }

// Any reports whether the restriction hides listings from anyone.
func (r Restriction) Any() bool { return len(r.Classes)+len(r.Partners) > 0 }

// HidesFrom reports whether the shelter's listings are hidden from an audience.
// The shelter's own partner and operators always see them.
func (s Shelter) HidesFrom(audience Audience) bool {
	if audience.Class == "" || audience.PartnerID != "" && audience.PartnerID == s.PartnerID {
		return false
	}
	r := s.HiddenFrom
	return slices.Contains(r.Classes, audience.Class) || audience.Copies && slices.Contains(r.Classes, AggregatorReader) ||
		audience.PartnerID != "" && slices.Contains(r.Partners, audience.PartnerID)
}

func (r *Restriction) normalize() {
	r.Classes = normalizeSet(r.Classes)
	r.Partners = normalizeSet(r.Partners)
}

// normalizeSet sorts a list and removes duplicates. An empty list becomes nil.
func normalizeSet[T ~string](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return slices.Compact(slices.Sorted(slices.Values(list)))
}

// validate returns the errors of the restriction. Its messages name the value instead of the
// position, which normalize has changed.
func (r Restriction) validate() FieldErrors {
	var errs FieldErrors
	for _, class := range r.Classes {
		errs.Check(slices.Contains(RestrictableClasses(), class), "/hidden_from/classes", "unknown_value", fmt.Sprintf("Expected aggregator or petfinder, got %q.", class))
	}
	for _, id := range r.Partners {
		errs.Check(CheckID(PartnerPrefix, id) == nil, "/hidden_from/partners", "malformed_id", fmt.Sprintf("%q is not the id of a partner. Expected prt_ followed by 26 letters and digits.", id))
	}
	return errs
}

// checkPartners returns a field error for each partner that is new to the
// restriction and does not exist.
func (r Restriction) checkPartners(ctx context.Context, partners PartnerTx, known Restriction) error {
	var errs FieldErrors
	for _, id := range r.Partners {
		if slices.Contains(known.Partners, id) {
			continue
		}
		if _, err := partners.Partner(ctx, id); err != nil && KindOf(err) != NotFound {
			return err
		} else if err != nil {
			errs = append(errs, FieldError{Pointer: "/hidden_from/partners", Parameter: "", Code: "unknown_value", Message: fmt.Sprintf("No partner with id %s exists.", id)})
		}
	}
	return errs.Err(Invalid)
}
