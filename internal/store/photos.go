package store

import (
	"context"
	"encoding/json"
	"errors"
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

// KeptPhotos returns those of the kept photos that exist, by hash, and locks them.
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
// queued together, so that they neither overload it nor delay those of other hosts.
const hostInterval = time.Second / 2

// timeText is the format of times that both engines read.
const timeText = "2006-01-02 15:04:05.999999-07:00"

// QueuePhotoSources queues unknown URLs, and returns those of the others that were fetched
// before. Until the end of the transaction no source is deleted, and no attempt to fetch
// it is recorded, so that one that ends meanwhile finds the cats of this transaction.
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
	for {
		queued := db.Exec(`INSERT INTO photo_sources (url, host, next_at) SELECT value->>0, value->>1, `+t.dialect.timeOf("value->>2")+`
			FROM `+t.dialect.jsonEach+`(?) WHERE true ON CONFLICT DO NOTHING`, string(list))
		if queued.Error != nil || queued.RowsAffected == int64(len(urls)) {
			return nil, wrapError(queued.Error, "queue photos")
		}
		var rows []photoSourceRow
		if err := db.Clauses(clause.Locking{Strength: "SHARE"}).Where(t.dialect.anyOf("url", urls)).Order("url").Find(&rows).Error; err != nil {
			return nil, fmt.Errorf("read %d sources of photos: %w", len(urls), err)
		}
		if len(rows) < len(urls) { // some were deleted between the statements
			continue
		}
		rows = slices.DeleteFunc(rows, func(r photoSourceRow) bool { return r.CheckedAt == nil })
		return mapSlice(rows, photoSourceRow.source), nil
	}
}

// SavePhotoUses replaces what is stored about which photos cats show, and records which photos no
// cat shows any more.
func (t tx) SavePhotoUses(ctx context.Context, cats []catalog.Cat) error {
	var ids []string
	var at time.Time
	uses, used := [][5]any{}, map[string]bool{}
	for _, cat := range cats {
		if cat.Version > 1 {
			ids, at = append(ids, cat.ID), cat.UpdatedAt
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
			used[p.Hash] = true
		}
	}
	db := t.db.WithContext(ctx)
	var before []string // hashes that the cats showed
	if len(ids) > 0 {
		if err := db.Raw("DELETE FROM photo_uses WHERE ? RETURNING hash", t.dialect.anyOf("cat_id", ids)).Scan(&before).Error; err != nil {
			return fmt.Errorf("delete which photos %d cats show: %w", len(ids), err)
		}
	}
	if len(uses) > 0 {
		list, err := json.Marshal(uses)
		if err == nil {
			err = db.Exec(`INSERT INTO photo_uses (cat_id, position, url, hash, missing)
			SELECT value->>0, CAST(value->>1 AS bigint), value->>2, value->>3, value->>4 = 'yes' FROM `+t.dialect.jsonEach+`(?) WHERE true ON CONFLICT DO NOTHING`, string(list)).Error
		}
		if err != nil {
			return fmt.Errorf("save which photos cats show: %w", err)
		}
	}
	unused := slices.DeleteFunc(before, func(hash string) bool { return hash == "" || used[hash] })
	return wrapError(t.noteUnused(ctx, unused, at), "note photos that are not shown")
}

// noteUnused records since when photos are unused, unless a cat shows them. It does not see cats
// that other transactions change at the same time; NoteUnusedPhotos corrects that.
func (t tx) noteUnused(ctx context.Context, hashes []string, since time.Time) error {
	if len(hashes) == 0 {
		return nil
	}
	slices.Sort(hashes)
	return t.db.WithContext(ctx).Exec("UPDATE photos SET unused_since = ? WHERE ? AND NOT EXISTS (SELECT 1 FROM photo_uses WHERE photo_uses.hash = photos.hash)",
		since.UTC(), t.dialect.anyOf("hash", hashes)).Error
}

// ErasePhotos removes everything that is stored about the photos of cats.
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
		// The lock comes first: a cat that shows a source since then is seen by the next statement.
		var locked []string
		err = db.Model(&photoSourceRow{}).Clauses(clause.Locking{Strength: "UPDATE"}).Where(t.dialect.anyOf("url", urls)).Order("url").Pluck("url", &locked).Error
	}
	if err == nil && len(urls) > 0 {
		err = db.Exec("DELETE FROM photo_sources WHERE ? AND NOT EXISTS (SELECT 1 FROM photo_uses WHERE photo_uses.url = photo_sources.url)", t.dialect.anyOf("url", urls)).Error
	}
	if err == nil {
		err = t.noteUnused(ctx, hashes, time.Unix(0, 0))
	}
	return wrapError(err, fmt.Sprintf("erase the photos of %d cats", len(ids)))
}

// SaveKeptPhoto inserts a kept photo, or renews the grace period of a known one that is unused. The
// error is catalog.ErrPhotoDeleting while the photo is being deleted.
func (t tx) SaveKeptPhoto(ctx context.Context, p catalog.KeptPhoto) error {
	row := photoRow{
		Hash: p.Hash, MediaType: p.MediaType, Bytes: p.Bytes, Width: p.Width, Height: p.Height, BlurHash: p.BlurHash, Color: p.Color,
		PerceptualHash: int64(p.PerceptualHash), CreatedAt: p.CreatedAt.UTC(), UnusedSince: new(p.CreatedAt.Add(catalog.NewPhotoGrace).UTC()), Deleting: false,
	}
	saved := t.db.WithContext(ctx).Clauses(clause.OnConflict{
		Columns: []clause.Column{{Name: "hash"}},
		Where:   clause.Where{Exprs: []clause.Expression{gorm.Expr("NOT photos.deleting")}},
		DoUpdates: clause.Assignments(map[string]any{
			"unused_since": gorm.Expr("CASE WHEN photos.unused_since IS NULL THEN NULL ELSE excluded.unused_since END"),
		}),
	}).Create(&row)
	if saved.Error == nil && saved.RowsAffected == 0 {
		return catalog.ErrPhotoDeleting
	}
	return wrapError(saved.Error, "save photo "+p.Hash)
}

// RenewKeptPhoto returns a kept photo, whether or not a cat shows it, and renews its grace period
// if it is unused. The error is NotFound if there is none.
func (s *Store) RenewKeptPhoto(ctx context.Context, hash string, now time.Time) (catalog.KeptPhoto, error) {
	var rows []photoRow
	_, err := s.exec(ctx, func(db *gorm.DB) *gorm.DB {
		rows = nil
		return db.Model(&rows).Clauses(clause.Returning{}).Where("hash = ? AND NOT deleting", hash).
			UpdateColumn("unused_since", gorm.Expr("CASE WHEN unused_since IS NULL THEN NULL ELSE "+s.dialect.timeOf("?")+" END", now.Add(catalog.NewPhotoGrace).UTC()))
	})
	if err == nil && len(rows) == 0 {
		err = catalog.NotFoundError("photo", hash)
	}
	if err != nil {
		return catalog.KeptPhoto{}, wrapError(err, "renew a photo")
	}
	return rows[0].photo(), nil
}

// SavePhotoSource replaces the state of a known source. If the source is no longer known,
// because its cats were erased, a copy that no cat shows is to be deleted immediately.
func (t tx) SavePhotoSource(ctx context.Context, s catalog.PhotoSource) error {
	saved := t.db.WithContext(ctx).Model(&photoSourceRow{}).Where("url = ?", s.URL).Select("*").Updates(newPhotoSourceRow(s))
	err := saved.Error
	if err == nil && saved.RowsAffected == 0 && s.Hash != "" {
		err = t.noteUnused(ctx, []string{s.Hash}, time.Unix(0, 0))
	}
	return wrapError(err, "save the source of a photo")
}

// CatsToShow returns the ids of up to limit cats with a source that do not show its current
// state. A cat that shows a copy keeps it when the source no longer has the photo.
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

// ShowsPhoto reports whether a cat of a shelter shows a kept photo.
func (s *Store) ShowsPhoto(ctx context.Context, shelterID, hash string) (bool, error) {
	var ids []string
	err := s.read(ctx, func(db *gorm.DB) error {
		return db.Raw("SELECT cats.id FROM photo_uses JOIN cats ON cats.id = photo_uses.cat_id WHERE photo_uses.hash = ? AND cats.shelter_id = ? LIMIT 1", hash, shelterID).Scan(&ids).Error
	})
	return len(ids) > 0, wrapError(err, "find photo "+hash+" of shelter "+shelterID)
}

// LeasePhotoSources returns sources that are due and that cats show: at most one of each host,
// of up to limit hosts that are not among skip. It postpones them by ttl, so that no other node
// fetches them. Sources that no cat shows are deleted.
func (s *Store) LeasePhotoSources(ctx context.Context, now time.Time, ttl time.Duration, limit int, skip []string) (sources []catalog.PhotoSource, err error) {
	hosts, err := s.photoHosts(ctx, now, limit, skip)
	if err != nil || len(hosts) == 0 {
		return nil, wrapError(err, "find hosts of photos")
	}
	slices.Sort(hosts) // nodes that do the same at the same time must not deadlock
	err = s.write(neverRejected(ctx), func(t tx) error {
		sources = nil
		for _, host := range hosts {
			if err := t.leasePhotoSource(ctx, host, now, ttl, &sources); err != nil {
				return err
			}
		}
		return nil
	})
	return sources, wrapError(err, "find photos to fetch")
}

// photoHosts returns up to limit hosts with sources that are due, without those among skip, in
// the order in which they are due. It reads two index entries per host.
func (s *Store) photoHosts(ctx context.Context, now time.Time, limit int, skip []string) (hosts []string, err error) {
	err = s.read(ctx, func(db *gorm.DB) error {
		var due []string
		if err := db.Model(&photoSourceRow{}).Where("next_at <= ?", now.UTC()).Limit(1).Pluck("url", &due).Error; err != nil || len(due) == 0 {
			return err
		}
		return db.Raw(`WITH RECURSIVE hosts (host) AS (
				SELECT min(host) FROM photo_sources
				UNION ALL
				SELECT (SELECT min(host) FROM photo_sources WHERE photo_sources.host > hosts.host) FROM hosts WHERE hosts.host IS NOT NULL
			)
			SELECT host FROM (SELECT host, (SELECT min(next_at) FROM photo_sources WHERE photo_sources.host = hosts.host) AS due FROM hosts WHERE host IS NOT NULL) AS dates
			WHERE due <= ? AND NOT (?) ORDER BY due LIMIT ?`, now.UTC(), s.dialect.anyOf("host", append([]string{"-"}, skip...)), limit).Scan(&hosts).Error
	})
	return hosts, err
}

// unusedBatch is how many sources that no cat shows one call deletes for a host.
const unusedBatch = 20

// leasePhotoSource adds the first source of a host that is due to sources.
func (t tx) leasePhotoSource(ctx context.Context, host string, now time.Time, ttl time.Duration, sources *[]catalog.PhotoSource) error {
	db := t.db.WithContext(ctx)
	var rows []photoSourceRow
	if err := db.Clauses(clause.Locking{Strength: "UPDATE", Options: "SKIP LOCKED"}).Where("host = ? AND next_at <= ?", host, now.UTC()).Order("next_at").Limit(unusedBatch).Find(&rows).Error; err != nil {
		return err
	}
	for _, r := range rows {
		var uses []string
		if err := db.Raw("SELECT url FROM photo_uses WHERE url = ? LIMIT 1", r.URL).Scan(&uses).Error; err != nil {
			return err
		}
		if len(uses) > 0 {
			*sources = append(*sources, r.source())
			return db.Model(&photoSourceRow{}).Where("url = ?", r.URL).UpdateColumn("next_at", now.Add(ttl).UTC()).Error
		}
		if err := db.Where("url = ?", r.URL).Delete(&photoSourceRow{}).Error; err != nil {
			return err
		}
	}
	return nil
}

// PostponePhotoSource makes a source due at another time.
func (s *Store) PostponePhotoSource(ctx context.Context, url string, at time.Time) error {
	_, err := s.execOnce(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Model(&photoSourceRow{}).Where("url = ?", url).UpdateColumn("next_at", at.UTC())
	})
	return wrapError(err, "postpone a photo")
}

// PhotoSources returns those of the sources that exist.
func (s *Store) PhotoSources(ctx context.Context, urls []string) (sources []catalog.PhotoSource, err error) {
	err = s.read(ctx, func(db *gorm.DB) error {
		var rows []photoSourceRow
		err := db.Where(s.dialect.anyOf("url", urls)).Order("url").Find(&rows).Error
		sources = mapSlice(rows, photoSourceRow.source)
		return err
	})
	return sources, wrapError(err, "read the sources of photos")
}

// SheltersOfPhoto returns the shelters whose cats have a source.
func (s *Store) SheltersOfPhoto(ctx context.Context, url string) ([]catalog.Shelter, error) {
	var ids []string
	err := s.read(ctx, func(db *gorm.DB) error {
		return db.Raw("SELECT DISTINCT cats.shelter_id FROM photo_uses JOIN cats ON cats.id = photo_uses.cat_id WHERE photo_uses.url = ? ORDER BY cats.shelter_id", url).Scan(&ids).Error
	})
	var shelters []catalog.Shelter
	for _, id := range ids {
		shelter, shelterErr := s.Shelter(ctx, id)
		err = errors.Join(err, shelterErr)
		shelters = append(shelters, shelter)
	}
	return shelters, wrapError(err, "read the shelters of a photo")
}

// RefetchPhotos makes sources due and returns their number: only those whose last attempt failed if
// failed is set, and only those of the cats of a shelter if shelterID is not empty.
func (s *Store) RefetchPhotos(ctx context.Context, now time.Time, shelterID string, failed bool) (int64, error) {
	n, err := s.execOnce(ctx, func(db *gorm.DB) *gorm.DB {
		sources := db.Model(&photoSourceRow{}).Where("next_at > ?", now.UTC())
		if failed {
			sources = sources.Where("failures > 0")
		}
		if shelterID != "" {
			sources = sources.Where("url IN (SELECT photo_uses.url FROM photo_uses JOIN cats ON cats.id = photo_uses.cat_id WHERE cats.shelter_id = ?)", shelterID)
		}
		return sources.UpdateColumn("next_at", now.UTC())
	})
	return n, wrapError(err, "queue photos")
}

// RepairPhoto makes the sources of a photo whose files are lost due, without validators, so that
// they are sent in full. It returns their number and the ids of the cats that show the photo.
func (s *Store) RepairPhoto(ctx context.Context, hash string, now time.Time) (queued int64, catIDs []string, err error) {
	queued, err = s.execOnce(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Model(&photoSourceRow{}).Where("hash = ?", hash).UpdateColumns(map[string]any{"next_at": now.UTC(), "etag": "", "last_modified": ""})
	})
	if err == nil {
		catIDs, err = s.CatsWithPhoto(ctx, hash)
	}
	return queued, catIDs, wrapError(err, "queue photo "+hash)
}

// CatsWithPhoto returns the ids of the cats that show a kept photo.
func (s *Store) CatsWithPhoto(ctx context.Context, hash string) (ids []string, err error) {
	err = s.read(ctx, func(db *gorm.DB) error {
		return db.Raw("SELECT DISTINCT cat_id FROM photo_uses WHERE hash = ? ORDER BY cat_id", hash).Scan(&ids).Error
	})
	return ids, wrapError(err, "find the cats with photo "+hash)
}

// FailingPhotoSources returns those of the sources with one of the URLs that could not be fetched
// at the last attempt.
func (s *Store) FailingPhotoSources(ctx context.Context, urls []string) ([]catalog.PhotoSource, error) {
	if len(urls) == 0 {
		return nil, nil
	}
	var rows []photoSourceRow
	err := s.read(ctx, func(db *gorm.DB) error {
		return db.Where("failing_since IS NOT NULL").Where(s.dialect.anyOf("url", urls)).Find(&rows).Error
	})
	return mapSlice(rows, photoSourceRow.source), wrapError(err, "read the photos that could not be fetched")
}

// PhotosWaiting returns how many sources are due at a time.
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

// NoteUnusedPhotos records since when no cat shows photos. It reads all photos.
func (s *Store) NoteUnusedPhotos(ctx context.Context, now time.Time) error {
	const isUsed = "EXISTS (SELECT 1 FROM photo_uses WHERE photo_uses.hash = photos.hash)"
	_, err := s.execOnce(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Exec("UPDATE photos SET unused_since = CASE WHEN unused_since IS NULL THEN "+s.dialect.timeOf("?")+" END WHERE (unused_since IS NULL) <> "+isUsed, now.UTC())
	})
	return wrapError(err, "find unused photos")
}

// UnusedPhotos returns the hashes of up to limit photos that no cat has shown since a time.
func (s *Store) UnusedPhotos(ctx context.Context, since time.Time, limit int) (hashes []string, err error) {
	err = s.read(ctx, func(db *gorm.DB) error {
		return db.Model(&photoRow{}).Where("unused_since <= ?", since.UTC()).Order("unused_since, hash").Limit(limit).Pluck("hash", &hashes).Error
	})
	return hashes, wrapError(err, "find unused photos")
}

// MarkPhotoDeleting marks a photo that no cat has shown since a time, so that no further cat can
// show it and its files can be deleted. It reports whether the photo is marked, which it is not
// if a cat shows it or if it was sent again meanwhile.
func (s *Store) MarkPhotoDeleting(ctx context.Context, hash string, since time.Time) (marked bool, err error) {
	err = s.write(neverRejected(ctx), func(t tx) error {
		marked = false
		db := t.db.WithContext(ctx)
		var rows []photoRow
		// The lock comes first: a cat that shows the photo since then is seen by the next statement.
		if err := db.Clauses(clause.Locking{Strength: "UPDATE"}).Where("hash = ? AND unused_since <= ?", hash, since.UTC()).Find(&rows).Error; err != nil || len(rows) == 0 {
			return err
		}
		var uses int64
		if err := db.Raw("SELECT count(*) FROM photo_uses WHERE hash = ?", hash).Scan(&uses).Error; err != nil {
			return err
		}
		if marked = uses == 0; !marked {
			return db.Model(&photoRow{}).Where("hash = ?", hash).UpdateColumn("unused_since", nil).Error
		}
		if err := db.Model(&photoSourceRow{}).Where("hash = ?", hash).Select("hash", "etag", "last_modified").Updates(photoSourceRow{}).Error; err != nil {
			return err
		}
		return db.Model(&photoRow{}).Where("hash = ?", hash).UpdateColumn("deleting", true).Error
	})
	return marked, wrapError(err, "mark photo "+hash)
}

// DeletePhoto deletes a photo that is marked, after its files were deleted.
func (s *Store) DeletePhoto(ctx context.Context, hash string) error {
	_, err := s.execOnce(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Where("hash = ? AND deleting", hash).Delete(&photoRow{})
	})
	return wrapError(err, "delete photo "+hash)
}

// MarkUnknownPhotos marks the hashes that belong to no photo, so that their files are deleted like
// those of an unused photo, and returns their number.
func (s *Store) MarkUnknownPhotos(ctx context.Context, hashes []string) (int64, error) {
	rows := mapSlice(hashes, func(hash string) photoRow {
		return photoRow{Hash: hash, MediaType: "", Bytes: 0, Width: 0, Height: 0, BlurHash: "", Color: "", PerceptualHash: 0, CreatedAt: time.Unix(0, 0).UTC(), UnusedSince: new(time.Unix(0, 0).UTC()), Deleting: true}
	})
	marked, err := s.execOnce(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Clauses(clause.OnConflict{DoNothing: true}).Create(&rows)
	})
	return marked, wrapError(err, fmt.Sprintf("mark unknown photos among %d", len(hashes)))
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
