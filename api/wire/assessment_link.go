package wire

import (
	"time"

	"trailcat/internal/access"
)

// AssessmentLinkDraft asks for a link to the assessment form.
type AssessmentLinkDraft struct {
	Cat              *string `json:"cat" validate:"optional" extensions:"x-nullable" example:"cat_01kabq4z8vf3ht2v0xw9r6m5ec"`                 // ID or number of the only cat that the link is for; null for all cats of the shelter.
	ExternalID       *string `json:"external_id" validate:"optional" extensions:"x-nullable" example:"A-1042"`                                 // Your own ID of the cat, instead of `cat`.
	ExpiresInMinutes *int    `json:"expires_in_minutes" validate:"optional" extensions:"x-nullable" minimum:"1" maximum:"10080" example:"720"` // Minutes for which the link works, up to a week; null for twelve hours.
	AssessorRole     *string `json:"assessor_role" validate:"optional" extensions:"x-nullable" example:"volunteer"`                            // Role of those who get the link: code of a role of the rubric; null if they may choose.
} //	@name	AssessmentLinkDraft

// AssessmentLink is a link to the assessment form. Whoever has it can record assessments of
// the cats that it is for.
type AssessmentLink struct {
	URL          string    `json:"url" example:"https://cats.example.org/assess?token=tc_form_mfrggzdfmztwq2lknnwg_aaaaaaaa"` // Address of the form.
	Token        string    `json:"token" example:"tc_form_mfrggzdfmztwq2lknnwg_aaaaaaaa"`                                     // Token in the address. Operations of this API do not accept it.
	ExpiresAt    time.Time `json:"expires_at" format:"date-time"`                                                             // When the link stops working. It stops earlier if your key is revoked or expires.
	ShelterID    string    `json:"shelter_id" example:"shl_01kabq4z8vf3ht2v0xw9r6m5ec"`                                       // ID of the shelter.
	CatID        *string   `json:"cat_id" extensions:"x-nullable"`                                                            // ID of the only cat that the link is for; null for all cats of the shelter.
	AssessorRole *string   `json:"assessor_role" extensions:"x-nullable"`                                                     // Role of those who get the link; null if they may choose.
	QRSVG        string    `json:"qr_svg" example:"<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>"`                         // QR code of the address as an SVG picture, to print or to show.
} //	@name	AssessmentLink

// NewAssessmentLink returns a link.
func NewAssessmentLink(link access.AssessmentLink, url, token, qr string) AssessmentLink {
	return AssessmentLink{
		URL: url, Token: token, ExpiresAt: link.ExpiresAt, ShelterID: link.ShelterID, CatID: OrNull(link.CatID), AssessorRole: OrNull(link.Role), QRSVG: qr,
	}
}
