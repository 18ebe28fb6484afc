package match

import "trailcat/internal/catalog"

// Profile is a home that wants a cat. What is not said asks for nothing.
type Profile struct {
	Home       Home
	Dogs, Cats *bool // that live there
	Children   []int // their ages; empty but not nil: none
	Experience Experience
	Activities []string // in the words of the rubric, the most wished first

	HoursAway     *float64 // in which the cat is alone, on a usual day
	HoursForCat   *float64 // for play and training, a day
	TrainingWeeks *float64 // that training may take until the first outing

	Prefers  Preferences
	RadiusKm float64 // within which is looked; 0 is any distance
}

// Home is where the cat would live.
type Home struct {
	Type       HomeType
	Outdoors   Outdoors
	IndoorOnly *bool // but for outings together; false: the cat may go out by itself
}

// HomeType is a sort of home.
type HomeType string

// The sorts of home.
const (
	House     HomeType = "house"
	Apartment HomeType = "apartment"
)

// Outdoors is the space outside that belongs to a home.
type Outdoors string

// The spaces outside.
const (
	Catio      Outdoors = "catio"
	Yard       Outdoors = "yard"
	Balcony    Outdoors = "balcony"
	NoOutdoors Outdoors = "none"
)

// Experience is how much somebody knows of cats.
type Experience string

// The experiences.
const (
	FirstTime      Experience = "first_time"
	SomeExperience Experience = "some"
	Experienced    Experience = "experienced"
)

// Preferences are what one would rather have.
type Preferences struct {
	AgeGroups  []string
	Sex        string
	MaxFee     catalog.Fee // Minor nil: any
	TakesPairs *bool       // false: no cat that must leave together with another
}
