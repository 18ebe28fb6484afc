package store

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"gorm.io/gorm"

	"trailcat/internal/catalog"
)

// ErasableCat returns a cat, erased or not, and locks its shelter until the end of the
// transaction.
func (t tx) ErasableCat(ctx context.Context, id string) (catalog.Cat, error) {
	var row catRow
	if err := t.db.WithContext(ctx).Take(&row, "id = ?", id).Error; err != nil {
		return catalog.Cat{}, fmt.Errorf("read cat: %w", toDomainError(err, "cat", id))
	}
	if _, err := t.ErasableShelter(ctx, row.ShelterID); err != nil {
		return catalog.Cat{}, err
	}
	if err := t.db.WithContext(ctx).Take(&row, "id = ?", id).Error; err != nil { // as it is since the lock
		return catalog.Cat{}, fmt.Errorf("read cat: %w", toDomainError(err, "cat", id))
	}
	return row.cat()
}

// ErasableShelter returns a shelter, erased or not, and locks it until the end of the
// transaction.
func (t tx) ErasableShelter(ctx context.Context, id string) (catalog.Shelter, error) {
	return scanShelter(t.forUpdate(ctx), id, "id = ?", id)
}

// EraseEvidence deletes the assessments, health items and outcomes of cats.
func (t tx) EraseEvidence(ctx context.Context, catIDs []string) error {
	t.erase()
	for _, row := range []any{&assessmentRow{}, &healthRow{}, &outcomeRow{}} {
		if err := t.db.WithContext(ctx).Where(t.dialect.anyOf("cat_id", catIDs)).Delete(row).Error; err != nil {
			return fmt.Errorf("delete the evidence of %d cats: %w", len(catIDs), err)
		}
	}
	return nil
}

// EraseNotes deletes the notes of the assessments and outcomes of a cat.
func (t tx) EraseNotes(ctx context.Context, catID string) (erased int64, err error) {
	t.erase()
	for _, row := range []any{&assessmentRow{}, &outcomeRow{}} {
		done := t.db.WithContext(ctx).Model(row).Where("cat_id = ? AND note <> ''", catID).UpdateColumn("note", "")
		if erased += done.RowsAffected; done.Error != nil {
			return erased, fmt.Errorf("erase the notes about cat %s: %w", catID, done.Error)
		}
	}
	return erased, nil
}

// ErasePreImages deletes the pre-images of the log entries about cats and shelters.
func (t tx) ErasePreImages(ctx context.Context, ids []string) error {
	t.erase()
	err := t.db.WithContext(ctx).Model(&changeRow{}).
		Where("resource IN ? AND before <> ''", []catalog.Resource{catalog.CatResource, catalog.ShelterResource}).Where(t.dialect.anyOf("resource_id", ids)).
		UpdateColumn("before", "").Error
	return wrapError(err, "erase pre-images")
}

// EditPreImages replaces the pre-images of the log entries about a cat by what edit makes of
// them.
func (t tx) EditPreImages(ctx context.Context, catID string, edit func(catalog.PreImage) catalog.PreImage) error {
	t.erase()
	db := t.db.WithContext(ctx)
	var rows []changeRow
	if err := db.Where("resource = ? AND resource_id = ? AND before <> ''", catalog.CatResource, catID).Find(&rows).Error; err != nil {
		return fmt.Errorf("read pre-images: %w", err)
	}
	for _, row := range rows {
		before, err := preImageOf(row)
		if err != nil {
			return err
		}
		text, err := newPreImageDoc(new(edit(*before)))
		if err == nil {
			err = db.Model(&changeRow{}).Where("seq = ?", row.Seq).UpdateColumn("before", text).Error
		}
		if err != nil {
			return fmt.Errorf("edit the pre-image of log entry %d: %w", row.Seq, err)
		}
	}
	return nil
}

// AssessedBy returns the ids of a shelter's cats that an assessor assessed or whose health
// an assessor verified.
func (t tx) AssessedBy(ctx context.Context, shelterID, assessorID string) (catIDs []string, err error) {
	err = t.db.WithContext(ctx).Raw(`
		SELECT id FROM cats WHERE shelter_id = @shelter AND (
			id IN (SELECT cat_id FROM assessments WHERE assessor_id = @assessor) OR
			id IN (SELECT cat_id FROM health_items WHERE verified_by = @assessor))
		ORDER BY id`, map[string]any{"shelter": shelterID, "assessor": assessorID}).Scan(&catIDs).Error
	return catIDs, wrapError(err, "find the cats of an assessor")
}

// HasRunningImport reports whether an import of a shelter runs.
func (t tx) HasRunningImport(ctx context.Context, shelterID string) (bool, error) {
	var running int64
	err := t.db.WithContext(ctx).Model(&importRow{}).Where("shelter_id = ? AND status = ?", shelterID, string(catalog.ImportRunning)).Count(&running).Error
	return running > 0, wrapError(err, "find running imports")
}

// EraseImportContent deletes the files of a shelter's imports and edits each report that
// has details of rows.
func (t tx) EraseImportContent(ctx context.Context, shelterID string, at time.Time, edit func([]byte) ([]byte, error)) error {
	t.erase()
	db := t.db.WithContext(ctx)
	var withFile []string
	if err := db.Model(&importRow{}).Where("shelter_id = ? AND file_deleted_at IS NULL", shelterID).Pluck("id", &withFile).Error; err != nil {
		return fmt.Errorf("find import files: %w", err)
	}
	for ids := range slices.Chunk(withFile, importsPerStatement) {
		if err := deleteFiles(db, ids, at).Error; err != nil {
			return fmt.Errorf("delete import files: %w", err)
		}
	}
	for after := ""; ; {
		var reports []struct{ ID, Report string }
		err := db.Model(&importRow{}).Where("shelter_id = ? AND id > ? AND report LIKE '%[{%'", shelterID, after).
			Order("id").Limit(importsPerStatement).Find(&reports).Error
		if err != nil || len(reports) == 0 {
			return wrapError(err, "read import reports")
		}
		for _, r := range reports {
			after = r.ID
			edited, err := edit([]byte(r.Report))
			if err == nil {
				err = db.Model(&importRow{}).Where("id = ?", r.ID).UpdateColumn("report", string(edited)).Error
			}
			if err != nil {
				return fmt.Errorf("erase details of import %s: %w", r.ID, err)
			}
		}
	}
}

// DeleteShelterRecords deletes the imports, the formats and the statistics of a shelter.
func (t tx) DeleteShelterRecords(ctx context.Context, shelterID string) error {
	for _, row := range []any{&importRow{}, &importFormatRow{}, &qualityRow{}} {
		if err := t.db.WithContext(ctx).Where("shelter_id = ?", shelterID).Delete(row).Error; err != nil {
			return fmt.Errorf("delete the records of shelter %s: %w", shelterID, err)
		}
	}
	return nil
}

// erasedResponseStatus is the status of a stored response that was erased. Its body is
// empty; that of a stored problem is not.
const erasedResponseStatus = http.StatusGone

// EraseResponses deletes the stored responses to requests with the keys of a partner and of
// operators, and those that contain one of the ids.
func (t tx) EraseResponses(ctx context.Context, partnerID string, ids []string) error {
	t.erase()
	holders := t.db.Session(&gorm.Session{NewDB: true}).Table("keys").Select("id").Where("partner_id IN ?", []string{"", partnerID})
	erase := func(where string, value any) error {
		return t.db.WithContext(ctx).Model(&requestRow{}).Where("status <> 0").Where(where, value).
			UpdateColumns(map[string]any{"status": erasedResponseStatus, "header": "{}", "body": []byte{}}).Error
	}
	err := erase("holder IN (?)", holders)
	for _, id := range ids {
		if err == nil {
			err = erase(t.dialect.hasBytes, id)
		}
	}
	return wrapError(err, "erase stored responses")
}

// EraseDeliveryResponses deletes what webhooks responded.
func (t tx) EraseDeliveryResponses(ctx context.Context) error {
	t.erase()
	err := t.db.WithContext(ctx).Model(&deliveryRow{}).Where("answer <> ''").UpdateColumn("answer", "").Error
	return wrapError(err, "erase the responses of webhooks")
}

// EraseAddresses deletes network addresses from the audit and from imports.
func (t tx) EraseAddresses(ctx context.Context, address string, before time.Time) (erased int64, err error) {
	t.erase()
	for _, table := range addressTables {
		db := t.db.WithContext(ctx).Table(table.name).Where("address <> '' AND "+table.at+" <= ?", before.UTC())
		if address != "" {
			db = db.Where("address = ?", address)
		}
		done := db.UpdateColumn("address", "")
		if erased += done.RowsAffected; done.Error != nil {
			return erased, fmt.Errorf("erase addresses of table %s: %w", table.name, done.Error)
		}
	}
	return erased, nil
}

// RequestPurge makes the next call of Purge do its work, as after an erasure by another
// process.
func (s *Store) RequestPurge() { s.unpurged.Store(true) }

// Purge removes what erasures have left in the files of the database. If readers prevent
// it, the next call tries again; done reports whether nothing is left.
func (s *Store) Purge(ctx context.Context) (done bool, err error) {
	if s.dialect.purge == nil || !s.unpurged.Load() {
		return true, nil
	}
	s.unpurged.Store(false)
	err = s.inTurn(catalog.WithWorkload(ctx, catalog.JobWorkload), func(ctx context.Context) error {
		done, err = s.dialect.purge(ctx, s.pools.writer)
		return err
	})
	if !done {
		s.unpurged.Store(true)
	}
	return done, wrapError(err, "purge the files of the database")
}
