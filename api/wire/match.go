package wire

import (
	"fmt"
	"slices"
	"strings"

	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/rating/match"
)

// MatchDraft is a home that looks for a cat. All fields are optional; a field that is
// omitted does not affect the result.
type MatchDraft struct {
	Near          *string          `json:"near" validate:"optional" extensions:"x-nullable" maxLength:"100" example:"20850"`                          // Where the home is: a postal code, "city, ST", or "lat,lng".
	RadiusKm      *float64         `json:"radius_km" validate:"optional" extensions:"x-nullable" minimum:"0.1" maximum:"20040" example:"80"`          // Maximum distance from `near` in kilometers; default 80.
	Home          MatchHome        `json:"home" validate:"optional"`                                                                                  // Where the cat would live.
	OtherAnimals  MatchAnimals     `json:"other_animals" validate:"optional"`                                                                         // Animals that already live in the home.
	Children      []int            `json:"children" validate:"optional" example:"4,9"`                                                                // Ages of the children in years; empty for none.
	Experience    *string          `json:"experience" validate:"optional" extensions:"x-nullable" enums:"first_time,some,experienced"`                // Experience with cats; null when unknown.
	Activities    []string         `json:"activities" validate:"optional" enums:"leash_walk,backpack,hike,patio_visit" example:"leash_walk,backpack"` // Desired activities, the most important first.
	HoursAway     *float64         `json:"hours_away" validate:"optional" extensions:"x-nullable" minimum:"0" maximum:"24" example:"8"`               // Hours a day during which the cat is alone; null when unknown.
	HoursForCat   *float64         `json:"hours_for_cat" validate:"optional" extensions:"x-nullable" minimum:"0" maximum:"24" example:"1.5"`          // Hours a day for play and training; null when unknown.
	TrainingWeeks *float64         `json:"training_weeks" validate:"optional" extensions:"x-nullable" minimum:"0" maximum:"104" example:"8"`          // Weeks that training before the first activity may take; null for no limit.
	Prefers       MatchPreferences `json:"prefers" validate:"optional"`                                                                               // Preferences; they affect the ranking.
	Limit         *int             `json:"limit" validate:"optional" extensions:"x-nullable" minimum:"1" maximum:"50" default:"10" example:"10"`      // Maximum number of matches.
} //	@name	MatchDraft

// MatchHome is where the cat would live.
type MatchHome struct {
	Type       *string `json:"type" validate:"optional" extensions:"x-nullable" enums:"house,apartment"`             // Kind of home; null when unknown.
	Outdoors   *string `json:"outdoors" validate:"optional" extensions:"x-nullable" enums:"catio,yard,balcony,none"` // Private outdoor space of the home; null when unknown.
	IndoorOnly *bool   `json:"indoor_only" validate:"optional" extensions:"x-nullable"`                              // Whether the cat goes outside only for activities with people; false if it may roam freely, null when unknown.
	Noise      *string `json:"noise" validate:"optional" extensions:"x-nullable" enums:"quiet,normal,busy"`          // How noisy the home is on a usual day; null when unknown.
} //	@name	MatchHome

// MatchAnimals are the animals that already live in the home.
type MatchAnimals struct {
	Dogs *bool `json:"dogs" validate:"optional" extensions:"x-nullable"` // Whether dogs live there; null when unknown.
	Cats *bool `json:"cats" validate:"optional" extensions:"x-nullable"` // Whether cats live there; null when unknown.
} //	@name	MatchAnimals

// MatchPreferences are the preferences of a home. They affect the ranking; only `takes_pairs` excludes
// cats.
type MatchPreferences struct {
	AgeGroups  []string  `json:"age_groups" validate:"optional" enums:"kitten,young,adult,senior" example:"young,adult"` // Preferred age groups.
	Sex        *string   `json:"sex" validate:"optional" extensions:"x-nullable" enums:"female,male"`                    // Preferred sex; null for no preference.
	MaxFee     *MatchFee `json:"max_fee" validate:"optional" extensions:"x-nullable"`                                    // Highest adoption fee; null for no limit.
	TakesPairs *bool     `json:"takes_pairs" validate:"optional" extensions:"x-nullable"`                                // False excludes cats that must be adopted together with another; null for no preference.
} //	@name	MatchPreferences

// MatchFee is the highest acceptable adoption fee.
type MatchFee struct {
	AmountMinor int64  `json:"amount_minor" minimum:"0" maximum:"1000000" example:"15000"` // Amount in the smallest unit of the currency, for example cents.
	Currency    string `json:"currency" maxLength:"3" example:"USD"`                       // ISO 4217 code of the currency.
} //	@name	MatchFee

// MatchList is the list of the best matches, and how they were found.
type MatchList struct {
	Data         []Match          `json:"data"`                        // Matches, the best first.
	Page         PageInfo         `json:"page"`                        // Always complete: `has_more` is false.
	WithinRadius int              `json:"within_radius" example:"812"` // Number of available cats within the radius.
	Evaluated    int              `json:"evaluated" example:"500"`     // Number of those cats that were evaluated.
	Advice       []MatchAdvice    `json:"advice"`                      // What makes the home unsuitable for every cat, or for those that it prefers; empty for a suitable home.
	Excluded     []MatchExclusion `json:"excluded"`                    // For each exclusion rule, the number of evaluated cats that it excluded.
} //	@name	MatchList

// Match is a cat that suits a home, with the reasons.
type Match struct {
	Cat            CatCard       `json:"cat"`                                          // The cat.
	Fit            float64       `json:"fit" minimum:"0" maximum:"100" example:"71.4"` // 50 plus the points of all reasons.
	ReasonsFor     []MatchReason `json:"reasons_for"`                                  // Reasons for the match, the strongest first.
	ReasonsAgainst []MatchReason `json:"reasons_against"`                              // Reasons against the match, the strongest first.
	Unknown        []MatchReason `json:"unknown"`                                      // Open questions for the shelter, the most important first.
} //	@name	Match

// MatchReason is a reason for or against a match.
type MatchReason struct {
	Code   string  `json:"code" example:"dogs"`                                              // Stable code for programs.
	Text   string  `json:"text" example:"Nobody has said whether she lives well with dogs."` // Sentence for people.
	Points float64 `json:"points" example:"0"`                                               // Points added to `fit`. For an open question 0, or less where a mistake would be dangerous: with small children and dogs.
} //	@name	MatchReason

// MatchAdvice is advice to the people of the home, whichever cat they choose.
type MatchAdvice struct {
	Code string `json:"code" enums:"alone_too_long,kitten_alone,too_little_time,settling_first,roaming_from_apartment"` // Stable code for programs.
	Text string `json:"text" example:"Every cat needs at least half an hour of play a day, and training takes more."`   // Sentences for people.
} //	@name	MatchAdvice

// MatchExclusion is the number of cats that one exclusion rule excluded. Several rules can
// exclude the same cat.
type MatchExclusion struct {
	Code string `json:"code" enums:"not_good_with_children,not_good_with_dogs,not_good_with_cats,felv_beside_cats,bonded"` // Code of the rule.
	Text string `json:"text" example:"Known not to live well with dogs."`                                                  // The rule as a sentence for people.
	Cats int    `json:"cats" example:"12"`                                                                                 // Number of excluded cats.
} //	@name	MatchExclusion

// Profile returns the home, and the errors of the draft.
func (d MatchDraft) Profile() (match.Profile, catalog.FieldErrors) {
	p := match.Profile{
		Home: match.Home{Type: match.HomeType(StringOrEmpty(d.Home.Type)), Outdoors: match.Outdoors(StringOrEmpty(d.Home.Outdoors)), IndoorOnly: d.Home.IndoorOnly, Noise: match.Noise(StringOrEmpty(d.Home.Noise))},
		Dogs: d.OtherAnimals.Dogs, Cats: d.OtherAnimals.Cats, Children: d.Children, Experience: match.Experience(StringOrEmpty(d.Experience)),
		Activities: d.Activities, HoursAway: d.HoursAway, HoursForCat: d.HoursForCat, TrainingWeeks: d.TrainingWeeks,
		Prefers: match.Preferences{AgeGroups: d.Prefers.AgeGroups, Sex: StringOrEmpty(d.Prefers.Sex), MaxFee: catalog.Fee{}, TakesPairs: d.Prefers.TakesPairs},
	}
	if fee := d.Prefers.MaxFee; fee != nil {
		p.Prefers.MaxFee = catalog.Fee{Minor: &fee.AmountMinor, Currency: strings.ToUpper(fee.Currency), Waived: nil}
	}
	return p, d.validate()
}

const maxChildren = 20

// validate returns the errors that the JSON shape does not exclude.
func (d MatchDraft) validate() catalog.FieldErrors {
	var errs catalog.FieldErrors
	errs.Check(len(d.Children) <= maxChildren, "/children", errcode.TooMany, fmt.Sprintf("Must have at most %d items, got %d.", maxChildren, len(d.Children)))
	for i, age := range d.Children {
		errs.Check(0 <= age && age <= 17, fmt.Sprintf("/children/%d", i), errcode.OutOfRange, fmt.Sprintf("Must be an age between 0 and 17, got %d.", age))
	}
	if away, with := d.HoursAway, d.HoursForCat; away != nil && with != nil {
		errs.Check(*away+*with <= 24, "/hours_for_cat", errcode.OutOfRange, fmt.Sprintf("The hours with the cat and the %g hours in which it is alone must add up to at most 24, got %g.", *away, *away+*with))
	}
	if fee := d.Prefers.MaxFee; fee != nil {
		errs.Check(len(fee.Currency) == 3, "/prefers/max_fee/currency", errcode.Malformed, fmt.Sprintf("Expected an ISO 4217 code such as USD, got %q.", fee.Currency))
	}
	errs = append(errs, checkTerms("/activities", d.Activities, catalog.Activities())...)
	errs = append(errs, checkTerms("/prefers/age_groups", d.Prefers.AgeGroups, []string{"kitten", "young", "adult", "senior"})...)
	return errs
}

// checkTerms returns errors for values that are not one of the terms or appear twice.
func checkTerms(pointer string, values, terms []string) catalog.FieldErrors {
	var errs catalog.FieldErrors
	for i, value := range values {
		item := fmt.Sprintf("%s/%d", pointer, i)
		if !slices.Contains(terms, value) {
			unknown := binding.UnknownValue(value, terms)
			unknown.Pointer = item
			errs = append(errs, *unknown)
		}
		errs.Check(!slices.Contains(values[:i], value), item, errcode.Duplicate, fmt.Sprintf("%q appears more than once.", value))
	}
	return errs
}
