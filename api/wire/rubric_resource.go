package wire

// RubricName names a published rubric.
type RubricName struct {
	ID      string `json:"id" example:"adventure-suitability"`
	Version string `json:"version" example:"1.1.0"`
	Digest  string `json:"digest" example:"sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"` // of its bytes
} //	@name	RubricName

// RubricList lists the published rubrics.
type RubricList struct {
	Data   []RubricName `json:"data"`                   // oldest first
	Page   PageInfo     `json:"page"`                   // the list is always complete: has_more is false
	Latest string       `json:"latest" example:"1.1.0"` // what rates where none is asked for
} //	@name	RubricList
