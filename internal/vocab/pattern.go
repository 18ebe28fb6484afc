package vocab

import "slices"

// Pattern is how the colours lie on a coat. Empty means that nobody said:
// a cat that is only called black may be black all over or not.
type Pattern string

// The patterns. Points with tabby markings, which shelters list often and
// Petfinder cannot name, are lynx points.
const (
	Solid               Pattern = "solid"
	Bicolor             Pattern = "bicolor" // a colour and white
	Tuxedo              Pattern = "tuxedo"
	Tabby               Pattern = "tabby"
	TabbyClassic        Pattern = "tabby_classic" // marbled, blotched
	TabbySpotted        Pattern = "tabby_spotted"
	TabbyTicked         Pattern = "tabby_ticked" // agouti
	TabbyTiger          Pattern = "tabby_tiger"  // mackerel, striped
	Calico              Pattern = "calico"
	DiluteCalico        Pattern = "dilute_calico"
	Tortoiseshell       Pattern = "tortoiseshell"
	DiluteTortoiseshell Pattern = "dilute_tortoiseshell"
	Torbie              Pattern = "torbie" // tortoiseshell with tabby
	Colorpoint          Pattern = "colorpoint"
	LynxPoint           Pattern = "lynx_point"
	Smoke               Pattern = "smoke"
)

// Patterns lists every Pattern.
func Patterns() []Pattern {
	return []Pattern{
		Solid, Bicolor, Tuxedo, Tabby, TabbyClassic, TabbySpotted, TabbyTicked, TabbyTiger,
		Calico, DiluteCalico, Tortoiseshell, DiluteTortoiseshell, Torbie, Colorpoint, LynxPoint, Smoke,
	}
}

// patternDetail says how much a pattern tells: of two, the one that tells more
// stands, and of two that tell as much, the first.
var patternDetail = [][]Pattern{
	{""},
	{Solid, Bicolor},
	{Tabby, Tuxedo, Smoke},
	{TabbyClassic, TabbySpotted, TabbyTicked, TabbyTiger, Calico, Tortoiseshell},
	{DiluteCalico, DiluteTortoiseshell},
	{Torbie, Colorpoint},
	{LynxPoint},
}

// patternPairs are the patterns that have a name of their own together.
var patternPairs = []struct {
	either, other []Pattern
	both          Pattern
}{
	{tabbies, []Pattern{Tortoiseshell, DiluteTortoiseshell}, Torbie},
	{tabbies, []Pattern{Colorpoint}, LynxPoint},
	{[]Pattern{Calico}, []Pattern{DiluteTortoiseshell}, DiluteCalico},
}

var tabbies = []Pattern{Tabby, TabbyClassic, TabbySpotted, TabbyTicked, TabbyTiger}

// and is what two patterns of one cat make.
func (p Pattern) and(q Pattern) Pattern {
	if p == "" || p == q {
		return q
	}
	if q == "" {
		return p
	}
	for _, pair := range patternPairs {
		if slices.Contains(pair.either, p) && slices.Contains(pair.other, q) ||
			slices.Contains(pair.either, q) && slices.Contains(pair.other, p) {
			return pair.both
		}
	}
	if q.detail() > p.detail() {
		return q
	}
	return p
}

func (p Pattern) detail() int {
	return slices.IndexFunc(patternDetail, func(level []Pattern) bool { return slices.Contains(level, p) })
}
