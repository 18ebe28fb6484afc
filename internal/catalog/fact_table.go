package catalog

import (
	"strings"
	"sync"
	"time"
)

// Fact describes one fact of a cat. The stored document, the JSON reader, the
// import setters, the columns of the native CSV and the search fields are derived
// from the table of facts; their packages add only what is special to them.
type Fact struct {
	// Name is the fact's name in the API. A dot separates an object from its member.
	Name string
	// Description is one sentence for readers of the API documentation.
	Description string
	Kind        FactKind
	// Filter names the list filter and the facet of a tri-state fact. It is empty
	// for facts that are not filtered, or not by three values.
	Filter string
	// FromText reports whether the text of a listing can make a tri-state fact likely
	// or unlikely while the shelter does not state it; see ListingReading.
	FromText bool
	// OnCard reports whether list cards show the fact.
	OnCard bool
	// Private reports whether the fact is not exported, and not shown except, for some
	// facts, to the shelter's partner.
	Private bool
	// At returns the address of the fact within a set of facts. It is a
	// func(*Facts) *T, where Kind determines T.
	At any
	// Copy sets the fact of one set of facts to that of another.
	Copy func(to, from *Facts)
}

// FactKind says how a fact is written, read and compared.
type FactKind int

// The kinds of facts, with the type that Fact.At points to.
const (
	KindText     FactKind = iota + 1 // string, free text of one line
	KindProse                        // string, free text that may be HTML when it is read
	KindTerm                         // string, a word of a vocabulary
	KindMoment                       // time.Time
	KindDate                         // time.Time, a day
	KindTriState                     // *bool; nil is not known
	KindFlag                         // bool
	KindMeasure                      // *float64, in the unit that ends the name
	KindAmount                       // *int64
	KindList                         // []string
	KindPhotos                       // []Photo
	KindVideos                       // []Video
)

//go:generate go run ./factgen -filters ../filters/tri_state_filters.go -draft ../catjson/tri_state_draft.go

// FactTable returns every fact, in the order of the native CSV. The slice is
// shared: callers must not modify it. To add a fact, add its field to Facts and
// its row here; CONTRIBUTING.md lists the few other places.
func FactTable() []Fact { return factTable() }

var factTable = sync.OnceValue(func() []Fact {
	text, prose, term := factOf[string](KindText), factOf[string](KindProse), factOf[string](KindTerm)
	moment, date := factOf[time.Time](KindMoment), factOf[time.Time](KindDate)
	triState, flag := factOf[*bool](KindTriState), factOf[bool](KindFlag)
	measure, amount, list := factOf[*float64](KindMeasure), factOf[*int64](KindAmount), factOf[[]string](KindList)
	photos, videos := factOf[[]Photo](KindPhotos), factOf[[]Video](KindVideos)
	return []Fact{
		text("name", func(f *Facts) *string { return &f.Name }, "Name of the cat.").onCard(),
		term("status", func(f *Facts) *string { return (*string)(&f.Status) }, "Whether the cat can be adopted.").onCard(),
		text("status_reason", func(f *Facts) *string { return &f.StatusReason }, "The shelter's reason for the status."),
		moment("status_changed_at", func(f *Facts) *time.Time { return &f.StatusChangedAt }, "When the status last changed."),
		moment("listed_at", func(f *Facts) *time.Time { return &f.ListedAt }, "When the cat was first offered for adoption.").onCard(),
		date("available_on", func(f *Facts) *time.Time { return &f.AvailableOn }, "The first day on which the cat can leave the shelter."),
		date("adopted_on", func(f *Facts) *time.Time { return &f.AdoptedOn }, "The day of the adoption."),
		text("url", func(f *Facts) *string { return &f.URL }, "Web page of the cat.").onCard(),
		prose("description", func(f *Facts) *string { return &f.Description }, "Full description, as plain text."),
		prose("summary", func(f *Facts) *string { return &f.Summary }, "Summary of one or two sentences.").onCard(),

		date("birth.date", func(f *Facts) *time.Time { return &f.Birth.On }, "Date of birth.").onCard(),
		term("birth.precision", func(f *Facts) *string { return (*string)(&f.Birth.Precision) }, "Precision of the date of birth.").onCard(),
		term("age_group", func(f *Facts) *string { return (*string)(&f.AgeGroup) }, "Age group: kitten (under 1 year), young (under 3), adult (under 8) or senior.").onCard(),
		term("sex", func(f *Facts) *string { return (*string)(&f.Sex) }, "Sex of the cat.").onCard(),
		triState("altered", func(f *Facts) **bool { return &f.Altered }, "Whether the cat is spayed or neutered.").onCard(),
		term("breed.primary", func(f *Facts) *string { return &f.Breed.Primary }, "Primary breed, as named in the vocabulary.").onCard(),
		term("breed.secondary", func(f *Facts) *string { return &f.Breed.Secondary }, "Secondary breed, as named in the vocabulary.").onCard(),
		triState("breed.mixed", func(f *Facts) **bool { return &f.Breed.Mixed }, "Whether the cat is of mixed breed.").filteredAs("mixed").onCard(),
		flag("breed.unknown", func(f *Facts) *bool { return &f.Breed.Unknown }, "Whether the shelter does not know the breed.").onCard(),
		term("colors.primary", func(f *Facts) *string { return &f.Colors.Primary }, "Primary colour, as named in the vocabulary.").onCard(),
		term("colors.secondary", func(f *Facts) *string { return &f.Colors.Secondary }, "Secondary colour, as named in the vocabulary.").onCard(),
		term("colors.tertiary", func(f *Facts) *string { return &f.Colors.Tertiary }, "Tertiary colour, as named in the vocabulary.").onCard(),
		term("colors.pattern", func(f *Facts) *string { return (*string)(&f.Colors.Pattern) }, "Coat pattern, as named in the vocabulary.").onCard(),
		term("coat", func(f *Facts) *string { return (*string)(&f.Coat) }, "Length of the coat.").onCard(),
		term("size", func(f *Facts) *string { return (*string)(&f.Size) }, "Size of the cat.").onCard(),

		measure("weight_kg", func(f *Facts) **float64 { return &f.WeightKg }, "Weight in kilograms."),
		measure("girth_cm", func(f *Facts) **float64 { return &f.GirthCm }, "Chest girth behind the front legs, in centimetres."),
		measure("body_length_cm", func(f *Facts) **float64 { return &f.BodyLengthCm }, "Length from the nose to the base of the tail, in centimetres."),

		triState("good_with.children", func(f *Facts) **bool { return &f.GoodWith.Children }, "Whether the cat lives well with children.").onCard().readFromText(),
		triState("good_with.dogs", func(f *Facts) **bool { return &f.GoodWith.Dogs }, "Whether the cat lives well with dogs.").onCard().readFromText(),
		triState("good_with.cats", func(f *Facts) **bool { return &f.GoodWith.Cats }, "Whether the cat lives well with other cats.").onCard().readFromText(),
		triState("house_trained", func(f *Facts) **bool { return &f.HouseTrained }, "Whether the cat is house-trained.").onCard(),
		triState("declawed", func(f *Facts) **bool { return &f.Declawed }, "Whether the cat is declawed.").readFromText(),
		triState("special_needs", func(f *Facts) **bool { return &f.SpecialNeeds }, "Whether the cat has special needs.").onCard(),
		prose("special_needs_notes", func(f *Facts) *string { return &f.SpecialNeedsNotes }, "Notes on the special needs."),
		triState("shots_current", func(f *Facts) **bool { return &f.ShotsCurrent }, "Whether vaccinations are up to date."),
		triState("microchipped", func(f *Facts) **bool { return &f.Microchipped }, "Whether the cat has a microchip."),
		text("microchip", func(f *Facts) *string { return &f.MicrochipHash }, "Number of the microchip. Only its hash is stored, and it is never shown.").private(),
		triState("fiv", func(f *Facts) **bool { return &f.FIV }, "Whether the cat tested positive for feline immunodeficiency virus."),
		triState("felv", func(f *Facts) **bool { return &f.FeLV }, "Whether the cat tested positive for feline leukaemia virus."),
		triState("indoor_only", func(f *Facts) **bool { return &f.IndoorOnly }, "Whether the cat must live indoors.").onCard().readFromText(),

		list("temperament", func(f *Facts) *[]string { return &f.Temperament }, "Traits of character that the shelter states, as named in the vocabulary."),
		text("traits.energy", func(f *Facts) *string { return &f.Traits.Energy }, "Energy level, in the words of the source."),
		text("traits.leash", func(f *Facts) *string { return &f.Traits.Leash }, "Ease on a leash, in the words of the source."),
		text("traits.travel", func(f *Facts) *string { return &f.Traits.Travel }, "Ease in a car, in the words of the source."),
		text("traits.crate", func(f *Facts) *string { return &f.Traits.Crate }, "Ease in a crate or carrier, in the words of the source."),
		list("traits.tags", func(f *Facts) *[]string { return &f.Traits.Tags }, "Tags given by the shelter."),
		list("bonded_with", func(f *Facts) *[]string { return &f.BondedWith }, "External ids of the cats that must be adopted together with this one."),
		amount("fee.amount_minor", func(f *Facts) **int64 { return &f.Fee.Minor }, "Adoption fee in the smallest unit of the currency, such as cents.").onCard(),
		term("fee.currency", func(f *Facts) *string { return &f.Fee.Currency }, "ISO 4217 code of the currency.").onCard(),
		triState("fee.waived", func(f *Facts) **bool { return &f.Fee.Waived }, "Whether the fee is waived.").onCard(),
		photos("photos", func(f *Facts) *[]Photo { return &f.Photos }, "Photos in order; the first is the main photo."),
		videos("videos", func(f *Facts) *[]Video { return &f.Videos }, "Videos of the cat."),
		text("foster_postal_code", func(f *Facts) *string { return &f.FosterPostalCode }, "Postal code of the foster home, if the cat does not live at the shelter."),
		triState("urgent", func(f *Facts) **bool { return &f.Urgent }, "Whether the cat needs a home soon, because its time at the shelter is short.").onCard(),
		triState("needs_foster", func(f *Facts) **bool { return &f.NeedsFoster }, "Whether a foster home is sought for the cat."),
		triState("courtesy", func(f *Facts) **bool { return &f.Courtesy }, "Whether the listing is a courtesy for somebody else, so that the cat is not in the shelter's care.").onCard(),
		text("terms.license", func(f *Facts) *string { return &f.Terms.License }, "License of the text and the photos: SPDX identifier of a Creative Commons license, or a URL."),
		text("terms.credit", func(f *Facts) *string { return &f.Terms.Credit }, "Whom to name with the text and the photos."),
		text("terms.url", func(f *Facts) *string { return &f.Terms.URL }, "Page that explains what others may do with the text and the photos."),
		list("hidden_from.classes", func(f *Facts) *[]string { return &f.HiddenFrom.Classes }, "Audience classes that do not see the cat.").private(),
		list("hidden_from.partners", func(f *Facts) *[]string { return &f.HiddenFrom.Partners }, "IDs of the partners that do not see the cat.").private(),
	}
})

// factOf returns the constructor of the facts of a kind.
func factOf[T any](kind FactKind) func(name string, at func(*Facts) *T, description string) Fact {
	return func(name string, at func(*Facts) *T, description string) Fact {
		filter := ""
		if kind == KindTriState {
			filter = strings.ReplaceAll(name, ".", "_")
		}
		return Fact{
			Name: name, Description: description, Kind: kind, Filter: filter, FromText: false, OnCard: false, Private: false, At: at,
			Copy: func(to, from *Facts) { *at(to) = *at(from) },
		}
	}
}

func (f Fact) filteredAs(parameter string) Fact {
	f.Filter = parameter
	return f
}

func (f Fact) readFromText() Fact {
	f.FromText = true
	return f
}

func (f Fact) onCard() Fact {
	f.OnCard = true
	return f
}

func (f Fact) private() Fact {
	f.Private = true
	return f
}

// Object returns the object that holds the fact in the API, or the fact's own
// name if none does. Unparsed words are kept under this name.
func (f *Fact) Object() string {
	object, _, _ := strings.Cut(f.Name, ".")
	return object
}

// FlatName returns the name for tables, which have no objects: good_with_dogs.
func (f *Fact) FlatName() string { return strings.ReplaceAll(f.Name, ".", "_") }

// Pointer returns the JSON pointer to the fact in a cat.
func (f *Fact) Pointer() string { return "/" + strings.ReplaceAll(f.Name, ".", "/") }
