package rating

// The facts that a derived gate may ask about.
const (
	factAgeWeeks   = "age_weeks"
	factAgeYears   = "age_years"
	factDaysInHome = "days_in_home"
)

// holds says whether a cat's age or moving day opens a gate. A fact that
// nobody knows opens none; age and home are asked for elsewhere.
func (rule *derivedRule) holds(cat Cat, asOf Day) bool {
	var n int
	switch rule.Fact {
	case factAgeWeeks:
		if cat.Born == 0 {
			return false
		}
		n = int(asOf-cat.Born) / daysPerWeek
	case factAgeYears:
		return rule.Above != nil && olderThan(cat, *rule.Above, asOf)
	case factDaysInHome:
		if cat.HomeSince == 0 {
			return false
		}
		n = int(asOf - cat.HomeSince)
	default:
		return false
	}
	return n >= rule.From && (rule.Below == nil || n < *rule.Below)
}

func youngerThan(cat Cat, weeks int, asOf Day) bool {
	return cat.Born != 0 && int(asOf-cat.Born) < weeks*daysPerWeek
}

// olderThan says whether the cat's birthday of that many years is past.
func olderThan(cat Cat, years int, asOf Day) bool {
	return cat.Born != 0 && asOf > cat.Born.birthday(years)
}

// senior is over the last age that the training table names.
func (r *Rubric) senior(cat Cat, asOf Day) bool {
	for _, row := range r.doc.Training.Age {
		if row.ToYears > 0 {
			return olderThan(cat, row.ToYears, asOf)
		}
	}
	return false
}

func (r *Rubric) kitten(cat Cat, asOf Day) bool { return youngerThan(cat, r.doc.KittenWeeks, asOf) }
