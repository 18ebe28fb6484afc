package match

import (
	"fmt"
	"time"

	"trailcat/internal/catalog"
)

// The weights of what a home may wish for. Only their ratios matter. Going out
// together is what people come here for, so it weighs as much as the household
// does; what makes a cat lose a home, living together and being alone, comes next,
// taste and nearness last.
const (
	weightActivities = 40 // shared by the wished activities, the first most
	weighsTraining   = 10
	weighsWayOut     = 5
	weighsChildren   = 12
	weighsSmallChild = 18 // under smallChildYears: what nobody knows is then the greater risk
	weighsAnimals    = 12 // dogs and cats each
	weighsViruses    = 5
	weighsGoingOut   = 8
	weighsExperience = 8
	weighsAlone      = 8
	weighsTime       = 6
	weighsAgeGroup   = 8
	weighsSex        = 4
	weighsFee        = 5
	weighsDistance   = 5
)

const smallChildYears = 6

// wishes are those of a home, each with the weight that it has there.
func (p *Profile) wishes(today time.Time) components {
	var w components
	add := func(wished bool, code string, weight int, judge func(*Candidate) componentScore) {
		if wished {
			w.all, w.total = append(w.all, component{code, weight, judge}), w.total+weight
		}
	}
	p.addOutings(add)
	p.addHousehold(add)
	p.addCare(add, today)
	p.addTaste(add, today)
	w.total = max(w.total, 1) // where nothing is wished, every cat fits alike
	return w
}

type adding func(wished bool, code string, weight int, judge func(*Candidate) componentScore)

// unknownThat is the verdict where nobody has said something.
func unknownThat(c *Candidate, sentence string) componentScore {
	return componentScore{known: false, value: 0, say: fillPronouns(&c.Cat, sentence)}
}

func knownThat(c *Candidate, value int, sentence string) componentScore {
	return componentScore{known: true, value: max(-100, min(100, value)), say: fillPronouns(&c.Cat, sentence)}
}

// addHousehold adds who lives there. Whoever is known not to live well with them
// was left out before.
func (p *Profile) addHousehold(add adding) {
	weight, whom := weighsChildren, "children"
	for _, age := range p.Children {
		if age < smallChildYears {
			weight, whom = weighsSmallChild, "small children"
		}
	}
	add(len(p.Children) > 0, "children", weight, compatibility(whom, func(c *catalog.Cat) *bool { return c.GoodWith.Children }))
	add(is(p.Dogs, true), "dogs", weighsAnimals, compatibility("dogs", func(c *catalog.Cat) *bool { return c.GoodWith.Dogs }))
	add(is(p.Cats, true), "cats", weighsAnimals, compatibility("other cats", func(c *catalog.Cat) *bool { return c.GoodWith.Cats }))
	add(is(p.Cats, true), "viruses", weighsViruses, func(c *Candidate) componentScore {
		switch {
		case is(c.Cat.FIV, true):
			return knownThat(c, -100, "{they} has FIV, which spreads by deep bites: ask a vet how {they} and your cats could live together.")
		case c.Cat.FIV == nil || c.Cat.FeLV == nil:
			return unknownThat(c, "Nobody has said how {they} was tested for FIV and FeLV, which your cats could catch.")
		default:
			return knownThat(c, 100, "{they} was tested negative for FIV and FeLV.")
		}
	})
	add(p.Home.IndoorOnly != nil, "going_out", weighsGoingOut, p.goingOut)
}

func compatibility(whom string, answer func(*catalog.Cat) *bool) func(*Candidate) componentScore {
	return func(c *Candidate) componentScore {
		switch known := answer(&c.Cat); {
		case known == nil:
			return unknownThat(c, "Nobody has said whether {they} lives well with "+whom+".")
		case *known:
			return knownThat(c, 100, "{they} is known to live well with "+whom+".")
		default:
			return knownThat(c, -100, "{they} is known not to live well with "+whom+".")
		}
	}
}

// goingOut compares whether the cat may go out by itself with what its listing says.
func (p *Profile) goingOut(c *Candidate) componentScore {
	stays := *p.Home.IndoorOnly
	switch {
	case c.Cat.IndoorOnly == nil:
		return unknownThat(c, "Nobody has said whether {they} should live indoors only.")
	case *c.Cat.IndoorOnly && stays:
		return knownThat(c, 100, "{they} is to live indoors, as {they} would with you.")
	case *c.Cat.IndoorOnly:
		return knownThat(c, -100, "The shelter says that {they} must live indoors, and with you {they} could go out by {themself}.")
	case !stays:
		return knownThat(c, 100, "{they} may go out by {themself}, as {they} could with you.")
	case p.Home.Outdoors == NoOutdoors || p.Home.Outdoors == "":
		return knownThat(c, -60, "The listing says that {they} goes out, and with you {they} would stay in.")
	default:
		return knownThat(c, -20, fmt.Sprintf("The listing says that {they} goes out; with you it would be the %s.", p.Home.Outdoors))
	}
}
