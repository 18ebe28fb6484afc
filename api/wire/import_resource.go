package wire

import (
	"encoding/json"
	"fmt"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/ingest"
)

// Import is a file that was sent for a shelter, and what became of it.
type Import struct {
	ID         *string       `json:"id" extensions:"x-nullable" example:"imp_01kabq4z8vf3ht2v0xw9r6m5ec"` // for ever; null with dry_run, which is not kept
	ShelterID  string        `json:"shelter_id" example:"shl_01kabq4z8vf3ht2v0xw9r6m5ec"`
	Format     string        `json:"format" example:"petfinder"` // what the file was read as; also the source of its cats
	Mode       string        `json:"mode" enums:"incremental,snapshot"`
	Status     string        `json:"status" enums:"running,done,interrupted,rejected"` // interrupted: the rows in the report are done, the others are not; refused: nothing was done, because it needs to be confirmed
	DryRun     bool          `json:"dry_run"`                                          // nothing was kept, by dry_run or because the key is for tests
	File       ImportFile    `json:"file"`
	SentBy     ImportSender  `json:"sent_by"`
	StartedAt  time.Time     `json:"started_at" format:"date-time"`
	FinishedAt *time.Time    `json:"finished_at" extensions:"x-nullable" format:"date-time"` // null while it runs
	Report     *ImportReport `json:"report" extensions:"x-nullable"`                         // null while it runs
} //	@name	Import

// ImportFile is the file as it was sent.
type ImportFile struct {
	SHA256    string `json:"sha256" example:"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"` // of its bytes, in hex
	SizeBytes int64  `json:"size_bytes" example:"48211"`
} //	@name	ImportFile

// ImportSender is whose key sent a file.
type ImportSender struct {
	KeyID     string  `json:"key_id" example:"abcdefghjkmnpqrstuvw"`
	PartnerID *string `json:"partner_id" extensions:"x-nullable" example:"prt_01kabq4z8vf3ht2v0xw9r6m5ec"` // null for an operator
} //	@name	ImportSender

// ImportReport says what became of every row. Rows is the sum of created,
// updated, unchanged, set_aside and refused.
type ImportReport struct {
	DetectedFormat  *string          `json:"detected_format" extensions:"x-nullable" example:"montgomery"` // with format=auto: what the file was taken for, and why
	Rows            int              `json:"rows" example:"80"`                                            // read; the header and empty rows are none
	Created         int              `json:"created" example:"35"`
	Updated         int              `json:"updated" example:"0"`
	Unchanged       int              `json:"unchanged" example:"0"`
	Skipped         int              `json:"skipped" example:"45"`            // no listing of a cat, or not its newest
	SkippedByReason map[string]int   `json:"skipped_by_reason"`               // how many rows for which reason
	Rejected        int              `json:"rejected" example:"0"`            // rows, each with one refusal or more
	Removed         int              `json:"removed" example:"3"`             // cats that a snapshot lacks; they are no rows
	Confirm         *string          `json:"confirm" extensions:"x-nullable"` // send it as confirm if this, which needs to be confirmed, is what you want
	Errors          []ImportRowError `json:"errors,omitempty"`                // the first 1,000; left out in lists
} //	@name	ImportReport

// ImportRowError is one thing that is wrong with a row, for which it was not taken.
type ImportRowError struct {
	Line       int    `json:"line" example:"17"`                         // of the file, where the row begins; the header is line 1
	Column     string `json:"column,omitempty" example:"Animal ID"`      // left out if the row as a whole is wrong
	Value      string `json:"value" example:"A448617"`                   // what stands there, shortened
	Reason     string `json:"reason" example:"stands in line 4 already"` //
	ExternalID string `json:"external_id,omitempty" example:"A448617"`
} //	@name	ImportRowError

// maxShownErrors is how many refusals of a file are kept.
const maxShownErrors = 1000

func NewImport(i catalog.Import, trying bool, report *ImportReport) Import {
	id := &i.ID
	if trying {
		id = nil
	}
	var finished *time.Time
	if !i.FinishedAt.IsZero() {
		finished = &i.FinishedAt
	}
	return Import{
		ID:         id,
		ShelterID:  i.ShelterID,
		Format:     i.Format,
		Mode:       string(i.Mode),
		Status:     string(i.Status),
		DryRun:     trying,
		File:       ImportFile{SHA256: i.FileHash, SizeBytes: i.FileSize},
		SentBy:     ImportSender{KeyID: i.Actor.KeyID, PartnerID: OrNull(i.Actor.PartnerID)},
		StartedAt:  i.StartedAt,
		FinishedAt: finished,
		Report:     report,
	}
}

// Take counts in what became of the rows.
func (r *ImportReport) Take(rows ingest.Report) {
	r.Rows, r.Created, r.Updated, r.Unchanged = rows.Rows, rows.Created, rows.Updated, rows.Unchanged
	r.Skipped, r.SkippedByReason, r.Rejected = rows.Skipped, rows.SkippedByReason, rows.Rejected
	r.Errors = make([]ImportRowError, 0, min(len(rows.Errors), maxShownErrors))
	for _, refusal := range rows.Errors[:min(len(rows.Errors), maxShownErrors)] {
		r.Errors = append(r.Errors, ImportRowError(refusal))
	}
}

// DecodeReport reads a report as it was kept; nil while there is none.
func DecodeReport(kept []byte) (*ImportReport, error) {
	if len(kept) == 0 {
		return nil, nil //nolint:nilnil // no report yet is no failure
	}
	var report ImportReport
	if err := json.Unmarshal(kept, &report); err != nil {
		return nil, fmt.Errorf("decode import report: %w", err)
	}
	return &report, nil
}
