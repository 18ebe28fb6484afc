package wire

// MatchDraft is a home that wants a cat. All of it may be left out: what is not
// said asks for nothing.
type MatchDraft struct {
	Near          *string      `json:"near" validate:"optional" extensions:"x-nullable" maxLength:"100" example:"20850"`                 // a place: postal code, "city, ST", or "lat,lng"
	RadiusKm      *float64     `json:"radius_km" validate:"optional" extensions:"x-nullable" minimum:"0.1" maximum:"20040" example:"80"` // around near; left out: 80
	Home          MatchHome    `json:"home" validate:"optional"`
	OtherAnimals  MatchAnimals `json:"other_animals" validate:"optional"`
	Children      []int        `json:"children" validate:"optional" example:"4,9"`                                                                // their ages; empty: none
	Experience    *string      `json:"experience" validate:"optional" extensions:"x-nullable" enums:"first_time,some,experienced"`                // with cats
	Activities    []string     `json:"activities" validate:"optional" enums:"leash_walk,backpack,hike,patio_visit" example:"leash_walk,backpack"` // the most wished first
	HoursAway     *float64     `json:"hours_away" validate:"optional" extensions:"x-nullable" minimum:"0" maximum:"24" example:"8"`               // in which the cat is alone, on a usual day
	HoursForCat   *float64     `json:"hours_for_cat" validate:"optional" extensions:"x-nullable" minimum:"0" maximum:"24" example:"1.5"`          // for play and training, a day
	TrainingWeeks *float64     `json:"training_weeks" validate:"optional" extensions:"x-nullable" minimum:"0" maximum:"104" example:"8"`          // that training may take until the first outing
	Prefers       MatchWishes  `json:"prefers" validate:"optional"`
	Limit         *int         `json:"limit" validate:"optional" extensions:"x-nullable" minimum:"1" maximum:"50" default:"10" example:"10"` // matches at most
} //	@name	MatchDraft

// MatchHome is where the cat would live.
type MatchHome struct {
	Type       *string `json:"type" validate:"optional" extensions:"x-nullable" enums:"house,apartment"`
	Outdoors   *string `json:"outdoors" validate:"optional" extensions:"x-nullable" enums:"catio,yard,balcony,none"` // the space outside that belongs to it
	IndoorOnly *bool   `json:"indoor_only" validate:"optional" extensions:"x-nullable"`                              // but for outings together; false: the cat may go out by itself
} //	@name	MatchHome

// MatchAnimals says who lives there already.
type MatchAnimals struct {
	Dogs *bool `json:"dogs" validate:"optional" extensions:"x-nullable"`
	Cats *bool `json:"cats" validate:"optional" extensions:"x-nullable"`
} //	@name	MatchAnimals

// MatchWishes are what one would rather have. They rank, and exclude nobody but
// pairs where those are not taken.
type MatchWishes struct {
	AgeGroups  []string  `json:"age_groups" validate:"optional" enums:"kitten,young,adult,senior" example:"young,adult"`
	Sex        *string   `json:"sex" validate:"optional" extensions:"x-nullable" enums:"female,male"`
	MaxFee     *MatchFee `json:"max_fee" validate:"optional" extensions:"x-nullable"`
	TakesPairs *bool     `json:"takes_pairs" validate:"optional" extensions:"x-nullable"` // false: no cat that must leave together with another
} //	@name	MatchWishes

// MatchFee is what an adoption may cost.
type MatchFee struct {
	AmountMinor int64  `json:"amount_minor" minimum:"0" maximum:"1000000" example:"15000"` // in the smallest unit of the currency: cents
	Currency    string `json:"currency" maxLength:"3" example:"USD"`                       // ISO 4217
} //	@name	MatchFee

// MatchList is the best matches, and how they were found.
type MatchList struct {
	Data         []Match    `json:"data"`                        // the best first
	Page         PageInfo   `json:"page"`                        // the list is always complete: has_more is false
	WithinRadius int        `json:"within_radius" example:"812"` // available cats within the radius
	Evaluated    int        `json:"evaluated" example:"500"`     // of those, the ones that were compared
	Excluded     []Excluded `json:"excluded"`                    // of those, the ones that a limit left out, by limit
} //	@name	MatchList

// Match is a cat for a home, with its reasons.
type Match struct {
	Cat            CatCard       `json:"cat"`
	Fit            float64       `json:"fit" minimum:"0" maximum:"100" example:"71.4"` // 50 and the points of all reasons
	ReasonsFor     []MatchReason `json:"reasons_for"`                                  // the strongest first
	ReasonsAgainst []MatchReason `json:"reasons_against"`                              // the strongest first
	Unknown        []MatchReason `json:"unknown"`                                      // what nobody has said: questions for the shelter, the most important first
} //	@name	Match

// MatchReason is a reason for a match or against it.
type MatchReason struct {
	Code   string  `json:"code" example:"dogs"`                                              // a stable word for programs
	Text   string  `json:"text" example:"Nobody has said whether she lives well with dogs."` // a sentence for people
	Points float64 `json:"points" example:"0"`                                               // what it adds to the fit; 0 for the unknown
} //	@name	MatchReason

// Excluded says how many cats a limit left out. A cat may break several.
type Excluded struct {
	Code string `json:"code" enums:"not_good_with_children,not_good_with_dogs,not_good_with_cats,felv_beside_cats,bonded"`
	Text string `json:"text" example:"Known not to live well with dogs."`
	Cats int    `json:"cats" example:"12"`
} //	@name	Excluded
