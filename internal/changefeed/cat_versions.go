package changefeed

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"trailcat/internal/catalog"
	"trailcat/internal/search"
)

// catVersion is a cat and its shelter as of a log entry. A nil catVersion is a cat that
// does not exist, is hidden or is unknown.
type catVersion struct {
	cat      catalog.Cat
	shelter  catalog.Shelter
	document *search.MatchDocument
}

// catVersions calls visit with each log entry about a cat and the cat before and after
// it. Log entries contain the previous state of a cat without its description and shelter
// where those did not change, so the versions are reconstructed backwards from the
// current state.
func (s *savedSearches) catVersions(ctx context.Context, ids []string, changes []catalog.Change, visit func(seq int64, before, after *catVersion)) error {
	shelters := map[string]catalog.Shelter{} // read before the log entries that may change them
	resourceIDs := slices.Clone(ids)
	for _, change := range changes {
		if _, ok := shelters[change.ShelterID]; !ok && change.ShelterID != "" {
			shelters[change.ShelterID], _ = s.index.ShelterInfo(change.ShelterID)
			resourceIDs = append(resourceIDs, change.ShelterID)
		}
	}
	cats, _, err := s.log.CatsWithPosition(ctx, ids) // of a logTail, whose index checks the position
	if err != nil {
		return fmt.Errorf("read the cats of changes: %w", err)
	}
	later, err := s.log.ChangesByResourceID(ctx, resourceIDs, changes[len(changes)-1].Seq)
	if err != nil {
		return fmt.Errorf("read later changes of changed cats: %w", err)
	}
	byID := map[string][]catalog.Change{}
	for _, change := range slices.Concat(changes, later) {
		byID[change.ResourceID] = append(byID[change.ResourceID], change)
	}
	for i := range cats {
		own := slices.Concat(byID[cats[i].ID], byID[cats[i].ShelterID])
		slices.SortFunc(own, func(a, b catalog.Change) int { return cmp.Compare(a.Seq, b.Seq) })
		replayBackwards(catVersion{cat: cats[i], shelter: shelters[cats[i].ShelterID], document: nil}, own, visit)
	}
	return nil
}

// replayBackwards goes back from the current state of a cat through the log entries about
// it and its shelter.
func replayBackwards(current catVersion, changes []catalog.Change, visit func(seq int64, before, after *catVersion)) {
	after := &current
	for _, change := range slices.Backward(changes) {
		if change.Resource == catalog.ShelterResource || change.Version > current.cat.Version { // an entry after the cat was read only provides the shelter before it
			after = after.withShelterOf(change.Before)
			continue
		}
		before := after.before(change)
		visit(change.Seq, before, after)
		if before == nil {
			return // the cat was created, or the log does not reach further back
		}
		after = before
	}
}

// withShelterOf returns the cat in its shelter before a change.
func (v *catVersion) withShelterOf(before *catalog.PreImage) *catVersion {
	if before == nil || before.Shelter == nil {
		return v
	}
	return &catVersion{cat: v.cat, shelter: v.shelter.WithContext(*before.Shelter), document: nil}
}

// before returns the cat before a change that resulted in v, or nil if it did not exist
// or is unknown.
func (v *catVersion) before(change catalog.Change) *catVersion {
	if change.Op == catalog.OpRedacted {
		return v // what was erased is unknown
	}
	if change.Before == nil {
		return nil
	}
	before := &catVersion{cat: change.Before.Cat, shelter: v.withShelterOf(change.Before).shelter, document: nil}
	if !slices.Contains(change.Fields, "description") {
		before.cat.Description = v.cat.Description
	}
	return before
}

// buildDocument prepares the cat for matching. Its age group is the one at the time it
// was written, because a new age group has a log entry of its own.
func (v *catVersion) buildDocument(documents *search.DocumentBuilder) {
	if v != nil && v.document == nil {
		v.document = documents.Build(&v.cat, &v.shelter, v.cat.UpdatedAt)
	}
}

func (v *catVersion) matchDocument() *search.MatchDocument {
	if v == nil {
		return nil
	}
	return v.document
}

// hasRestrictions reports whether the cat is hidden from anyone.
func (v *catVersion) hasRestrictions() bool {
	return v != nil && (v.shelter.HiddenFrom.Any() || v.cat.HiddenFrom.Any())
}

func (v *catVersion) hiddenFrom(audience catalog.Audience) bool {
	return v != nil && v.shelter.HidesCat(v.cat.HiddenFrom, audience)
}

// visibleTo returns v, or nil if the cat is hidden from the audience.
func (v *catVersion) visibleTo(audience catalog.Audience) *catVersion {
	if v.hiddenFrom(audience) {
		return nil
	}
	return v
}
