package vocab

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadColors(t *testing.T) {
	t.Parallel()

	const (
		brown, gray  = "Brown / Chocolate", "Gray / Blue / Silver"
		orange, buff = "Orange / Red", "Buff / Tan / Fawn"
		tuxedo       = "Black & White / Tuxedo"
	)
	tests := map[string]struct {
		raw  []string
		want Colors
		left string
	}{
		"a plain colour says no pattern":              {[]string{"BLACK"}, Colors{Primary: "Black"}, ""},
		"black and white has a name":                  {[]string{"BLACK/WHITE"}, Colors{Primary: tuxedo, Pattern: Bicolor}, ""},
		"so has white and black":                      {[]string{"White and Black"}, Colors{Primary: tuxedo, Pattern: Bicolor}, ""},
		"so it has in two fields":                     {[]string{"White", "black"}, Colors{Primary: tuxedo, Pattern: Bicolor}, ""},
		"blue and white is gray and white":            {[]string{"Blue/White"}, Colors{Primary: "Gray & White", Pattern: Bicolor}, ""},
		"tan and white is buff and white":             {[]string{"White/Tan"}, Colors{Primary: "Buff & White", Pattern: Bicolor}, ""},
		"brown and white has no name":                 {[]string{"White / Brown"}, Colors{Primary: white, Secondary: brown, Pattern: Bicolor}, ""},
		"a tuxedo is black and white":                 {[]string{"Tuxedo"}, Colors{Primary: tuxedo, Pattern: Tuxedo}, ""},
		"unless it is gray":                           {[]string{"gray tuxedo"}, Colors{Primary: "Gray & White", Pattern: Tuxedo}, ""},
		"Adopt-a-Pet's tuxedo":                        {[]string{"Black & White or Tuxedo"}, Colors{Primary: tuxedo, Pattern: Bicolor}, ""},
		"three colours stay three":                    {[]string{"Brown, Black and White"}, Colors{brown, "Black", white, ""}, ""},
		"a fourth is dropped":                         {[]string{"Brown, Black, Cream", "Orange"}, Colors{brown, "Black", "Cream / Ivory", ""}, ""},
		"a colour twice is one":                       {[]string{"Black/Black"}, Colors{Primary: "Black"}, ""},
		"a tabby has a colour":                        {[]string{"BRN TABBY"}, Colors{Primary: "Tabby (Brown / Chocolate)", Pattern: Tabby}, ""},
		"a tabby may have white":                      {[]string{"ORANGE TAB / WHITE"}, Colors{Primary: "Tabby (Orange / Red)", Secondary: white, Pattern: Tabby}, ""},
		"white may come first":                        {[]string{"White/Brown Tabby"}, Colors{Primary: white, Secondary: "Tabby (Brown / Chocolate)", Pattern: Tabby}, ""},
		"white is no tabby's colour":                  {[]string{"Orange and White Tabby"}, Colors{Primary: "Tabby (Orange / Red)", Secondary: white, Pattern: Tabby}, ""},
		"a black tabby is a brown one":                {[]string{"BLK TABBY"}, Colors{Primary: "Tabby (Brown / Chocolate)", Pattern: Tabby}, ""},
		"two colours of one tabby":                    {[]string{"Cream Ginger Tabby"}, Colors{Primary: "Tabby (Orange / Red)", Pattern: Tabby}, ""},
		"Adopt-a-Pet's gray tabby":                    {[]string{"Gray, Blue or Silver Tabby"}, Colors{Primary: "Tabby (Gray / Blue / Silver)", Pattern: Tabby}, ""},
		"a tabby without colour has only a pattern":   {[]string{"Tabby and White"}, Colors{Primary: white, Pattern: Tabby}, ""},
		"a tiger is a kind of tabby":                  {[]string{"brown  tiger"}, Colors{Primary: "Tabby (Brown / Chocolate)", Pattern: TabbyTiger}, ""},
		"a tiger without colour has Petfinder's name": {[]string{"Tiger"}, Colors{Primary: "Tabby (Tiger Striped)", Pattern: TabbyTiger}, ""},
		"Adopt-a-Pet's spotted tabby":                 {[]string{"Spotted Tabby/Leopard Spotted"}, Colors{Primary: "Tabby (Leopard / Spotted)", Pattern: TabbySpotted}, ""},
		"a pattern field tells more of the colour":    {[]string{"Brown Tabby", "", "Spotted"}, Colors{Primary: "Tabby (Brown / Chocolate)", Pattern: TabbySpotted}, ""},
		"ticked is a tabby":                           {[]string{"Blue Ticked"}, Colors{Primary: "Tabby (Gray / Blue / Silver)", Pattern: TabbyTicked}, ""},
		"tortie":                                      {[]string{"TORTIE"}, Colors{Primary: "Tortoiseshell", Pattern: Tortoiseshell}, ""},
		"a black tortie is a tortie":                  {[]string{"Black Tortie"}, Colors{Primary: "Tortoiseshell", Pattern: Tortoiseshell}, ""},
		"dilute may come last":                        {[]string{"tortie dilute"}, Colors{Primary: "Dilute Tortoiseshell", Pattern: DiluteTortoiseshell}, ""},
		"muted is dilute":                             {[]string{"Muted Calico"}, Colors{Primary: "Dilute Calico", Pattern: DiluteCalico}, ""},
		"a blue cream calico is dilute":               {[]string{"Blue Cream Calico"}, Colors{Primary: "Dilute Calico", Pattern: DiluteCalico}, ""},
		"tricolor is calico":                          {[]string{"Tricolour"}, Colors{Primary: "Calico", Pattern: Calico}, ""},
		"tabby and tortie are a torbie":               {[]string{"BRN TABBY/TORTIE"}, Colors{Primary: "Tabby (Brown / Chocolate)", Secondary: "Tortoiseshell", Pattern: Torbie}, ""},
		"tabby and calico are a torbie":               {[]string{"Tabbico"}, Colors{Primary: "Torbie", Pattern: Torbie}, ""},
		"a patched tabby is a torbie":                 {[]string{"Silver Patch Tabby"}, Colors{Primary: "Torbie", Pattern: Torbie}, ""},
		"points have colours":                         {[]string{"SEAL PT/WHITE"}, Colors{Primary: "Seal Point", Secondary: white, Pattern: Colorpoint}, ""},
		"red points are flame":                        {[]string{"red point"}, Colors{Primary: "Flame Point", Pattern: Colorpoint}, ""},
		"a lynx point has no colour at Petfinder":     {[]string{"LYNX PT"}, Colors{Pattern: LynxPoint}, ""},
		"unless it has one":                           {[]string{"blue lynx point"}, Colors{Primary: "Blue Point", Pattern: LynxPoint}, ""},
		"a tortie point is a tortie":                  {[]string{"Torti Point Bicolor"}, Colors{Primary: "Tortoiseshell", Pattern: Colorpoint}, ""},
		"black smoke is smoke":                        {[]string{"BLK SMOKE/WHITE"}, Colors{Primary: "Smoke", Secondary: white, Pattern: Smoke}, ""},
		"all black is solid":                          {[]string{"Black (All)"}, Colors{Primary: "Black", Pattern: Solid}, ""},
		"mostly black is black":                       {[]string{"Black (Mostly)"}, Colors{Primary: "Black"}, ""},
		"Petfinder's own list of words is one colour": {[]string{"Gray / Blue / Silver"}, Colors{Primary: gray}, ""},
		"so is Adopt-a-Pet's":                         {[]string{"Tan or Fawn"}, Colors{Primary: buff}, ""},
		"unknown beside a colour":                     {[]string{"White / Unknown"}, Colors{Primary: white}, ""},
		"unknown is no colour":                        {[]string{"Unknown"}, Colors{}, ""},
		"nothing is no colour":                        {nil, Colors{}, ""},
		"a misspelt word is left, the rest stays":     {[]string{"ornage / White"}, Colors{Primary: white}, "ornage"},
		"what is left stands as it was written":       {[]string{"Zebra Orange"}, Colors{Primary: orange}, "Zebra"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got, left := ParseColors(test.raw...)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("ReadColors(%q) (-want +got):\n%s", test.raw, diff)
			}
			if left != test.left {
				t.Errorf("ReadColors(%q) left %q, want %q", test.raw, left, test.left)
			}
		})
	}
}

func TestColorsAreThoseOfPetfinder(t *testing.T) {
	t.Parallel()

	names := ColorNames()
	if len(names) != 30 {
		t.Errorf("%d colours, want 30", len(names))
	}
	for _, name := range names {
		if got, left := ParseColors(name); got.Primary != name || got.Secondary != "" || left != "" {
			t.Errorf("ReadColors(%q) = %+v, left %q", name, got, left)
		}
	}
}

func TestPatternsReadAsThemselves(t *testing.T) {
	t.Parallel()

	for _, p := range Patterns() {
		if got, left := ParseColors(string(p)); got.Pattern != p || left != "" {
			t.Errorf("ReadColors(%q) = %+v, left %q", p, got, left)
		}
		if p.detail() < 0 {
			t.Errorf("nobody said how much %s tells", p)
		}
	}
}

// TestTablesAreWellFormed holds the tables to what their readers take for granted.
func TestTablesAreWellFormed(t *testing.T) {
	t.Parallel()

	tables := map[string]struct {
		text  string
		cells int
	}{
		"breeds": {breedTable, 3}, "colors": {colorTable, 4}, "blends": {blendTable, 4}, "sexes": {sexTable, 3},
		"sizes": {sizeTable, 3}, "coats": {coatTable, 3}, "answers": {answerTable, 3}, "ages": {ageTable, 3},
	}
	for name, table := range tables {
		for row := range strings.Lines(tableRows(table.text)) {
			cells := strings.Split(strings.TrimSuffix(row, "\n"), "\t")
			if len(cells) != table.cells || slices.Contains(cells[:2], "") {
				t.Errorf("%s: %q has %d cells, want %d, the first two not empty", name, row, len(cells), table.cells)
			}
		}
	}
	for made, e := range blends() {
		if !slices.Contains(ColorNames(), e.term) || made.color != "*" && !slices.Contains(ColorNames(), made.color) {
			t.Errorf("blend %v becomes %q: no colours of ours", made, e.term)
		}
		if p := Pattern(e.note); p != "" && !slices.Contains(Patterns(), p) {
			t.Errorf("blend %v has pattern %q", made, p)
		}
	}
	for spelling, p := range colorWords().phrases {
		if p.note != "" && !slices.Contains(Patterns(), Pattern(p.note)) {
			t.Errorf("%q has pattern %q", spelling, p.note)
		}
	}
}
