package catalog

import (
	"context"
	"fmt"
	"slices"
)

// Reader is who reads listings, as far as shelters may mind. The zero Reader is
// an operator, who sees everything.
type Reader struct {
	PartnerID string
	Class     ReaderClass
	Copies    bool // is an aggregator besides, by whatever way they read
}

// ReaderClass is a sort of reader.
type ReaderClass string

// The sorts of readers.
const (
	PublicReader     ReaderClass = "public"     // people and apps, with a key or without
	AggregatorReader ReaderClass = "aggregator" // copies listings to show them elsewhere
	PetfinderReader  ReaderClass = "petfinder"  // reads by way of the Petfinder-compatible API
)

// Withheld says from whom a shelter withholds its listings.
type Withheld struct {
	Classes  []ReaderClass // aggregator, petfinder
	Partners []string      // ids
}

// MayWithholdFrom lists the sorts of readers from whom a shelter may withhold.
func MayWithholdFrom() []ReaderClass { return []ReaderClass{AggregatorReader, PetfinderReader} }

// Any says whether there is anybody from whom listings are withheld.
func (w Withheld) Any() bool { return len(w.Classes)+len(w.Partners) > 0 }

// Withholds says whether the listings of a shelter are not for a reader. Its own
// partner and operators see them always.
func (s Shelter) Withholds(from Reader) bool {
	if from.Class == "" || from.PartnerID != "" && from.PartnerID == s.PartnerID {
		return false
	}
	w := s.WithheldFrom
	return slices.Contains(w.Classes, from.Class) || from.Copies && slices.Contains(w.Classes, AggregatorReader) ||
		from.PartnerID != "" && slices.Contains(w.Partners, from.PartnerID)
}

func (w *Withheld) tidy() {
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
func (w Withheld) faults() Faults {
	var bad Faults
	for _, class := range w.Classes {
		bad.Check(slices.Contains(MayWithholdFrom(), class), "/withheld_from/classes", "unknown_value", fmt.Sprintf("%q is none of aggregator, petfinder", class))
	}
	for _, id := range w.Partners {
		bad.Check(CheckID(PartnerPrefix, id) == nil, "/withheld_from/partners", "malformed_id", fmt.Sprintf("%q is no id of a partner: those look like prt_ and 26 letters and digits", id))
	}
	return bad
}

// partnersExist finds fault with partners that are new to w and that there are not.
func (w Withheld) partnersExist(ctx context.Context, tx Tx, known Withheld) error {
	var bad Faults
	for _, id := range w.Partners {
		if slices.Contains(known.Partners, id) {
			continue
		}
		if _, err := tx.Partner(ctx, id); err != nil && KindOf(err) != NotFound {
			return err
		} else if err != nil {
			bad = append(bad, Fault{Pointer: "/withheld_from/partners", Parameter: "", Code: "unknown_value", Message: "there is no partner " + id})
		}
	}
	return bad.Err(Invalid)
}
