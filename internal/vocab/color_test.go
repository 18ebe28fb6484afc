package vocab

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseColors(t *testing.T) {
	t.Parallel()

	const (
		brown, gray  = "Brown / Chocolate", "Gray / Blue / Silver"
		orange, buff = "Orange / Red", "Buff / Tan / Fawn"
		tuxedo       = "Black & White / Tuxedo"
	)
	tests := map[string]struct {
		raw      []string
		want     Colors
		unparsed string
	}{
		"plain color has no pattern":            {[]string{"BLACK"}, Colors{Primary: "Black"}, ""},
		"black and white":                       {[]string{"BLACK/WHITE"}, Colors{Primary: tuxedo, Pattern: Bicolor}, ""},
		"white and black":                       {[]string{"White and Black"}, Colors{Primary: tuxedo, Pattern: Bicolor}, ""},
		"black and white in two fields":         {[]string{"White", "black"}, Colors{Primary: tuxedo, Pattern: Bicolor}, ""},
		"blue and white is gray and white":      {[]string{"Blue/White"}, Colors{Primary: "Gray & White", Pattern: Bicolor}, ""},
		"tan and white is buff and white":       {[]string{"White/Tan"}, Colors{Primary: "Buff & White", Pattern: Bicolor}, ""},
		"brown and white stay separate":         {[]string{"White / Brown"}, Colors{Primary: white, Secondary: brown, Pattern: Bicolor}, ""},
		"tuxedo is black and white":             {[]string{"Tuxedo"}, Colors{Primary: tuxedo, Pattern: Tuxedo}, ""},
		"gray tuxedo is gray and white":         {[]string{"gray tuxedo"}, Colors{Primary: "Gray & White", Pattern: Tuxedo}, ""},
		"Adopt-a-Pet spelling of tuxedo":        {[]string{"Black & White or Tuxedo"}, Colors{Primary: tuxedo, Pattern: Bicolor}, ""},
		"three colors":                          {[]string{"Brown, Black and White"}, Colors{brown, "Black", white, ""}, ""},
		"French black and white":                {[]string{"Noir et blanc"}, Colors{Primary: tuxedo, Pattern: Bicolor}, ""},
		"French gray tabby":                     {[]string{"Tigré gris"}, Colors{Primary: "Tabby (Gray / Blue / Silver)", Pattern: TabbyTiger}, ""},
		"French tortoiseshell":                  {[]string{"Écaille de tortue"}, Colors{Primary: "Tortoiseshell", Pattern: Tortoiseshell}, ""},
		"French calico":                         {[]string{"Tricolore"}, Colors{Primary: "Calico", Pattern: Calico}, ""},
		"French orange":                         {[]string{"Roux"}, Colors{Primary: orange}, ""},
		"a null of software":                    {[]string{"null"}, Colors{}, ""},
		"fourth color is dropped":               {[]string{"Brown, Black, Cream", "Orange"}, Colors{brown, "Black", "Cream / Ivory", ""}, ""},
		"same color twice":                      {[]string{"Black/Black"}, Colors{Primary: "Black"}, ""},
		"tabby with a color":                    {[]string{"BRN TABBY"}, Colors{Primary: "Tabby (Brown / Chocolate)", Pattern: Tabby}, ""},
		"tabby with white":                      {[]string{"ORANGE TAB / WHITE"}, Colors{Primary: "Tabby (Orange / Red)", Secondary: white, Pattern: Tabby}, ""},
		"white before tabby":                    {[]string{"White/Brown Tabby"}, Colors{Primary: white, Secondary: "Tabby (Brown / Chocolate)", Pattern: Tabby}, ""},
		"white is not the color of a tabby":     {[]string{"Orange and White Tabby"}, Colors{Primary: "Tabby (Orange / Red)", Secondary: white, Pattern: Tabby}, ""},
		"black tabby is brown":                  {[]string{"BLK TABBY"}, Colors{Primary: "Tabby (Brown / Chocolate)", Pattern: Tabby}, ""},
		"two colors of one tabby":               {[]string{"Cream Ginger Tabby"}, Colors{Primary: "Tabby (Orange / Red)", Pattern: Tabby}, ""},
		"Adopt-a-Pet spelling of gray tabby":    {[]string{"Gray, Blue or Silver Tabby"}, Colors{Primary: "Tabby (Gray / Blue / Silver)", Pattern: Tabby}, ""},
		"tabby without color is a pattern only": {[]string{"Tabby and White"}, Colors{Primary: white, Pattern: Tabby}, ""},
		"tiger is a kind of tabby":              {[]string{"brown  tiger"}, Colors{Primary: "Tabby (Brown / Chocolate)", Pattern: TabbyTiger}, ""},
		"tiger without color":                   {[]string{"Tiger"}, Colors{Primary: "Tabby (Tiger Striped)", Pattern: TabbyTiger}, ""},
		"Adopt-a-Pet spelling of spotted tabby": {[]string{"Spotted Tabby/Leopard Spotted"}, Colors{Primary: "Tabby (Leopard / Spotted)", Pattern: TabbySpotted}, ""},
		"pattern field refines the color":       {[]string{"Brown Tabby", "", "Spotted"}, Colors{Primary: "Tabby (Brown / Chocolate)", Pattern: TabbySpotted}, ""},
		"ticked is a tabby":                     {[]string{"Blue Ticked"}, Colors{Primary: "Tabby (Gray / Blue / Silver)", Pattern: TabbyTicked}, ""},
		"tortie":                                {[]string{"TORTIE"}, Colors{Primary: "Tortoiseshell", Pattern: Tortoiseshell}, ""},
		"black tortie is a tortie":              {[]string{"Black Tortie"}, Colors{Primary: "Tortoiseshell", Pattern: Tortoiseshell}, ""},
		"dilute after the color":                {[]string{"tortie dilute"}, Colors{Primary: "Dilute Tortoiseshell", Pattern: DiluteTortoiseshell}, ""},
		"muted is dilute":                       {[]string{"Muted Calico"}, Colors{Primary: "Dilute Calico", Pattern: DiluteCalico}, ""},
		"blue cream calico is dilute":           {[]string{"Blue Cream Calico"}, Colors{Primary: "Dilute Calico", Pattern: DiluteCalico}, ""},
		"tricolor is calico":                    {[]string{"Tricolour"}, Colors{Primary: "Calico", Pattern: Calico}, ""},
		"tabby and tortie are a torbie":         {[]string{"BRN TABBY/TORTIE"}, Colors{Primary: "Tabby (Brown / Chocolate)", Secondary: "Tortoiseshell", Pattern: Torbie}, ""},
		"tabby and calico are a torbie":         {[]string{"Tabbico"}, Colors{Primary: "Torbie", Pattern: Torbie}, ""},
		"patched tabby is a torbie":             {[]string{"Silver Patch Tabby"}, Colors{Primary: "Torbie", Pattern: Torbie}, ""},
		"color point":                           {[]string{"SEAL PT/WHITE"}, Colors{Primary: "Seal Point", Secondary: white, Pattern: Colorpoint}, ""},
		"red point is flame":                    {[]string{"red point"}, Colors{Primary: "Flame Point", Pattern: Colorpoint}, ""},
		"lynx point is a pattern only":          {[]string{"LYNX PT"}, Colors{Pattern: LynxPoint}, ""},
		"lynx point with a color":               {[]string{"blue lynx point"}, Colors{Primary: "Blue Point", Pattern: LynxPoint}, ""},
		"tortie point is a tortie":              {[]string{"Torti Point Bicolor"}, Colors{Primary: "Tortoiseshell", Pattern: Colorpoint}, ""},
		"black smoke is smoke":                  {[]string{"BLK SMOKE/WHITE"}, Colors{Primary: "Smoke", Secondary: white, Pattern: Smoke}, ""},
		"all black is solid":                    {[]string{"Black (All)"}, Colors{Primary: "Black", Pattern: Solid}, ""},
		"mostly black is black":                 {[]string{"Black (Mostly)"}, Colors{Primary: "Black"}, ""},
		"Petfinder name is one color":           {[]string{"Gray / Blue / Silver"}, Colors{Primary: gray}, ""},
		"Adopt-a-Pet name is one color":         {[]string{"Tan or Fawn"}, Colors{Primary: buff}, ""},
		"unknown beside a color":                {[]string{"White / Unknown"}, Colors{Primary: white}, ""},
		"unknown is not a color":                {[]string{"Unknown"}, Colors{}, ""},
		"no fields":                             {nil, Colors{}, ""},
		"misspelled word is unparsed":           {[]string{"ornage / White"}, Colors{Primary: white}, "ornage"},
		"unparsed word is kept as written":      {[]string{"Zebra Orange"}, Colors{Primary: orange}, "Zebra"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got, unparsed := ParseColors(test.raw...)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("ParseColors(%q) (-want +got):\n%s", test.raw, diff)
			}
			if unparsed != test.unparsed {
				t.Errorf("ParseColors(%q) leaves %q unparsed, want %q", test.raw, unparsed, test.unparsed)
			}
		})
	}
}

func TestColorNames_ArePetfinders(t *testing.T) {
	t.Parallel()

	names := ColorNames()
	if len(names) != 30 {
		t.Errorf("len(ColorNames()) = %d, want 30", len(names))
	}
	for _, name := range names {
		if got, unparsed := ParseColors(name); got.Primary != name || got.Secondary != "" || unparsed != "" {
			t.Errorf("ParseColors(%q) = %+v, unparsed %q; want the color itself", name, got, unparsed)
		}
	}
}

func TestPatterns_ParseAsThemselves(t *testing.T) {
	t.Parallel()

	for _, p := range Patterns() {
		if got, unparsed := ParseColors(string(p)); got.Pattern != p || unparsed != "" {
			t.Errorf("ParseColors(%q) = %+v, unparsed %q; want the pattern itself", p, got, unparsed)
		}
		if p.specificity() < 0 {
			t.Errorf("%s is missing from patternsBySpecificity", p)
		}
	}
}

// TestTables_AreWellFormed checks what newLexicon and colorCombinations assume.
func TestTables_AreWellFormed(t *testing.T) {
	t.Parallel()

	tables := map[string]struct {
		text  string
		cells int
	}{
		"breeds": {breedTable, 3}, "colors": {colorTable, 4}, "color_combinations": {combinationTable, 4}, "sexes": {sexTable, 3},
		"sizes": {sizeTable, 3}, "coats": {coatTable, 3}, "answers": {answerTable, 3}, "ages": {ageTable, 3},
		"temperaments": {temperamentTable, 4}, "household": {householdTable, 3},
	}
	for name, table := range tables {
		for row := range strings.Lines(skipComments(table.text)) {
			cells := strings.Split(strings.TrimSuffix(row, "\n"), "\t")
			if len(cells) != table.cells || slices.Contains(cells[:2], "") {
				t.Errorf("%s.tsv: row %q has %d cells, want %d with the first two not empty", name, row, len(cells), table.cells)
			}
		}
	}
	for combination, e := range colorCombinations() {
		if !slices.Contains(ColorNames(), e.term) || combination.color != "*" && !slices.Contains(ColorNames(), combination.color) {
			t.Errorf("combination %v is called %q, want two names of ColorNames", combination, e.term)
		}
		if p := Pattern(e.note); p != "" && !slices.Contains(Patterns(), p) {
			t.Errorf("combination %v has pattern %q, want one of Patterns", combination, p)
		}
	}
	for spelling, p := range colorWords().phrases {
		if p.note != "" && !slices.Contains(Patterns(), Pattern(p.note)) {
			t.Errorf("spelling %q has pattern %q, want one of Patterns", spelling, p.note)
		}
	}
}
