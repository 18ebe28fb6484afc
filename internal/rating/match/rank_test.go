package match

import (
	"slices"
	"testing"

	"trailcat/internal/catalog"
	"trailcat/internal/hints"
	"trailcat/internal/rating"
	"trailcat/internal/vocab"
)

func rated(readiness string, score, low float64) catalog.Rating {
	return catalog.Rating{Rubric: "1.0.0", Activities: []catalog.ActivityRating{
		{Activity: "leash_walk", Score: &score, Low: &low, Readiness: readiness},
	}}
}

func TestRank_FitAndText(t *testing.T) {
	t.Parallel()

	outlook := func(low, high float64, clearance rating.Clearance, limits ...string) *rating.Outlook {
		return &rating.Outlook{Activities: []rating.ActivityOutlook{{Activity: "leash_walk", TrainingWeeks: &rating.Weeks{Low: low, High: high}, Clearance: clearance, Limits: limits}}}
	}
	says := func(household ...catalog.HouseholdReading) catalog.Cat {
		return catalog.Cat{Facts: catalog.Facts{Sex: vocab.SexFemale}, Reading: catalog.ListingReading{Household: household}}
	}
	traits := func(terms ...string) (out catalog.ListingReading) {
		for _, term := range terms {
			out.Temperament = append(out.Temperament, catalog.TemperamentReading{Term: term, Quote: "so " + term})
		}
		return out
	}
	noise := func(n Noise) Profile { return Profile{Home: Home{Noise: n}} }
	observed := func(mean float64) *rating.Outlook {
		return &rating.Outlook{Traits: []rating.TraitEstimate{{Trait: "sound_recovery", Marks: 1, Mean: &mean}}}
	}
	fee := func(currency string, limit, minor int64) (Profile, catalog.Cat) {
		return Profile{Prefers: Preferences{MaxFee: catalog.Fee{Minor: &limit, Currency: currency}}}, catalog.Cat{Facts: catalog.Facts{Fee: catalog.Fee{Minor: &minor, Currency: currency}}}
	}
	yen, yenCat := fee("JPY", 20000, 12500)
	dinar, dinarCat := fee("KWD", 5000, 12500)
	walks := Profile{Activities: []string{"leash_walk"}}
	she := catalog.Facts{Sex: vocab.SexFemale}
	tests := map[string]struct {
		profile Profile
		cat     catalog.Cat
		outlook *rating.Outlook
		fit     float64
		text    string
	}{
		"empty profile":                   {Profile{}, catalog.Cat{}, nil, 50, ""},
		"natural":                         {walks, catalog.Cat{Rating: rated("ready_now", 82, 70)}, nil, 100, "This cat is ready for leash walks now (82 of 100, likely 70 or more)."},
		"not assessed":                    {walks, catalog.Cat{Facts: she}, nil, 50, "Nobody has assessed yet how she would take to leash walks."},
		"wide range":                      {walks, catalog.Cat{Rating: rated("ready_with_training", 70, 27)}, nil, 50, ""},
		"on hold":                         {walks, catalog.Cat{Facts: she, Rating: rated("on_hold", 82, 70)}, nil, 40, "Leash walks are on hold until something about her health or safety is settled (82 of 100, likely 70 or more)."},
		"build confidence first":          {walks, catalog.Cat{Rating: rated("build_confidence_first", 55, 45)}, nil, 50, ""},
		"unknown":                         {Profile{Dogs: new(true)}, catalog.Cat{Facts: she}, nil, 25, "Nobody has said whether she lives well with dogs."},
		"unknown with a child of 9":       {Profile{Children: []int{9}}, catalog.Cat{Facts: she}, nil, 50, "Nobody has said whether she lives well with children."},
		"listing says good with dogs":     {Profile{Dogs: new(true)}, says(catalog.HouseholdReading{Fact: "good_with_dogs", Likely: true, Quote: "loves dogs"}), nil, 70, "The listing says “loves dogs”; ask the shelter whether she lives well with dogs."},
		"listing says no dogs":            {Profile{Dogs: new(true)}, says(catalog.HouseholdReading{Fact: "good_with_dogs", Likely: false, Quote: "no dogs please"}), nil, 10, "The listing says “no dogs please”; ask the shelter whether she could live with dogs."},
		"listing says indoors":            {Profile{Home: Home{IndoorOnly: new(true)}}, says(catalog.HouseholdReading{Fact: "indoor_only", Likely: true, Quote: "indoor home only"}), nil, 70, "The listing says “indoor home only”, which fits how she would live with you."},
		"restricted":                      {walks, catalog.Cat{Facts: she, Rating: rated("ready_now", 82, 70)}, outlook(0, 1, "restricted", "Deaf: Never near roads; always within sight of the cat."), 87.5, "She is ready for leash walks now (82 of 100, likely 70 or more). Leash walks are restricted. Deaf: Never near roads; always within sight of the cat."},
		"adventurous by the listing":      {walks, catalog.Cat{Facts: she, Reading: traits("adventurous")}, nil, 55, "The listing says “so adventurous”, but nobody has assessed yet how she would take to leash walks."},
		"adventurous and shy":             {walks, catalog.Cat{Facts: she, Reading: traits("adventurous", "shy")}, nil, 50, "The listing says “so adventurous” and “so shy”, but nobody has assessed yet how she would take to leash walks."},
		"observed too little":             {walks, catalog.Cat{Facts: she}, observed(75), 50, "What people have observed is not enough yet to say how she would take to leash walks."},
		"shy by the listing":              {Profile{Experience: FirstTime}, catalog.Cat{Facts: she, Reading: traits("shy")}, nil, 30, "The listing says “so shy”; she may need people who know how to win a shy cat's trust."},
		"shy by the listing, assessed":    {Profile{Experience: FirstTime}, catalog.Cat{Facts: she, Rating: catalog.Rating{Overall: new(70.0)}, Reading: traits("shy")}, nil, 50, "Nobody has said whether she has special needs."},
		"unknown age, alone for 20 hours": {Profile{HoursAway: new(20.0)}, catalog.Cat{Facts: she}, nil, 0, "No cat should be alone for more than about 10 hours a day."},
		"restricted, not assessed":        {walks, catalog.Cat{Facts: she}, &rating.Outlook{Activities: []rating.ActivityOutlook{{Activity: "leash_walk", Clearance: rating.ClearanceRestricted, Limits: []string{"Declawed: Within arm's reach."}}}}, 45, "Nobody has assessed yet how she would take to leash walks. Leash walks are restricted. Declawed: Within arm's reach."},
		"busy home, calm cat":             {noise(Busy), catalog.Cat{Facts: she}, observed(75), 75, "People observed that she recovers from sounds at once, which helps in a busy home."},
		"busy home, frightened cat":       {noise(Busy), catalog.Cat{Facts: she}, observed(0), 0, "People observed that she is frightened by sounds; your home is busy."},
		"quiet home, frightened cat":      {noise(Quiet), catalog.Cat{Facts: she}, observed(0), 100, "People observed that she is frightened by sounds; a quiet home is what she needs."},
		"quiet home, calm cat":            {noise(Quiet), catalog.Cat{Facts: she}, observed(75), 50, ""},
		"busy home, shy by the listing":   {noise(Busy), catalog.Cat{Facts: she, Reading: traits("shy")}, nil, 30, "The listing says “so shy”; your home is busy."},
		"noise unknown":                   {noise(Normal), catalog.Cat{Facts: she}, nil, 50, "Nobody has said how she takes noise."},
		"fee in yen":                      {yen, yenCat, nil, 100, "The adoption costs 12500 JPY."},
		"fee in dinars":                   {dinar, dinarCat, nil, 0, "The adoption costs 12.500 KWD, more than you wish to pay."},
		"kitten alone for 9 hours":        {Profile{HoursAway: new(9.0)}, catalog.Cat{Facts: catalog.Facts{AgeGroup: "kitten"}}, nil, 0, "A kitten should not be alone for more than about 4 hours a day."},
		"enough training time":            {Profile{Activities: []string{"leash_walk"}, TrainingWeeks: new(6.0)}, catalog.Cat{Rating: rated("ready_with_training", 60, 27)}, outlook(1.5, 6, "clear"), 60, "Training this cat for leash walks takes about 1.5 to 6 weeks."},
		"too little training time":        {Profile{Activities: []string{"leash_walk"}, TrainingWeeks: new(3.0)}, catalog.Cat{Rating: rated("ready_with_training", 60, 27)}, outlook(1.5, 6, "clear"), 45, "Training this cat for leash walks takes about 1.5 to 6 weeks."},
		"fee above the limit":             {Profile{Prefers: Preferences{MaxFee: catalog.Fee{Minor: new(int64(5000)), Currency: "USD"}}}, catalog.Cat{Facts: catalog.Facts{Fee: catalog.Fee{Minor: new(int64(12500)), Currency: "USD"}}}, nil, 0, "The adoption costs 125.00 USD, more than you wish to pay."},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			matches, _ := Rank(test.profile, []Candidate{{Cat: test.cat, DistanceKm: -1, Outlook: test.outlook}}, today, 1)
			m := matches[0]
			reasons := slices.Concat(m.For, m.Against, m.Unknown)
			if len(reasons) == 0 {
				reasons = []Reason{{}}
			}
			if m.Fit != test.fit || len(reasons) > 1 || reasons[0].Text != test.text {
				t.Errorf("got fit %v and reasons %+v, want %v and %q", m.Fit, reasons, test.fit, test.text)
			}
		})
	}
}

// Answers in the software of the shelter count as the words of the listing do, in words of
// their own.
func TestRank_ShelterRecord(t *testing.T) {
	t.Parallel()

	leash := hints.Hint{Trait: "harness_comfort", Level: 4, Source: "traits.leash", Words: "yes", Answer: "leash trained", Recorded: true}
	text := hints.Hint{Trait: "novelty_response", Level: 2, Source: hints.Description, Words: "wary of new things"}
	const open = ", but nobody has assessed yet how this cat would take to leash walks."
	for want, test := range map[string]struct {
		hints []hints.Hint
		fit   float64
	}{
		"The shelter recorded: leash trained" + open:                                        {[]hints.Hint{leash}, 55},
		"The listing says “wary of new things”; the shelter recorded: leash trained" + open: {[]hints.Hint{leash, text}, 50},
	} {
		matches, _ := Rank(Profile{Activities: []string{"leash_walk"}}, []Candidate{{Hints: test.hints, DistanceKm: -1}}, today, 1)
		m := matches[0]
		if reasons := slices.Concat(m.For, m.Against, m.Unknown); m.Fit != test.fit || len(reasons) != 1 || reasons[0].Text != want {
			t.Errorf("got fit %v and reasons %+v, want %v and %q", m.Fit, reasons, test.fit, want)
		}
	}
}

func TestRank_FirstActivityWeighsMost(t *testing.T) {
	t.Parallel()

	p := Profile{Activities: []string{"backpack", "leash_walk"}}
	only := func(activity string) Candidate {
		r := rated("ready_now", 82, 70)
		r.Activities[0].Activity = activity
		return Candidate{Cat: catalog.Cat{ID: activity, Number: int64(len(activity)), Rating: r}}
	}
	matches, _ := Rank(p, []Candidate{only("leash_walk"), only("backpack")}, today, 2)
	if matches[0].Cat.ID != "backpack" || matches[0].Fit <= matches[1].Fit {
		t.Errorf("got %s with fit %v before %s with fit %v, want backpack first with a higher fit", matches[0].Cat.ID, matches[0].Fit, matches[1].Cat.ID, matches[1].Fit)
	}
}

func TestRank_EqualFitsAreOrderedByNumber(t *testing.T) {
	t.Parallel()

	matches, _ := Rank(Profile{}, []Candidate{{Cat: catalog.Cat{Number: 2}}, {Cat: catalog.Cat{Number: 1}}}, today, 2)
	if matches[0].Cat.Number != 1 {
		t.Errorf("got number %d first, want 1", matches[0].Cat.Number)
	}
}

// Old cats, and cats under half a year, are remarked where hikes are wanted.
func TestRank_AgeForHikes(t *testing.T) {
	t.Parallel()

	for months, want := range map[int]string{
		13 * 12: "At 13 years this cat should only hike short ways, on soft ground; hard hikes are not for this cat.",
		9 * 12:  "At 9 years long or steep hikes are a strain; have a vet look at its heart and joints first.",
		4 * 12:  "",
		4:       "Under half a year this cat should mostly be carried on hikes.",
	} {
		cat := catalog.Cat{Facts: catalog.Facts{Birth: catalog.Birth{On: today.AddDate(0, -months, 0), Precision: "day"}}}
		matches, _ := Rank(Profile{Activities: []string{"hike"}}, []Candidate{{Cat: cat}}, today, 1)
		got := ""
		if against := matches[0].Against; len(against) > 0 {
			got = against[0].Text
		}
		if got != want {
			t.Errorf("%d months: got %q, want %q", months, got, want)
		}
	}
}

func TestProfile_Advice(t *testing.T) {
	t.Parallel()

	for _, test := range []struct {
		profile Profile
		want    []string
	}{
		{Profile{}, nil},
		{Profile{HoursAway: new(10.0), HoursForCat: new(0.5), TrainingWeeks: new(4.0), Activities: []string{"leash_walk"}}, nil},
		{Profile{HoursAway: new(20.0), HoursForCat: new(0.25)}, []string{"alone_too_long", "too_little_time"}},
		{Profile{HoursAway: new(8.0), Prefers: Preferences{AgeGroups: []string{"kitten"}}}, []string{"kitten_alone"}},
		{Profile{TrainingWeeks: new(1.0), Activities: []string{"leash_walk"}}, []string{"settling_first"}},
		{Profile{Home: Home{Type: Apartment, IndoorOnly: new(false)}}, []string{"roaming_from_apartment"}},
	} {
		var got []string
		for _, a := range test.profile.Advice() {
			got = append(got, a.Code)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%+v: got %v, want %v", test.profile, got, test.want)
		}
	}
}
