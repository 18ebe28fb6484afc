package wire

import "trailcat/internal/catalog"

// Terms say what others may do with the text and the photos of a listing. What is not
// stated is not permitted.
type Terms struct {
	License *string `json:"license" validate:"optional" example:"CC-BY-4.0" extensions:"x-nullable"`              // SPDX identifier of a Creative Commons license, or the URL of another license; null when not stated.
	Credit  *string `json:"credit" validate:"optional" maxLength:"200" example:"Jo Park" extensions:"x-nullable"` // Whom to name with the text and the photos; null when not stated.
	URL     *string `json:"url" validate:"optional" extensions:"x-nullable"`                                      // Page that explains the terms; null for none.
} //	@name	Terms

// NewTerms returns terms.
func NewTerms(t catalog.Terms) Terms {
	return Terms{License: OrNull(t.License), Credit: OrNull(t.Credit), URL: OrNull(t.URL)}
}
