package wire

// RubricName identifies a published rubric.
type RubricName struct {
	ID      string `json:"id" example:"adventure-suitability"`                                                       // ID of the rubric.
	Version string `json:"version" example:"1.2.0"`                                                                  // Version of the rubric.
	Digest  string `json:"digest" example:"sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"` // SHA-256 of the rubric's document, with the prefix `sha256:`.
} //	@name	RubricName

// RubricList is the list of the published rubrics.
type RubricList struct {
	Data   []RubricName `json:"data"`                   // Rubrics, the oldest first.
	Page   PageInfo     `json:"page"`                   // Always complete: `has_more` is false.
	Latest string       `json:"latest" example:"1.2.0"` // Version that is used by default.
} //	@name	RubricList
