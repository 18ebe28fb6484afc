package catalog

import (
	"context"
	"fmt"
	"slices"

	"trailcat/internal/errcode"
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

// Restriction lists the readers from whom a shelter hides all its listings, or one.
type Restriction struct {
	Classes  []string // of RestrictableClasses
	Partners []string // ids
}

// RestrictableClasses lists the classes that a shelter can restrict.
func RestrictableClasses() []AudienceClass { return []AudienceClass{AggregatorReader, PetfinderReader} }

// Any reports whether the restriction hides listings from anyone.
func (r Restriction) Any() bool { return len(r.Classes)+len(r.Partners) > 0 }

// HidesFrom reports whether all listings of the shelter are hidden from an audience.
// The shelter's own partner and operators always see them.
func (s *Shelter) HidesFrom(audience Audience) bool { return s.HidesCat(Restriction{}, audience) }

// HidesCat reports whether a listing of the shelter is hidden from an audience, by the
// restriction of the shelter or by that of the listing.
func (s *Shelter) HidesCat(own Restriction, audience Audience) bool {
	if audience.Class == "" || audience.PartnerID != "" && audience.PartnerID == s.PartnerID {
		return false
	}
	return s.HiddenFrom.covers(audience) || own.covers(audience)
}

func (r Restriction) covers(audience Audience) bool {
	return slices.Contains(r.Classes, string(audience.Class)) || audience.Copies && slices.Contains(r.Classes, string(AggregatorReader)) ||
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
		errs.Check(slices.Contains(RestrictableClasses(), AudienceClass(class)), "/hidden_from/classes", errcode.UnknownValue, fmt.Sprintf("Expected aggregator or petfinder, got %q.", class))
	}
	for _, id := range r.Partners {
		errs.Check(CheckID(PartnerPrefix, id) == nil, "/hidden_from/partners", errcode.MalformedID, fmt.Sprintf("%q is not the id of a partner. Expected prt_ followed by 26 letters and digits.", id))
	}
	return errs
}

// unknownPartners returns a field error for each partner that is new to the
// restriction and does not exist.
func (r Restriction) unknownPartners(known Restriction, exists func(id string) (bool, error)) (FieldErrors, error) {
	var errs FieldErrors
	for _, id := range r.Partners {
		if slices.Contains(known.Partners, id) {
			continue
		}
		ok, err := exists(id)
		if err != nil {
			return nil, err
		}
		errs.Check(ok, "/hidden_from/partners", errcode.UnknownValue, fmt.Sprintf("No partner with id %s exists.", id))
	}
	return errs, nil
}

// partnerExists returns a function that reports whether a partner exists.
func partnerExists(ctx context.Context, partners PartnerTx) func(id string) (bool, error) {
	return func(id string) (bool, error) {
		_, err := partners.Partner(ctx, id)
		if KindOf(err) == NotFound {
			return false, nil
		}
		return err == nil, err
	}
}
