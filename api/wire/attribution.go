package wire

import (
	"cmp"
	"fmt"

	"trailcat/internal/catalog"
)

// Attribution is what whoever shows a cat must show with it: the text, and the
// link to where people are to go.
type Attribution struct {
	Text        string `json:"text" example:"Listed by Montgomery County Animal Services"`
	ShelterName string `json:"shelter_name" example:"Montgomery County Animal Services"`
	URL         string `json:"url" example:"https://www.montgomerycountymd.gov/animalservices/kenny"` // the cat's own page, else where its shelter takes applications, else the shelter's website, else the cat at this server
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

// CatTag is the ETag of a whole cat: its version, its age, which changes by
// itself, and the version of its shelter, which its attribution names.
func CatTag(version int64, ageMonths *int, home catalog.Shelter) string {
	if ageMonths == nil {
		return fmt.Sprintf(`"v%d-s%d"`, version, home.Version)
	}
	return fmt.Sprintf(`"v%d-%d-s%d"`, version, *ageMonths, home.Version)
}
