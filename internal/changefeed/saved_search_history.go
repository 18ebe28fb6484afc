package changefeed

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"trailcat/internal/catalog"
	"trailcat/internal/search"
)

// catVersion is a cat in its shelter as of a line of the log.
type catVersion struct {
	cat  catalog.Cat
	home catalog.Shelter
	as   *search.MatchDocument
}

// versions says of each of some lines about cats what the cat was before and
// after it. Lines keep what cats were, all but their descriptions and homes where
// those stayed, so it goes backwards from what cats and shelters are now.
func (l *savedSearchMatcher) versions(ctx context.Context, ids []string, lines []catalog.Change, say func(seq int64, before, now *catVersion)) error {
	homes := map[string]catalog.Shelter{} // read before the lines that may have moved them
	about := slices.Clone(ids)
	for _, line := range lines {
		if _, known := homes[line.ShelterID]; !known && line.ShelterID != "" {
			homes[line.ShelterID], _ = l.index.ShelterInfo(line.ShelterID)
			about = append(about, line.ShelterID)
		}
	}
	cats, err := l.log.CatsByID(ctx, ids)
	if err != nil {
		return fmt.Errorf("read the cats of changes: %w", err)
	}
	later, err := l.log.ChangesByResourceID(ctx, about, lines[len(lines)-1].Seq)
	if err != nil {
		return fmt.Errorf("read what became of changed cats: %w", err)
	}
	byID := map[string][]catalog.Change{}
	for _, line := range slices.Concat(lines, later) {
		byID[line.ResourceID] = append(byID[line.ResourceID], line)
	}
	for i := range cats {
		own := slices.Concat(byID[cats[i].ID], byID[cats[i].ShelterID])
		slices.SortFunc(own, func(a, b catalog.Change) int { return cmp.Compare(a.Seq, b.Seq) })
		replayBackwards(catVersion{cat: cats[i], home: homes[cats[i].ShelterID], as: nil}, own, say)
	}
	return nil
}

// replayBackwards goes from what a cat is now through the lines about it and its shelter.
func replayBackwards(is catVersion, lines []catalog.Change, say func(seq int64, before, now *catVersion)) {
	now := &is
	for _, line := range slices.Backward(lines) {
		if line.Resource == catalog.ShelterResource || line.Version > is.cat.Version { // a line after the cat was read says only where that was
			now = now.at(line.Before)
			continue
		}
		before := now.before(line)
		say(line.Seq, before, now)
		if before == nil {
			return // it was made by this line, or the log says no more
		}
		now = before
	}
}

// at is the cat where it was before a line.
func (s *catVersion) at(was *catalog.PreImage) *catVersion {
	if was == nil || was.Shelter == nil {
		return s
	}
	return &catVersion{cat: s.cat, home: s.home.WithContext(*was.Shelter), as: nil}
}

// before is what a cat was before a line that made it what it is, nil if it was
// not or that is not known.
func (s *catVersion) before(line catalog.Change) *catVersion {
	if line.Before == nil {
		return nil
	}
	was := &catVersion{cat: line.Before.Cat, home: s.at(line.Before).home, as: nil}
	if !slices.Contains(line.Fields, "description") {
		was.cat.Description = s.cat.Description
	}
	return was
}

// ready makes it a subject. Its age group counts as of when it was written: a line
// of the log tells when that turns.
func (s *catVersion) ready(subjects *search.DocumentBuilder) {
	if s != nil && s.as == nil {
		s.as = subjects.Build(&s.cat, &s.home, s.cat.UpdatedAt)
	}
}

func (s *catVersion) subject() *search.MatchDocument {
	if s == nil {
		return nil
	}
	return s.as
}

// hasRestrictions says that the shelter withholds from somebody.
func (s *catVersion) hasRestrictions() bool { return s != nil && s.home.HiddenFrom.Any() }

func (s *catVersion) withheld(from catalog.Audience) bool { return s != nil && s.home.HidesFrom(from) }

// visibleTo is what a reader sees of it.
func (s *catVersion) visibleTo(reader catalog.Audience) *catVersion {
	if s.withheld(reader) {
		return nil
	}
	return s
}
