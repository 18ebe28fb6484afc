package wire

import (
	"time"

	"trailcat/internal/catalog"
)

// ShelterFormat is a format of import files that belongs to a shelter, with the text of one
// version.
type ShelterFormat struct {
	Name          string                 `json:"name" example:"our-export"`                                          // Name of the format, for the parameter `format`; also the source of the imported cats.
	ActiveVersion *int                   `json:"active_version" extensions:"x-nullable" example:"2"`                 // Version that imports use; null if none was activated.
	NewestVersion int                    `json:"newest_version" example:"3"`                                         // Version that imports with `dry_run` use.
	UpdatedAt     time.Time              `json:"updated_at" format:"date-time"`                                      // When a version was last added or activated.
	Version       int                    `json:"version" example:"3"`                                                // Version of the text.
	Text          string                 `json:"text" example:"name: our-export\nid: Nr\nfields:\n  name: Called\n"` // The format: YAML or an import.cfg.
	Versions      []ShelterFormatVersion `json:"versions"`                                                           // Versions that are kept, the newest first.
} //	@name	ShelterFormat

// ShelterFormatVersion says who sent a version of a format, and when.
type ShelterFormatVersion struct {
	Version   int          `json:"version" example:"3"`                                                               // Number of the version, from 1.
	SHA256    string       `json:"sha256" example:"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"` // SHA-256 of the text, in hexadecimal.
	SentBy    ImportSender `json:"sent_by"`                                                                           // Key that sent the version.
	CreatedAt time.Time    `json:"created_at" format:"date-time"`                                                     // When the version was sent.
	TriedAt   *time.Time   `json:"tried_at" extensions:"x-nullable" format:"date-time"`                               // When an import with `dry_run` first read a cat with the version, so that it can be activated; null for never.
} //	@name	ShelterFormatVersion

// NewShelterFormat returns a format with the text of a version.
func NewShelterFormat(f catalog.ImportFormat, version catalog.ImportFormatVersion, versions []catalog.ImportFormatVersion) ShelterFormat {
	out := ShelterFormat{
		Name:          f.Name,
		ActiveVersion: PositiveOrNull(f.ActiveVersion),
		NewestVersion: f.Version,
		UpdatedAt:     f.UpdatedAt,
		Version:       version.Number,
		Text:          version.Text,
		Versions:      make([]ShelterFormatVersion, len(versions)),
	}
	for i, v := range versions {
		out.Versions[i] = ShelterFormatVersion{
			Version:   v.Number,
			SHA256:    v.Hash,
			SentBy:    ImportSender{KeyID: OrNull(v.Actor.KeyID), PartnerID: OrNull(v.Actor.PartnerID)},
			CreatedAt: v.CreatedAt,
			TriedAt:   timeOrNull(v.TriedAt),
		}
	}
	return out
}

// ShelterFormatSummary is a format of import files that belongs to a shelter.
type ShelterFormatSummary struct {
	Name          string    `json:"name" example:"our-export"`                          // Name of the format, for the parameter `format`.
	ActiveVersion *int      `json:"active_version" extensions:"x-nullable" example:"2"` // Version that imports use; null if none was activated.
	NewestVersion int       `json:"newest_version" example:"3"`                         // Version that imports with `dry_run` use.
	UpdatedAt     time.Time `json:"updated_at" format:"date-time"`                      // When a version was last added or activated.
} //	@name	ShelterFormatSummary

// ShelterFormatList is the list of the own formats of a shelter.
type ShelterFormatList struct {
	Data []ShelterFormatSummary `json:"data"` // Formats, sorted by name.
	Page PageInfo               `json:"page"` // Always complete: `has_more` is false.
} //	@name	ShelterFormatList

// NewShelterFormatList returns the list of formats.
func NewShelterFormatList(formats []catalog.ImportFormat) ShelterFormatList {
	list := ShelterFormatList{Data: make([]ShelterFormatSummary, len(formats)), Page: WholeList()}
	for i, f := range formats {
		list.Data[i] = ShelterFormatSummary{Name: f.Name, ActiveVersion: PositiveOrNull(f.ActiveVersion), NewestVersion: f.Version, UpdatedAt: f.UpdatedAt}
	}
	return list
}
