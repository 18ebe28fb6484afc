package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"trailcat/internal/catalog"
)

// photoRow is a row of the table photos.
type photoRow struct {
	Hash           string `gorm:"primaryKey"`
	MediaType      string
	Bytes          int64
	Width          int
	Height         int
	BlurHash       string
	Color          string
	PerceptualHash int64     // the bits of the hash, which may look negative
	CreatedAt      time.Time `gorm:"autoCreateTime:false"`
	UnusedSince    *time.Time
	Deleting       bool
}

func (photoRow) TableName() string { return "photos" }

func (r photoRow) photo() catalog.KeptPhoto {
	return catalog.KeptPhoto{
		Hash: r.Hash, MediaType: r.MediaType, Bytes: r.Bytes, Width: r.Width, Height: r.Height,
		BlurHash: r.BlurHash, Color: r.Color, PerceptualHash: uint64(r.PerceptualHash), CreatedAt: r.CreatedAt.UTC(),
	}
}

// photoSourceRow is a row of the table photo_sources.
type photoSourceRow struct {
	URL          string `gorm:"primaryKey"`
	Host         string
	Hash         string
	ETag         string `gorm:"column:etag"`
	LastModified string
	Failures     int
	FailingSince *time.Time
	Failure      string
	Missing      bool
	CheckedAt    *time.Time
	NextAt       time.Time
}

func (photoSourceRow) TableName() string { return "photo_sources" }

func newPhotoSourceRow(s catalog.PhotoSource) photoSourceRow {
	return photoSourceRow{
		URL: s.URL, Host: s.Host(), Hash: s.Hash, ETag: s.ETag, LastModified: s.LastModified, Failures: s.Failures,
		FailingSince: timeOrNil(s.FailingSince), Failure: s.Failure, Missing: s.Missing, CheckedAt: timeOrNil(s.CheckedAt), NextAt: s.NextAt.UTC(),
	}
}

func (r photoSourceRow) source() catalog.PhotoSource {
	return catalog.PhotoSource{
		URL: r.URL, Hash: r.Hash, ETag: r.ETag, LastModified: r.LastModified, Failures: r.Failures,
		FailingSince: timeOrZero(r.FailingSince), Failure: r.Failure, Missing: r.Missing, CheckedAt: timeOrZero(r.CheckedAt), NextAt: r.NextAt.UTC(),
	}
}

// KeptPhotos returns kept photos by hash, as far as they exist, and locks them.
func (t tx) KeptPhotos(ctx context.Context, hashes []string) (map[string]catalog.KeptPhoto, error) {
	hashes = slices.Compact(slices.Sorted(slices.Values(hashes)))
	if len(hashes) > 0 && hashes[0] == "" {
		hashes = hashes[1:]
	}
	if len(hashes) == 0 {
		return nil, nil
	}
	var rows []photoRow
	err := t.db.WithContext(ctx).Clauses(clause.Locking{Strength: "KEY SHARE"}).Where("NOT deleting").Where(t.dialect.anyOf("hash", hashes)).Order("hash").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read %d photos: %w", len(hashes), err)
	}
	out := make(map[string]catalog.KeptPhoto, len(rows))
	for _, r := range rows {
		out[r.Hash] = r.photo()
	}
	return out, nil
}

// hostInterval is the time between the first attempts to fetch photos of one host that are
// queued together, so that they neither strain it nor keep those of other hosts waiting.
const hostInterval = time.Second / 2

// timeText is the format of times that both engines read.
const timeText = "2006-01-02 15:04:05.999999-07:00"

// QueuePhotoSources queues URLs that are not known, and returns those of the others that were
// fetched before.
func (t tx) QueuePhotoSources(ctx context.Context, urls []string, at time.Time) ([]catalog.PhotoSource, error) {
	sources, ofHost := make([][3]string, len(urls)), map[string]int{}
	for i, u := range urls {
		host := catalog.PhotoSource{URL: u}.Host()
		due := at.Add(time.Duration(ofHost[host]) * hostInterval)
		ofHost[host]++
		sources[i] = [3]string{u, host, due.UTC().Format(timeText)}
	}
	list, err := json.Marshal(sources)
	if err != nil {
		return nil, fmt.Errorf("encode the sources of photos: %w", err)
	}
	db := t.db.WithContext(ctx)
	queued := db.Exec(`INSERT INTO photo_sources (url, host, next_at) SELECT value->>0, value->>1, `+t.dialect.timeOf("value->>2")+`
		FROM `+t.dialect.jsonEach+`(?) WHERE true ON CONFLICT DO NOTHING`, string(list))
	if queued.Error != nil || queued.RowsAffected == int64(len(urls)) {
		return nil, wrapError(queued.Error, "queue photos")
	}
	var rows []photoSourceRow
	if err := db.Where("checked_at IS NOT NULL").Where(t.dialect.anyOf("url", urls)).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read %d sources of photos: %w", len(urls), err)
	}
	return mapSlice(rows, photoSourceRow.source), nil
}

// SavePhotoUses replaces what is stored about which photos cats show.
func (t tx) SavePhotoUses(ctx context.Context, cats []catalog.Cat) error {
	var ids []string
	uses := [][5]any{}
	for _, cat := range cats {
		if cat.Version > 1 {
			ids = append(ids, cat.ID)
		}
		if cat.Status == catalog.Removed {
			continue
		}
		for i, p := range cat.Photos {
			missing := "no"
			if p.SourceMissing {
				missing = "yes"
			}
			uses = append(uses, [5]any{cat.ID, i, p.URL, p.Hash, missing})
		}
	}
	db := t.db.WithContext(ctx)
	if len(ids) > 0 {
		if err := db.Exec("DELETE FROM photo_uses WHERE ?", t.dialect.anyOf("cat_id", ids)).Error; err != nil {
			return fmt.Errorf("delete which photos %d cats show: %w", len(ids), err)
		}
	}
	if len(uses) == 0 {
		return nil
	}
	list, err := json.Marshal(uses)
	if err == nil {
		err = db.Exec(`INSERT INTO photo_uses (cat_id, position, url, hash, missing)
			SELECT value->>0, CAST(value->>1 AS bigint), value->>2, value->>3, value->>4 = 'yes' FROM `+t.dialect.jsonEach+`(?)`, string(list)).Error
	}
	return wrapError(err, "save which photos cats show")
}

// ErasePhotos removes what is stored of the photos of cats.
func (t tx) ErasePhotos(ctx context.Context, cats []catalog.Cat) error {
	var ids, urls, hashes []string
	for _, cat := range cats {
		ids = append(ids, cat.ID)
		for _, p := range cat.Photos {
			urls, hashes = append(urls, p.URL), append(hashes, p.Hash)
		}
	}
	t.erase()
	db := t.db.WithContext(ctx)
	err := db.Exec("DELETE FROM photo_uses WHERE ?", t.dialect.anyOf("cat_id", ids)).Error
	if err == nil && len(urls) > 0 {
		err = db.Exec("DELETE FROM photo_sources WHERE ? AND NOT EXISTS (SELECT 1 FROM photo_uses WHERE photo_uses.url = photo_sources.url)", t.dialect.anyOf("url", urls)).Error
	}
	if err == nil && len(hashes) > 0 {
		err = db.Exec("UPDATE photos SET unused_since = ? WHERE ? AND NOT EXISTS (SELECT 1 FROM photo_uses WHERE photo_uses.hash = photos.hash)", time.Unix(0, 0).UTC(), t.dialect.anyOf("hash", hashes)).Error
	}
	return wrapError(err, fmt.Sprintf("erase the photos of %d cats", len(ids)))
}

// SaveKeptPhoto inserts a kept photo, or renews the time for which a known one is kept
// although no cat shows it.
func (t tx) SaveKeptPhoto(ctx context.Context, p catalog.KeptPhoto) error {
	row := photoRow{
		Hash: p.Hash, MediaType: p.MediaType, Bytes: p.Bytes, Width: p.Width, Height: p.Height, BlurHash: p.BlurHash, Color: p.Color,
		PerceptualHash: int64(p.PerceptualHash), CreatedAt: p.CreatedAt.UTC(), UnusedSince: new(p.CreatedAt.UTC()), Deleting: false,
	}
	err := t.db.WithContext(ctx).Clauses(clause.OnConflict{
		Columns: []clause.Column{{Name: "hash"}},
		DoUpdates: clause.Assignments(map[string]any{
			"deleting":     false,
			"unused_since": gorm.Expr("CASE WHEN photos.unused_since IS NULL THEN NULL ELSE excluded.unused_since END"),
		}),
	}).Create(&row).Error
	return wrapError(err, "save photo "+p.Hash)
}

// SavePhotoSource replaces the state of a known source.
func (t tx) SavePhotoSource(ctx context.Context, s catalog.PhotoSource) error {
	err := t.db.WithContext(ctx).Model(&photoSourceRow{}).Where("url = ?", s.URL).Select("*").Updates(newPhotoSourceRow(s)).Error
	return wrapError(err, "save the source of a photo")
}

// CatsToShow returns the ids of up to limit cats with a source that do not show it as it is
// now. A cat that shows a copy keeps it when the source no longer has the photo.
func (t tx) CatsToShow(ctx context.Context, s catalog.PhotoSource, limit int) (ids []string, err error) {
	err = t.db.WithContext(ctx).Raw("SELECT DISTINCT cat_id FROM photo_uses WHERE url = ? AND (missing <> ? OR hash <> ? AND ? <> '') LIMIT ?", s.URL, s.Missing, s.Hash, s.Hash, limit).Scan(&ids).Error
	return ids, wrapError(err, "find the cats with a photo")
}

// KeptPhoto returns a kept photo that a cat shows. The error is NotFound if there is none.
func (s *Store) KeptPhoto(ctx context.Context, hash string) (catalog.KeptPhoto, error) {
	var row photoRow
	err := s.read(ctx, func(db *gorm.DB) error {
		return db.Take(&row, "hash = ? AND EXISTS (SELECT 1 FROM photo_uses WHERE photo_uses.hash = photos.hash)", hash).Error
	})
	return row.photo(), wrapError(toDomainError(err, "photo", hash), "read a photo")
}

// AnyKeptPhoto returns a kept photo, whether or not a cat shows it. The error is NotFound if there
// is none.
func (s *Store) AnyKeptPhoto(ctx context.Context, hash string) (catalog.KeptPhoto, error) {
	var row photoRow
	err := s.read(ctx, func(db *gorm.DB) error { return db.Take(&row, "hash = ? AND NOT deleting", hash).Error })
	return row.photo(), wrapError(toDomainError(err, "photo", hash), "read a photo")
}

// PhotoUsage returns how many different photos are kept for the cats of a shelter.
func (s *Store) PhotoUsage(ctx context.Context, shelterID string) (usage catalog.PhotoUsage, err error) {
	err = s.read(ctx, func(db *gorm.DB) error {
		return db.Raw(`SELECT count(*) AS photos, coalesce(sum(bytes), 0) AS bytes FROM photos WHERE hash IN (
			SELECT hash FROM photo_uses JOIN cats ON cats.id = photo_uses.cat_id WHERE cats.shelter_id = ? AND photo_uses.hash <> '')`, shelterID).Scan(&usage).Error
	})
	return usage, wrapError(err, "count the photos of shelter "+shelterID)
}

// LeasePhotoSources returns up to limit sources that are due and that cats show, and postpones
// them by ttl, so that no other node fetches them. Sources that no cat shows are deleted.
func (s *Store) LeasePhotoSources(ctx context.Context, now time.Time, ttl time.Duration, limit int) (sources []catalog.PhotoSource, err error) {
	err = s.write(neverRejected(ctx), func(t tx) error {
		sources = nil
		db := t.db.WithContext(ctx)
		var rows []photoSourceRow
		if err := db.Clauses(clause.Locking{Strength: "UPDATE", Options: "SKIP LOCKED"}).Where("next_at <= ?", now.UTC()).Order("next_at").Limit(limit).Find(&rows).Error; err != nil || len(rows) == 0 {
			return err
		}
		urls := mapSlice(rows, func(r photoSourceRow) string { return r.URL })
		var shown []string
		if err := db.Raw("SELECT DISTINCT url FROM photo_uses WHERE ?", t.dialect.anyOf("url", urls)).Scan(&shown).Error; err != nil {
			return err
		}
		var unused []string
		for _, r := range rows {
			if slices.Contains(shown, r.URL) {
				sources = append(sources, r.source())
			} else {
				unused = append(unused, r.URL)
			}
		}
		if len(unused) > 0 {
			if err := db.Where(t.dialect.anyOf("url", unused)).Delete(&photoSourceRow{}).Error; err != nil {
				return err
			}
		}
		return db.Model(&photoSourceRow{}).Where(t.dialect.anyOf("url", shown)).UpdateColumn("next_at", now.Add(ttl).UTC()).Error
	})
	return sources, wrapError(err, "find photos to fetch")
}

// PhotosWaiting returns how many sources are due at a moment.
func (s *Store) PhotosWaiting(ctx context.Context, at time.Time) (n int64, err error) {
	err = s.read(ctx, func(db *gorm.DB) error {
		return db.Model(&photoSourceRow{}).Where("next_at <= ?", at.UTC()).Count(&n).Error
	})
	return n, wrapError(err, "count the photos to fetch")
}

// photoQuarters is how many parts of perceptual hashes have an index.
const photoQuarters = 4

// CatsWithPhotosLike returns the ids of the cats that show a photo whose perceptual hash has a
// quarter in common with one of hashes, by perceptual hash.
func (s *Store) CatsWithPhotosLike(ctx context.Context, hashes []uint64) (map[uint64][]string, error) {
	queries, args := make([]string, photoQuarters), make([]any, photoQuarters)
	for i := range photoQuarters {
		quarters := mapSlice(hashes, func(hash uint64) uint64 { return hash >> (16 * i) & 0xffff })
		slices.Sort(quarters)
		list, err := json.Marshal(slices.Compact(quarters))
		if err != nil {
			return nil, fmt.Errorf("encode perceptual hashes: %w", err)
		}
		column := "perceptual_hash"
		if i > 0 {
			column = fmt.Sprintf("(perceptual_hash >> %d)", 16*i)
		}
		queries[i] = "SELECT perceptual_hash, cat_id FROM photos JOIN photo_uses ON photo_uses.hash = photos.hash AND photo_uses.hash <> '' WHERE perceptual_hash <> 0 AND (" +
			column + " & 65535) IN (SELECT CAST(CAST(value AS text) AS bigint) FROM " + s.dialect.jsonEach + "(?))"
		args[i] = string(list)
	}
	var rows []struct {
		PerceptualHash int64
		CatID          string
	}
	if err := s.read(ctx, func(db *gorm.DB) error { return db.Raw(strings.Join(queries, " UNION "), args...).Scan(&rows).Error }); err != nil {
		return nil, fmt.Errorf("find photos that look like %d others: %w", len(hashes), err)
	}
	out := map[uint64][]string{}
	for _, r := range rows {
		out[uint64(r.PerceptualHash)] = append(out[uint64(r.PerceptualHash)], r.CatID)
	}
	return out, nil
}

// NoteUnusedPhotos notes since when photos are not shown by any cat. It reads all photos.
func (s *Store) NoteUnusedPhotos(ctx context.Context, now time.Time) error {
	const isUsed = "EXISTS (SELECT 1 FROM photo_uses WHERE photo_uses.hash = photos.hash)"
	_, err := s.execOnce(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Exec("UPDATE photos SET unused_since = CASE WHEN unused_since IS NULL THEN "+s.dialect.timeOf("?")+" END WHERE (unused_since IS NULL) <> "+isUsed, now.UTC())
	})
	return wrapError(err, "find unused photos")
}

// UnusedPhotos returns the hashes of up to limit photos that have not been shown since a moment.
func (s *Store) UnusedPhotos(ctx context.Context, since time.Time, limit int) (hashes []string, err error) {
	err = s.read(ctx, func(db *gorm.DB) error {
		return db.Model(&photoRow{}).Where("unused_since <= ?", since.UTC()).Order("unused_since").Limit(limit).Pluck("hash", &hashes).Error
	})
	return hashes, wrapError(err, "find unused photos")
}

// DeletePhoto deletes a photo that no cat shows, with its files, which deleteFiles deletes. It
// returns whether it was deleted; it is not if a cat shows it by now. If deleteFiles fails, the
// photo is not shown again, and the next call tries again.
func (s *Store) DeletePhoto(ctx context.Context, hash string, deleteFiles func() error) (deleted bool, err error) {
	for _, last := range []bool{false, true} {
		err = s.write(neverRejected(ctx), func(t tx) error {
			deleted = false
			db := t.db.WithContext(ctx)
			var rows []photoRow
			// The lock comes first: a cat that shows the photo since then is seen by the next statement.
			if err := db.Clauses(clause.Locking{Strength: "UPDATE"}).Where("hash = ?", hash).Find(&rows).Error; err != nil || len(rows) == 0 || last && !rows[0].Deleting {
				return err
			}
			var uses int64
			if err := db.Raw("SELECT count(*) FROM photo_uses WHERE hash = ?", hash).Scan(&uses).Error; err != nil {
				return err
			}
			switch {
			case uses > 0:
				return db.Model(&photoRow{}).Where("hash = ?", hash).Select("unused_since", "deleting").Updates(photoRow{}).Error
			case !last:
				if err := db.Model(&photoSourceRow{}).Where("hash = ?", hash).Select("hash", "etag", "last_modified").Updates(photoSourceRow{}).Error; err != nil {
					return err
				}
				return db.Model(&photoRow{}).Where("hash = ?", hash).UpdateColumn("deleting", true).Error
			}
			if err := deleteFiles(); err != nil {
				return err
			}
			deleted = true
			return db.Where("hash = ?", hash).Delete(&photoRow{}).Error
		})
		if err != nil {
			return false, wrapError(err, "delete photo "+hash)
		}
	}
	return deleted, nil
}

// KeptPhotosAfter returns up to limit kept photos after a hash, in order of hash.
func (s *Store) KeptPhotosAfter(ctx context.Context, hash string, limit int) (photos []catalog.KeptPhoto, err error) {
	err = s.read(ctx, func(db *gorm.DB) error {
		var rows []photoRow
		err := db.Where("hash > ? AND NOT deleting", hash).Order("hash").Limit(limit).Find(&rows).Error
		photos = mapSlice(rows, photoRow.photo)
		return err
	})
	return photos, wrapError(err, "read photos")
}
