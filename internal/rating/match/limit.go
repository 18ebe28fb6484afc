package match

import (
	"trailcat/internal/catalog"
)

// exclusionRule leaves cats out for good reason, and only where the reason is known.
type exclusionRule struct {
	code, text string
	sets       func(*Profile) bool
	breaks     func(*catalog.Cat) bool
}

// limits are few: what endangers somebody, or cannot be.
func limits() []exclusionRule {
	return []exclusionRule{
		{
			"not_good_with_children", "Known not to live well with children.",
			func(p *Profile) bool { return len(p.Children) > 0 },
			func(c *catalog.Cat) bool { return is(c.GoodWith.Children, false) },
		},
		{
			"not_good_with_dogs", "Known not to live well with dogs.",
			func(p *Profile) bool { return is(p.Dogs, true) },
			func(c *catalog.Cat) bool { return is(c.GoodWith.Dogs, false) },
		},
		{
			"not_good_with_cats", "Known not to live well with other cats.",
			func(p *Profile) bool { return is(p.Cats, true) },
			func(c *catalog.Cat) bool { return is(c.GoodWith.Cats, false) },
		},
		{
			// The feline retrovirus guidelines of the AAFP keep infected cats apart from others.
			"felv_beside_cats", "Tested positive for feline leukaemia virus, which your cats could catch.",
			func(p *Profile) bool { return is(p.Cats, true) },
			func(c *catalog.Cat) bool { return is(c.FeLV, true) },
		},
		{
			"bonded", "Must leave together with another cat.",
			func(p *Profile) bool { return is(p.Prefers.TakesPairs, false) },
			func(c *catalog.Cat) bool { return len(c.BondedWith) > 0 },
		},
	}
}

// is says that an answer is known, and what it is.
func is(answer *bool, want bool) bool { return answer != nil && *answer == want }
