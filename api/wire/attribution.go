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
} //	@name	Attribution

// NewAttribution is the attribution of a cat of a shelter. Addresses at this
// server begin with publicURL; where that is empty they are relative.
func NewAttribution(publicURL string, cat catalog.Cat, home catalog.Shelter) Attribution {
	return Attribution{
		Text:        "Listed by " + home.Name,
		ShelterName: home.Name,
		URL:         cmp.Or(cat.URL, home.AdoptionURL, home.Website, publicURL+"/v1/cats/"+cat.ID),
	}
}

// CatETag is the ETag of a whole cat: its version, its age, which changes by
// itself, and the version of its shelter, which its attribution names.
func CatETag(version int64, ageMonths *int, home catalog.Shelter) string {
	if ageMonths == nil {
		return fmt.Sprintf(`"v%d-s%d"`, version, home.Version)
	}
	return fmt.Sprintf(`"v%d-%d-s%d"`, version, *ageMonths, home.Version)
}
