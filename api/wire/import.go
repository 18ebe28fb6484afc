package wire

import (
	"encoding/json"
	"fmt"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/ingest"
)

// ImportRun is an import of one file for one shelter.
type ImportRun struct {
	ID            *string       `json:"id" extensions:"x-nullable" example:"imp_01kabq4z8vf3ht2v0xw9r6m5ec"` // Permanent ID of the import; null with `dry_run`, which is not stored.
	ShelterID     string        `json:"shelter_id" example:"shl_01kabq4z8vf3ht2v0xw9r6m5ec"`                 // ID of the shelter.
	Format        string        `json:"format" example:"petfinder"`                                          // Import format that was used; also the source of the imported cats.
	FormatVersion *int          `json:"format_version" extensions:"x-nullable" example:"3"`                  // Version of the format if it is the shelter's own; null for a built-in format.
	Mode          string        `json:"mode" enums:"incremental,snapshot"`                                   // `snapshot`: cats that are missing from the file are removed; `incremental`: they stay.
	Status        string        `json:"status" enums:"running,done,interrupted,rejected"`                    // `interrupted`: only a part of the rows was imported; `rejected`: nothing was imported, because a confirmation is required.
	DryRun        bool          `json:"dry_run"`                                                             // Whether nothing was stored, because of `dry_run` or because the key is a test key.
	File          ImportFile    `json:"file"`                                                                // The file that was sent.
	SentBy        ImportSender  `json:"sent_by"`                                                             // Key that sent the file.
	StartedAt     time.Time     `json:"started_at" format:"date-time"`                                       // When the import started.
	FinishedAt    *time.Time    `json:"finished_at" extensions:"x-nullable" format:"date-time"`              // When the import ended; null while it runs.
	Detail        *string       `json:"detail" extensions:"x-nullable"`                                      // What happened and what to do, if the import was interrupted; null otherwise.
	Report        *ImportReport `json:"report" extensions:"x-nullable"`                                      // Result; null while the import runs, and if the server stopped during the import.
} //	@name	ImportRun

// ImportFile identifies a file that was sent.
type ImportFile struct {
	SHA256    string     `json:"sha256" example:"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"` // SHA-256 of the file, in hexadecimal.
	SizeBytes int64      `json:"size_bytes" example:"48211"`                                                        // Size of the file in bytes.
	DeletedAt *time.Time `json:"deleted_at" extensions:"x-nullable" format:"date-time"`                             // When the file was deleted, because of its age, of newer ones or on request; null while it can be downloaded.
} //	@name	ImportFile

// ImportSender identifies the key that sent a file.
type ImportSender struct {
	KeyID     *string `json:"key_id" extensions:"x-nullable" example:"abcdefghjkmnpqrstuvw"`               // ID of the key; null for the command line.
	PartnerID *string `json:"partner_id" extensions:"x-nullable" example:"prt_01kabq4z8vf3ht2v0xw9r6m5ec"` // ID of the partner that holds the key; null for an operator.
} //	@name	ImportSender

// ImportReport is the result of an import. `rows` is the sum of `created`, `updated`,
// `unchanged`, `skipped` and `rejected`.
type ImportReport struct {
	DetectedFormat  *string                `json:"detected_format" extensions:"x-nullable" example:"montgomery"`      // With `format=auto`, the detected format; null otherwise.
	Rows            int                    `json:"rows" example:"80"`                                                 // Rows read, without the header and blank rows.
	Created         int                    `json:"created" example:"35"`                                              // Rows that created a cat.
	Updated         int                    `json:"updated" example:"0"`                                               // Rows that changed a cat.
	Unchanged       int                    `json:"unchanged" example:"0"`                                             // Rows that changed nothing.
	Skipped         int                    `json:"skipped" example:"45"`                                              // Rows that do not list a cat, or not in its newest version.
	SkippedByReason map[string]int         `json:"skipped_by_reason"`                                                 // Number of skipped rows for each reason.
	Statuses        map[catalog.Status]int `json:"statuses"`                                                          // Number of created, updated and unchanged cats by their status after the import. Searches return only `available` cats unless they ask for others.
	Rejected        int                    `json:"rejected" example:"0"`                                              // Rows with at least one error.
	IgnoredFiles    int                    `json:"ignored_files" example:"0"`                                         // Files of a zip file beside the table to which no row refers.
	Photos          int                    `json:"photos" example:"0"`                                                // Photos in a zip file to which the rows refer.
	Removed         int                    `json:"removed" example:"3"`                                               // Cats that were removed because a snapshot lacks them; they are not counted as rows.
	DetailsErasedAt *time.Time             `json:"details_erased_at,omitempty" format:"date-time"`                    // When the lists of errors and warnings were erased, together with a cat or its people; absent otherwise.
	Assessments     int                    `json:"assessments" example:"12"`                                          // Assessments in the rows, recorded by this import or before.
	Confirm         *string                `json:"confirm" extensions:"x-nullable"`                                   // Send this token as `confirm` to carry out the import despite the warning; null when no confirmation is required.
	RemovalReason   *string                `json:"removal_reason" extensions:"x-nullable"`                            // Why removing the listings that a snapshot lacks needs confirmation, and what confirmed it if not the token; null if it needs none.
	MissingDigest   *string                `json:"missing_digest" extensions:"x-nullable" example:"5f1d0c6e2a9b7733"` // Identifies the listings that a snapshot lacks: the same value on a later day confirms their removal; null if it lacks none.
	Errors          []ImportRowError       `json:"errors,omitempty"`                                                  // First 1,000 errors; omitted in lists.
	WarningCount    int                    `json:"warning_count" example:"3"`                                         // Values that were not understood. The rows were imported, and these facts are unknown.
	Warnings        []ImportWarning        `json:"warnings,omitempty"`                                                // First 200 values that were not understood; omitted in lists.
} //	@name	ImportReport

// ImportRowError is one error in a rejected row.
type ImportRowError struct {
	Line       int    `json:"line" example:"17"`                                   // Line of the file on which the row begins; the header is line 1.
	Column     string `json:"column,omitempty" example:"Animal ID"`                // Column with the error; absent for an error of the whole row.
	Value      string `json:"value" example:"A448617"`                             // Content of the column, shortened.
	Reason     string `json:"reason" example:"This ID already appears in line 4."` // What is wrong, as a sentence.
	ExternalID string `json:"external_id,omitempty" example:"A448617"`             // The shelter's ID of the cat; absent when unknown.
} //	@name	ImportRowError

// ImportWarning is a value of a column that was not understood, or that no cat can have. The
// rows were imported, the fact is unknown, and its words are in `unparsed` of the cat.
type ImportWarning struct {
	Column  string       `json:"column" example:"Birthdate"`                             // Column with the value.
	Value   string       `json:"value" example:"1970-01-01"`                             // Words that were not understood, shortened.
	Code    errcode.Code `json:"code" swaggertype:"string" extensions:"x-codes=warning"` // `placeholder`: a word for a missing value.
	Message string       `json:"message" example:"Must not be more than 40 years ago."`  // What is wrong or expected, as a sentence.
	Line    int          `json:"line" example:"17"`                                      // Line of the file on which the first row with the value begins.
	Rows    int          `json:"rows" example:"2"`                                       // Rows with the value.
} //	@name	ImportWarning

// maxShownErrors is the number of errors of a file that are stored.
const maxShownErrors = 1000

// NewImportRun returns an import with its report, which is nil while the import runs. A
// dry run has no ID because it is not stored.
func NewImportRun(i catalog.Import, dryRun bool, report *ImportReport) ImportRun {
	id := &i.ID
	if dryRun {
		id = nil
	}
	return ImportRun{
		ID:            id,
		ShelterID:     i.ShelterID,
		Format:        i.Format,
		FormatVersion: PositiveOrNull(i.FormatVersion),
		Mode:          string(i.Mode),
		Status:        string(i.Status),
		DryRun:        dryRun,
		File:          ImportFile{SHA256: i.FileHash, SizeBytes: i.FileSize, DeletedAt: timeOrNull(i.FileDeletedAt)},
		SentBy:        ImportSender{KeyID: OrNull(i.Actor.KeyID), PartnerID: OrNull(i.Actor.PartnerID)},
		StartedAt:     i.StartedAt,
		FinishedAt:    timeOrNull(i.FinishedAt),
		Detail:        OrNull(importDetail(i.Status)),
		Report:        report,
	}
}

// importDetail returns what the sender of an import has to know about its status.
func importDetail(status catalog.ImportStatus) string {
	if status != catalog.ImportInterrupted {
		return ""
	}
	return "The server stopped or failed during the import, and only a part of the rows was imported. Send the file again: rows that were imported before stay unchanged."
}

// SetCounts sets the counts, errors and warnings of the rows.
func (r *ImportReport) SetCounts(rows ingest.Report) {
	r.Rows, r.Created, r.Updated, r.Unchanged = rows.Rows, rows.Created, rows.Updated, rows.Unchanged
	r.Skipped, r.SkippedByReason, r.Statuses, r.Rejected = rows.Skipped, rows.SkippedByReason, rows.Statuses, rows.Rejected
	r.IgnoredFiles, r.Photos, r.Assessments = rows.IgnoredFiles, rows.Photos, rows.Assessments
	r.Errors = make([]ImportRowError, 0, min(len(rows.Errors), maxShownErrors))
	for _, err := range rows.Errors[:min(len(rows.Errors), maxShownErrors)] {
		r.Errors = append(r.Errors, ImportRowError(err))
	}
	r.WarningCount, r.Warnings = rows.WarningCount, make([]ImportWarning, len(rows.Warnings))
	for i, w := range rows.Warnings {
		r.Warnings[i] = ImportWarning(w)
	}
}

// DecodeReport decodes a stored report. It returns nil for no report.
func DecodeReport(stored []byte) (*ImportReport, error) {
	if len(stored) == 0 {
		return nil, nil //nolint:nilnil // a running import has no report
	}
	report := ImportReport{Statuses: map[catalog.Status]int{}} // reports of earlier versions lack it
	if err := json.Unmarshal(stored, &report); err != nil {
		return nil, fmt.Errorf("decode import report: %w", err)
	}
	return &report, nil
}
