package store

import (
	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// catFacts is the document of a cat: the facts that have no column. Names are
// short because there is one of each per cat; a name that was once stored keeps
// its meaning. What was not said is left out.
type catFacts struct {
	URL          string `json:"url,omitempty"`
	StatusReason string `json:"reason,omitempty"`
	AvailableOn  date   `json:"from,omitempty"`
	AdoptedOn    date   `json:"adopted,omitempty"`
	Summary      string `json:"summary,omitempty"`

	BornOn        date   `json:"born,omitempty"`
	BornPrecision string `json:"born_to,omitempty"`
	AgeGroup      string `json:"age,omitempty"`

	Sex          string `json:"sex,omitempty"`
	Altered      *bool  `json:"altered,omitempty"`
	Breed        string `json:"breed,omitempty"`
	Breed2       string `json:"breed2,omitempty"`
	Mixed        *bool  `json:"mixed,omitempty"`
	BreedUnknown bool   `json:"breed?,omitempty"`
	Color        string `json:"color,omitempty"`
	Color2       string `json:"color2,omitempty"`
	Color3       string `json:"color3,omitempty"`
	Pattern      string `json:"pattern,omitempty"`
	Coat         string `json:"coat,omitempty"`
	Size         string `json:"size,omitempty"`

	WeightKg     *float64 `json:"kg,omitempty"`
	GirthCm      *float64 `json:"girth,omitempty"`
	BodyLengthCm *float64 `json:"length,omitempty"`

	GoodWithChildren  *bool  `json:"children,omitempty"`
	GoodWithDogs      *bool  `json:"dogs,omitempty"`
	GoodWithCats      *bool  `json:"cats,omitempty"`
	HouseTrained      *bool  `json:"trained,omitempty"`
	Declawed          *bool  `json:"declawed,omitempty"`
	SpecialNeeds      *bool  `json:"needs,omitempty"`
	SpecialNeedsNotes string `json:"needs_notes,omitempty"`
	ShotsCurrent      *bool  `json:"shots,omitempty"`
	Microchipped      *bool  `json:"chip,omitempty"`
	FIV               *bool  `json:"fiv,omitempty"`
	FeLV              *bool  `json:"felv,omitempty"`
	IndoorOnly        *bool  `json:"indoor,omitempty"`

	Energy           string            `json:"energy,omitempty"`
	Leash            string            `json:"leash,omitempty"`
	Travel           string            `json:"travel,omitempty"`
	Crate            string            `json:"crate,omitempty"`
	Tags             []string          `json:"tags,omitempty"`
	BondedWith       []string          `json:"bonded,omitempty"`
	FeeMinor         *int64            `json:"fee,omitempty"`
	FeeCurrency      string            `json:"fee_in,omitempty"`
	FeeWaived        *bool             `json:"waived,omitempty"`
	Photos           []photo           `json:"photos,omitempty"`
	Videos           []video           `json:"videos,omitempty"`
	FosterPostalCode string            `json:"foster,omitempty"`
	Raw              map[string]string `json:"raw,omitempty"`
}

func newCatFacts(f catalog.Facts) catFacts {
	return catFacts{
		URL:               f.URL,
		StatusReason:      f.StatusReason,
		AvailableOn:       dateOf(f.AvailableOn),
		AdoptedOn:         dateOf(f.AdoptedOn),
		Summary:           f.Summary,
		BornOn:            dateOf(f.Birth.On),
		BornPrecision:     string(f.Birth.Precision),
		AgeGroup:          string(f.AgeGroup),
		Sex:               string(f.Sex),
		Altered:           f.Altered,
		Breed:             f.Breed.Primary,
		Breed2:            f.Breed.Secondary,
		Mixed:             f.Breed.Mixed,
		BreedUnknown:      f.Breed.Unknown,
		Color:             f.Colors.Primary,
		Color2:            f.Colors.Secondary,
		Color3:            f.Colors.Tertiary,
		Pattern:           string(f.Colors.Pattern),
		Coat:              string(f.Coat),
		Size:              string(f.Size),
		WeightKg:          f.WeightKg,
		GirthCm:           f.GirthCm,
		BodyLengthCm:      f.BodyLengthCm,
		GoodWithChildren:  f.GoodWith.Children,
		GoodWithDogs:      f.GoodWith.Dogs,
		GoodWithCats:      f.GoodWith.Cats,
		HouseTrained:      f.HouseTrained,
		Declawed:          f.Declawed,
		SpecialNeeds:      f.SpecialNeeds,
		SpecialNeedsNotes: f.SpecialNeedsNotes,
		ShotsCurrent:      f.ShotsCurrent,
		Microchipped:      f.Microchipped,
		FIV:               f.FIV,
		FeLV:              f.FeLV,
		IndoorOnly:        f.IndoorOnly,
		Energy:            f.Traits.Energy,
		Leash:             f.Traits.Leash,
		Travel:            f.Traits.Travel,
		Crate:             f.Traits.Crate,
		Tags:              f.Traits.Tags,
		BondedWith:        f.BondedWith,
		FeeMinor:          f.Fee.Minor,
		FeeCurrency:       f.Fee.Currency,
		FeeWaived:         f.Fee.Waived,
		Photos:            newPhotos(f.Photos),
		Videos:            newVideos(f.Videos),
		FosterPostalCode:  f.FosterPostalCode,
		Raw:               f.Raw,
	}
}

// facts joins the document with the facts that have a column.
func (d *catFacts) facts(r *catRow) catalog.Facts {
	return catalog.Facts{
		Name:              r.Name,
		URL:               d.URL,
		Status:            catalog.Status(r.Status),
		StatusReason:      d.StatusReason,
		StatusChangedAt:   timeOrZero(r.StatusChangedAt),
		ListedAt:          timeOrZero(r.ListedAt),
		AvailableOn:       d.AvailableOn.time(),
		AdoptedOn:         d.AdoptedOn.time(),
		Description:       r.Description,
		MicrochipHash:     r.MicrochipHash,
		Summary:           d.Summary,
		Birth:             catalog.Birth{On: d.BornOn.time(), Precision: catalog.Precision(d.BornPrecision)},
		AgeGroup:          vocab.AgeGroup(d.AgeGroup),
		Sex:               vocab.Sex(d.Sex),
		Altered:           d.Altered,
		Breed:             vocab.Breed{Primary: d.Breed, Secondary: d.Breed2, Mixed: d.Mixed, Unknown: d.BreedUnknown},
		Colors:            vocab.Colors{Primary: d.Color, Secondary: d.Color2, Tertiary: d.Color3, Pattern: vocab.Pattern(d.Pattern)},
		Coat:              vocab.Coat(d.Coat),
		Size:              vocab.Size(d.Size),
		WeightKg:          d.WeightKg,
		GirthCm:           d.GirthCm,
		BodyLengthCm:      d.BodyLengthCm,
		GoodWith:          catalog.GoodWith{Children: d.GoodWithChildren, Dogs: d.GoodWithDogs, Cats: d.GoodWithCats},
		HouseTrained:      d.HouseTrained,
		Declawed:          d.Declawed,
		SpecialNeeds:      d.SpecialNeeds,
		SpecialNeedsNotes: d.SpecialNeedsNotes,
		ShotsCurrent:      d.ShotsCurrent,
		Microchipped:      d.Microchipped,
		FIV:               d.FIV,
		FeLV:              d.FeLV,
		IndoorOnly:        d.IndoorOnly,
		Traits:            catalog.Traits{Energy: d.Energy, Leash: d.Leash, Travel: d.Travel, Crate: d.Crate, Tags: d.Tags},
		BondedWith:        d.BondedWith,
		Fee:               catalog.Fee{Minor: d.FeeMinor, Currency: d.FeeCurrency, Waived: d.FeeWaived},
		Photos:            catalogPhotos(d.Photos),
		Videos:            catalogVideos(d.Videos),
		FosterPostalCode:  d.FosterPostalCode,
		Raw:               d.Raw,
	}
}
