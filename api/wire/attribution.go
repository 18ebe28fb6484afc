package wire

import (
	"cmp"
	"fmt"

	"trailcat/internal/catalog"
)

// Attribution is the text and the link that must be shown with a cat.
type Attribution struct {
	Text        string `json:"text" example:"Listed by Montgomery County Animal Services"`            // Text to show.
	ShelterName string `json:"shelter_name" example:"Montgomery County Animal Services"`              // Name of the shelter.
	URL         string `json:"url" example:"https://www.montgomerycountymd.gov/animalservices/kenny"` // Page to link to: the cat's own page, or else the shelter's adoption page, its website, or the cat on this server.
	Terms       Terms  `json:"terms"`                                                                 // Terms that apply: those of the cat, or else of its shelter.
} //	@name	Attribution

// NewAttribution returns the attribution of a cat of a shelter. URLs of this server begin
// with publicURL; they are relative if it is empty.
func NewAttribution(publicURL string, cat catalog.Cat, shelter catalog.Shelter) Attribution {
	return Attribution{
		Text:        "Listed by " + shelter.Name,
		ShelterName: shelter.Name,
		URL:         cmp.Or(cat.URL, shelter.AdoptionURL, shelter.Website, publicURL+"/v1/cats/"+cat.ID),
		Terms:       NewTerms(cat.Terms.Or(shelter.Terms)),
	}
}

// CatETag returns the ETag of a complete cat. It depends on the cat's version, on its
// age, which changes without a write, and on the version of the shelter, which the
// attribution names.
func CatETag(version string, ageMonths *int, shelter catalog.Shelter) string {
	if ageMonths == nil {
		return fmt.Sprintf(`"v%s-s%d"`, version, shelter.Version)
	}
	return fmt.Sprintf(`"v%s-%d-s%d"`, version, *ageMonths, shelter.Version)
}
