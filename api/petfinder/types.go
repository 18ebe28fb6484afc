package petfinder

import (
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"trailcat/internal/httpkit"
	"trailcat/internal/vocab"
)

// Type is a type of animal.
type Type struct {
	Name    string    `json:"name"`
	Coats   []string  `json:"coats"`
	Colors  []string  `json:"colors"`
	Genders []string  `json:"genders"`
	Links   TypeLinks `json:"_links"`
}

// TypeLinks are the links of a type.
type TypeLinks struct {
	Self   Link `json:"self"`
	Breeds Link `json:"breeds"`
}

// Breed is a breed of a type.
type Breed struct {
	Name  string     `json:"name"`
	Links BreedLinks `json:"_links"`
}

// BreedLinks are the links of a breed.
type BreedLinks struct {
	Type Link `json:"type"`
}

const catType = "Cat"

// typeNames returns Petfinder's types in its order. Only cats are listed here; the other
// types exist for clients that first request all types.
func typeNames() []string {
	return []string{"Dog", catType, "Rabbit", "Small & Furry", "Horse", "Bird", "Scales, Fins & Other", "Barnyard"}
}

// slug returns the name of a type in URLs, such as small-furry.
func slug(typeName string) string {
	return strings.ReplaceAll(vocab.Fold(typeName), " ", "-")
}

// findType returns the type with this name or slug, in any case.
func findType(text string) (string, bool) {
	names := typeNames()
	i := slices.IndexFunc(names, func(name string) bool { return vocab.Fold(name) == vocab.Fold(text) })
	if i < 0 {
		return "", false
	}
	return names[i], true
}

func newType(name string) Type {
	self := "/v2/types/" + slug(name)
	t := Type{
		Name: name, Coats: []string{}, Colors: []string{}, Genders: []string{"Male", "Female"},
		Links: TypeLinks{Self: Link{self}, Breeds: Link{self + "/breeds"}},
	}
	if name == catType {
		t.Coats, t.Colors = []string{"Hairless", "Short", "Medium", "Long"}, vocab.ColorNames()
	}
	return t
}

// listTypes returns all types.
func listTypes(c echo.Context) error {
	types := make([]Type, len(typeNames()))
	for i, name := range typeNames() {
		types[i] = newType(name)
	}
	return httpkit.SendJSON(c, struct {
		Types []Type `json:"types"`
	}{types})
}

// getType returns one type.
func getType(c echo.Context) error {
	name, ok := findType(c.Param("type"))
	if !ok {
		return errNotFound()
	}
	return httpkit.SendJSON(c, struct {
		Type Type `json:"type"`
	}{newType(name)})
}

// listBreeds returns the breeds of a type.
func listBreeds(c echo.Context) error {
	name, ok := findType(c.Param("type"))
	if !ok {
		return errNotFound()
	}
	breeds := []Breed{}
	if name == catType {
		for _, breed := range vocab.Breeds() {
			breeds = append(breeds, Breed{Name: breed, Links: BreedLinks{Type: Link{"/v2/types/cat"}}})
		}
	}
	return httpkit.SendJSON(c, struct {
		Breeds []Breed `json:"breeds"`
	}{breeds})
}
