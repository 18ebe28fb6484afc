package match

import "trailcat/internal/catalog"

// Profile describes the home of an adopter. A zero or nil field means that the
// adopter has not stated it, and adds no component.
type Profile struct {
	Home       Home
	Dogs, Cats *bool // animals in the home
	Children   []int // ages in years; empty but not nil for none
	Experience Experience
	Activities []string // codes of the rubric, most wanted first

	HoursAway     *float64 // hours that the cat is alone on a usual day
	HoursForCat   *float64 // hours of play and training per day
	TrainingWeeks *float64 // acceptable weeks of training before the first activity outside

	Prefers  Preferences
	RadiusKm float64 // search radius; 0 for any distance
}

// Home describes where the cat would live.
type Home struct {
	Type       HomeType
	Outdoors   Outdoors
	IndoorOnly *bool // except for activities together; false if the cat may go out alone
	Noise      Noise
}

// Noise is how noisy a home is on a usual day.
type Noise string

// The levels of noise.
const (
	Quiet  Noise = "quiet"
	Normal Noise = "normal"
	Busy   Noise = "busy"
)

// HomeType is the type of a home.
type HomeType string

// The types of homes.
const (
	House     HomeType = "house"
	Apartment HomeType = "apartment"
)

// Outdoors is the outdoor space that belongs to a home.
type Outdoors string

// The outdoor spaces.
const (
	Catio      Outdoors = "catio"
	Yard       Outdoors = "yard"
	Balcony    Outdoors = "balcony"
	NoOutdoors Outdoors = "none"
)

// Experience is the adopter's experience with cats.
type Experience string

// The levels of experience.
const (
	FirstTime      Experience = "first_time"
	SomeExperience Experience = "some"
	Experienced    Experience = "experienced"
)

// Preferences holds what an adopter prefers. All but TakesPairs affect the rank
// only.
type Preferences struct {
	AgeGroups  []string
	Sex        string
	MaxFee     catalog.Fee // any fee if Minor is nil
	TakesPairs *bool       // false excludes bonded cats
}
