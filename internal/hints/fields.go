package hints

import (
	"strings"

	"trailcat/internal/catalog"
)

// fromFields reads what a listing says outside its text.
func (b *ruleSet) fromFields(found []candidateHint, f *catalog.Facts) []candidateHint {
	for i := range b.fields {
		rule := &b.fields[i]
		words := rule.read(f)
		if words == "" {
			continue
		}
		if level := rule.Levels[strings.ToLower(words)]; level > 0 {
			found = append(found, candidateHint{rule.place, false, Hint{Trait: rule.Trait, Level: level, Source: rule.Field, Words: words, Rule: rule.ID}})
		}
	}
	return found
}

// readers are the fields that rules may ask for, in the words of the API.
var readers = map[string]func(*catalog.Facts) string{
	"traits.energy":  func(f *catalog.Facts) string { return f.Traits.Energy },
	"traits.leash":   func(f *catalog.Facts) string { return f.Traits.Leash },
	"traits.travel":  func(f *catalog.Facts) string { return f.Traits.Travel },
	"traits.crate":   func(f *catalog.Facts) string { return f.Traits.Crate },
	"good_with.dogs": func(f *catalog.Facts) string { return answer(f.GoodWith.Dogs) },
	"good_with.cats": func(f *catalog.Facts) string { return answer(f.GoodWith.Cats) },
	"indoor_only":    func(f *catalog.Facts) string { return answer(f.IndoorOnly) },
}

func answer(yes *bool) string {
	switch {
	case yes == nil:
		return ""
	case *yes:
		return "true"
	default:
		return "false"
	}
}
