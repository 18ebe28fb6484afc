package catjson

import (
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// draftField is one fact that a source can say of a cat.
type draftField struct {
	Name    string // in the words of the API; what stands in an object follows a dot
	pointer string // to it, in a body
	read    func(d *Draft, f *draftField, v gjson.Result)
	Copy    func(to, from *catalog.Facts)
	keeps   bool // where a whole cat is put without it, the listing keeps what it has
	solid   bool // it may be left out, but not be null
}

// DraftFields are all the facts that a source can say. Every way to write a cat
// in JSON reads by this table: to add a field is to add a line. Where two lines
// fill one fact, as words and names do for a breed, the later one counts.
var DraftFields = []draftField{
	fact("name", readText, func(f *catalog.Facts) *string { return &f.Name }),
	fact("url", readText, func(f *catalog.Facts) *string { return &f.URL }),
	fact("status", readTerm[catalog.Status], func(f *catalog.Facts) *catalog.Status { return &f.Status }).keepIfAbsent().nonNull(),
	fact("status_reason", readText, func(f *catalog.Facts) *string { return &f.StatusReason }).keepIfAbsent(),
	fact("status_changed_at", readMoment, func(f *catalog.Facts) *time.Time { return &f.StatusChangedAt }).keepIfAbsent().nonNull(),
	fact("listed_at", readMoment, func(f *catalog.Facts) *time.Time { return &f.ListedAt }).keepIfAbsent().nonNull(),
	fact("available_on", readDay, func(f *catalog.Facts) *time.Time { return &f.AvailableOn }),
	fact("adopted_on", readDay, func(f *catalog.Facts) *time.Time { return &f.AdoptedOn }).keepIfAbsent(),
	fact("description", readProse, func(f *catalog.Facts) *string { return &f.Description }),
	fact("summary", readProse, func(f *catalog.Facts) *string { return &f.Summary }),

	fact("age", readAge, func(f *catalog.Facts) *catalog.Birth { return &f.Birth }),
	fact("birth.date", readBirthDate, func(f *catalog.Facts) *time.Time { return &f.Birth.On }),
	fact("birth.precision", readTerm[catalog.Precision], func(f *catalog.Facts) *catalog.Precision { return &f.Birth.Precision }),
	fact("age_group", readWords(ageGroupOf), func(f *catalog.Facts) *vocab.AgeGroup { return &f.AgeGroup }),
	fact("sex", readSex, func(f *catalog.Facts) *vocab.Sex { return &f.Sex }),
	fact("altered", readAnswer, func(f *catalog.Facts) **bool { return &f.Altered }),
	fact("breed.words", readWords(breedOf), func(f *catalog.Facts) *vocab.Breed { return &f.Breed }),
	fact("breed.primary", readText, func(f *catalog.Facts) *string { return &f.Breed.Primary }),
	fact("breed.secondary", readText, func(f *catalog.Facts) *string { return &f.Breed.Secondary }),
	fact("breed.mixed", readAnswer, func(f *catalog.Facts) **bool { return &f.Breed.Mixed }),
	fact("breed.unknown", readYes, func(f *catalog.Facts) *bool { return &f.Breed.Unknown }),
	fact("colors.words", readWords(colorsOf), func(f *catalog.Facts) *vocab.Colors { return &f.Colors }),
	fact("colors.primary", readText, func(f *catalog.Facts) *string { return &f.Colors.Primary }),
	fact("colors.secondary", readText, func(f *catalog.Facts) *string { return &f.Colors.Secondary }),
	fact("colors.tertiary", readText, func(f *catalog.Facts) *string { return &f.Colors.Tertiary }),
	fact("colors.pattern", readTerm[vocab.Pattern], func(f *catalog.Facts) *vocab.Pattern { return &f.Colors.Pattern }),
	fact("coat", readWords(vocab.ParseCoat), func(f *catalog.Facts) *vocab.Coat { return &f.Coat }),
	fact("size", readWords(vocab.ParseSize), func(f *catalog.Facts) *vocab.Size { return &f.Size }),
	fact("weight_kg", readAmount, func(f *catalog.Facts) **float64 { return &f.WeightKg }),
	fact("girth_cm", readAmount, func(f *catalog.Facts) **float64 { return &f.GirthCm }),
	fact("body_length_cm", readAmount, func(f *catalog.Facts) **float64 { return &f.BodyLengthCm }),

	fact("good_with.children", readAnswer, func(f *catalog.Facts) **bool { return &f.GoodWith.Children }),
	fact("good_with.dogs", readAnswer, func(f *catalog.Facts) **bool { return &f.GoodWith.Dogs }),
	fact("good_with.cats", readAnswer, func(f *catalog.Facts) **bool { return &f.GoodWith.Cats }),
	fact("house_trained", readAnswer, func(f *catalog.Facts) **bool { return &f.HouseTrained }),
	fact("declawed", readAnswer, func(f *catalog.Facts) **bool { return &f.Declawed }),
	fact("special_needs", readAnswer, func(f *catalog.Facts) **bool { return &f.SpecialNeeds }),
	fact("special_needs_notes", readProse, func(f *catalog.Facts) *string { return &f.SpecialNeedsNotes }),
	fact("shots_current", readAnswer, func(f *catalog.Facts) **bool { return &f.ShotsCurrent }),
	fact("microchipped", readAnswer, func(f *catalog.Facts) **bool { return &f.Microchipped }),
	fact("microchip", readMicrochip, func(f *catalog.Facts) *string { return &f.MicrochipHash }).keepIfAbsent(),
	fact("fiv", readAnswer, func(f *catalog.Facts) **bool { return &f.FIV }),
	fact("felv", readAnswer, func(f *catalog.Facts) **bool { return &f.FeLV }),
	fact("indoor_only", readAnswer, func(f *catalog.Facts) **bool { return &f.IndoorOnly }),

	fact("traits.energy", readText, func(f *catalog.Facts) *string { return &f.Traits.Energy }),
	fact("traits.leash", readText, func(f *catalog.Facts) *string { return &f.Traits.Leash }),
	fact("traits.travel", readText, func(f *catalog.Facts) *string { return &f.Traits.Travel }),
	fact("traits.crate", readText, func(f *catalog.Facts) *string { return &f.Traits.Crate }),
	fact("traits.tags", readTexts, func(f *catalog.Facts) *[]string { return &f.Traits.Tags }),
	fact("bonded_with", readTexts, func(f *catalog.Facts) *[]string { return &f.BondedWith }),
	fact("fee.amount_minor", readWhole, func(f *catalog.Facts) **int64 { return &f.Fee.Minor }),
	fact("fee.currency", readText, func(f *catalog.Facts) *string { return &f.Fee.Currency }),
	fact("fee.waived", readAnswer, func(f *catalog.Facts) **bool { return &f.Fee.Waived }),
	fact("photos", readList(readPhoto), func(f *catalog.Facts) *[]catalog.Photo { return &f.Photos }),
	fact("videos", readList(readVideo), func(f *catalog.Facts) *[]catalog.Video { return &f.Videos }),
	fact("foster_postal_code", readText, func(f *catalog.Facts) *string { return &f.FosterPostalCode }),
}

// reader reads a JSON value that is not null. It notes in the draft what is
// wrong with it.
type reader[T any] func(d *Draft, f *draftField, v gjson.Result) T

func fact[T any](name string, read reader[T], at func(*catalog.Facts) *T) draftField {
	return draftField{
		Name:    name,
		pointer: "/" + strings.ReplaceAll(name, ".", "/"),
		read:    func(d *Draft, f *draftField, v gjson.Result) { *at(&d.said) = read(d, f, v) },
		Copy:    func(to, from *catalog.Facts) { *at(to) = *at(from) },
		keeps:   false,
		solid:   false,
	}
}

func (f draftField) keepIfAbsent() draftField {
	f.keeps = true
	return f
}

func (f draftField) nonNull() draftField {
	f.solid = true
	return f
}

// topic is the name under which words that were not understood are kept.
func (f *draftField) topic() string {
	object, _, _ := strings.Cut(f.Name, ".")
	return object
}

// scalarAliases say which field a text stands for where an object belongs.
var scalarAliases = map[string]string{"breed": "breed.words", "colors": "colors.words", "birth": "birth.date"}

// ReadOnlyFields are fields of a cat that no source can say.
var ReadOnlyFields = []string{"id", "number", "version", "shelter_id", "source", "confirmed_at", "age_months", "raw", "stale", "adventure", "created_at", "updated_at", "attribution", "shelter"}
