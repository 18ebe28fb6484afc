package rating

// Conditions are the weather limits for this cat, in °C, and rules for every
// outing. They are guidance and no part of the score.
type Conditions struct {
	PavementTestSeconds  int
	NoAsphaltFromC       int // in the sun
	NoWalksFromC         int
	BackpackShortFromC   int // from here on no longer than BackpackShortMinutes
	BackpackShortMinutes int
	NoBackpackFromC      int
	ShortBelowC          int
	NoneBelowC           int
	StricterFor          []string // gate codes that tighten the limits
	Rules                []string
}

// StopSigns say when to end an outing and how.
type StopSigns struct{ Signs, Response []string }

func (r *Rubric) conditions(gates *openGates) Conditions {
	d := &r.doc.Conditions
	c := Conditions{Rules: d.Rules, PavementTestSeconds: d.PavementTest, BackpackShortMinutes: d.BackpackShortMinutes}
	stricter := 0
	for _, s := range d.StricterFor {
		if gates.failed(s.Gate, s.Severity) {
			stricter = d.StricterBy
			c.StricterFor = append(c.StricterFor, s.Gate)
		}
	}
	c.NoAsphaltFromC = d.NoAsphaltFrom - stricter
	c.NoWalksFromC = d.NoWalksFrom - stricter
	c.BackpackShortFromC = d.BackpackShortFrom - stricter
	c.NoBackpackFromC = d.NoBackpackFrom - stricter
	c.ShortBelowC = d.ShortBelow + stricter
	c.NoneBelowC = d.NoneBelow + stricter
	return c
}
