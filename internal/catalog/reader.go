package catalog

import (
	"context"
	"fmt"
	"slices"
)

// Audience is who reads listings, as far as shelters may mind. The zero Reader is
// an operator, who sees everything.
type Audience struct {
	PartnerID string
	Class     AudienceClass
	Copies    bool // is an aggregator besides, by whatever way they read
}

// AudienceClass is a sort of reader.
type AudienceClass string

// The sorts of readers.
const (
	PublicReader     AudienceClass = "public"     // people and apps, with a key or without
	AggregatorReader AudienceClass = "aggregator" // copies listings to show them elsewhere
	PetfinderReader  AudienceClass = "petfinder"  // reads by way of the Petfinder-compatible API
)

// Restriction says from whom a shelter withholds its listings.
type Restriction struct {
	Classes  []AudienceClass // aggregator, petfinder
	Partners []string        // ids
}

// RestrictableClasses lists the sorts of readers from whom a shelter may withhold.
func RestrictableClasses() []AudienceClass { return []AudienceClass{AggregatorReader, PetfinderReader} }

// Any says whether there is anybody from whom listings are withheld.
func (w Restriction) Any() bool { return len(w.Classes)+len(w.Partners) > 0 }

// HiddenFrom says whether the listings of a shelter are not for a reader. Its own
// partner and operators see them always.
func (s Shelter) HiddenFrom(from Audience) bool {
	if from.Class == "" || from.PartnerID != "" && from.PartnerID == s.PartnerID {
		return false
	}
	w := s.WithheldFrom
	return slices.Contains(w.Classes, from.Class) || from.Copies && slices.Contains(w.Classes, AggregatorReader) ||
		from.PartnerID != "" && slices.Contains(w.Partners, from.PartnerID)
}

func (w *Restriction) tidy() {
	w.Classes = tidySet(w.Classes)
	w.Partners = tidySet(w.Partners)
}

func tidySet[T ~string](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return slices.Compact(slices.Sorted(slices.Values(list)))
}

// faults name what is wrong by itself: tidy has moved it from where it was sent.
func (w Restriction) faults() FieldErrors {
	var bad FieldErrors
	for _, class := range w.Classes {
		bad.Check(slices.Contains(RestrictableClasses(), class), "/withheld_from/classes", "unknown_value", fmt.Sprintf("%q is none of aggregator, petfinder", class))
	}
	for _, id := range w.Partners {
		bad.Check(CheckID(PartnerPrefix, id) == nil, "/withheld_from/partners", "malformed_id", fmt.Sprintf("%q is no id of a partner: those look like prt_ and 26 letters and digits", id))
	}
	return bad
}

// partnersExist finds fault with partners that are new to w and that there are not.
func (w Restriction) partnersExist(ctx context.Context, tx Tx, known Restriction) error {
	var bad FieldErrors
	for _, id := range w.Partners {
		if slices.Contains(known.Partners, id) {
			continue
		}
		if _, err := tx.Partner(ctx, id); err != nil && KindOf(err) != NotFound {
			return err
		} else if err != nil {
			bad = append(bad, FieldError{Pointer: "/withheld_from/partners", Parameter: "", Code: "unknown_value", Message: "there is no partner " + id})
		}
	}
	return bad.Err(Invalid)
}
