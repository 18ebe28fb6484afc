package api

import (
	"cmp"
	"context"
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

// newAttribution is the attribution of a cat of a shelter. Addresses at this
// server begin with publicURL; where that is empty they are relative.
func newAttribution(publicURL string, cat catalog.Cat, home catalog.Shelter) Attribution {
	return Attribution{
		Text:        "Listed by " + home.Name,
		ShelterName: home.Name,
		URL:         cmp.Or(cat.URL, home.AdoptionURL, home.Website, publicURL+"/v1/cats/"+cat.ID),
	}
}

// renderCat shows a cat as it is today, with its attribution.
func (a *API) renderCat(cat catalog.Cat, home catalog.Shelter) Cat {
	return newCat(cat, newAttribution(a.PublicURL, cat, home), a.today())
}

// shelterOf is a cat's shelter, from the store while the index does not know it.
func (a *API) shelterOf(ctx context.Context, cat catalog.Cat) (catalog.Shelter, error) {
	if home, ok := a.Index.ShelterInfo(cat.ShelterID); ok {
		return home, nil
	}
	return a.Store.Shelter(ctx, cat.ShelterID)
}

// catTag is the ETag of a whole cat: its version, its age, which changes by
// itself, and the version of its shelter, which its attribution names.
func catTag(version int64, ageMonths *int, home catalog.Shelter) string {
	if ageMonths == nil {
		return fmt.Sprintf(`"v%d-s%d"`, version, home.Version)
	}
	return fmt.Sprintf(`"v%d-%d-s%d"`, version, *ageMonths, home.Version)
}
