package match

import (
	"fmt"
	"slices"
	"time"
)

// addTaste adds what one would rather have, and nearness.
func (p *Profile) addTaste(add adding, today time.Time) {
	add(len(p.Prefers.AgeGroups) > 0, "age_group", weighsAgeGroup, func(c *Candidate) componentScore { return p.ageGroup(c, today) })
	add(p.Prefers.Sex != "", "sex", weighsSex, p.sex)
	add(p.Prefers.MaxFee.Minor != nil, "fee", weighsFee, p.fee)
	add(p.RadiusKm > 0, "distance", weighsDistance, p.distance)
}

func (p *Profile) ageGroup(c *Candidate, today time.Time) componentScore {
	group := string(c.Cat.AgeGroupOn(today))
	switch {
	case group == "":
		return unknownThat(c, "Nobody has said how old {they} is.")
	case slices.Contains(p.Prefers.AgeGroups, group):
		return knownThat(c, 100, "{they} is "+oneOf(group)+", as you wish.")
	default:
		return knownThat(c, -100, "{they} is "+oneOf(group)+".")
	}
}

func (p *Profile) sex(c *Candidate) componentScore {
	switch sex := string(c.Cat.Sex); sex {
	case p.Prefers.Sex:
		return knownThat(c, 100, "{they} is "+sex+", as you wish.")
	case "female", "male":
		return knownThat(c, -100, "{they} is "+sex+".")
	default:
		return unknownThat(c, "Nobody has said whether {they} is female or male.")
	}
}

func (p *Profile) fee(c *Candidate) componentScore {
	fee, known := hasFee(c.Cat.Fee)
	switch most := p.Prefers.MaxFee; {
	case !known:
		return unknownThat(c, "Nobody has said what the adoption costs.")
	case fee > 0 && c.Cat.Fee.Currency != most.Currency:
		return unknownThat(c, fmt.Sprintf("The adoption costs %s, which cannot be compared with %s.", money(fee, c.Cat.Fee.Currency), most.Currency))
	case fee > *most.Minor:
		return knownThat(c, -100, fmt.Sprintf("The adoption costs %s, more than you wish to pay.", money(fee, c.Cat.Fee.Currency)))
	default:
		return knownThat(c, 100, fmt.Sprintf("The adoption costs %s.", money(fee, most.Currency)))
	}
}

func money(minor int64, currency string) string {
	if minor == 0 {
		return "nothing"
	}
	return fmt.Sprintf("%d.%02d %s", minor/100, minor%100, currency)
}

// distance speaks for a cat the more, the nearer it is; within the radius none is
// too far.
func (p *Profile) distance(c *Candidate) componentScore {
	if c.DistanceKm < 0 {
		return unknownThat(c, "Nobody has said where {they} lives.")
	}
	away := "less than 1 km"
	if c.DistanceKm >= 1 {
		away = fmt.Sprintf("about %.0f km", c.DistanceKm)
	}
	return knownThat(c, int(100*(1-min(1, c.DistanceKm/p.RadiusKm))), "{they} lives "+away+" away.")
}
