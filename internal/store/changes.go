package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
)

// changeRow is a row of the table changes: an entry of the log.
type changeRow struct {
	Seq        int64 `gorm:"primaryKey;autoIncrement:false"`
	At         time.Time
	Op         string
	Resource   string
	ResourceID string
	ShelterID  string
	Version    int64
	Fields     string
	CommitID   int64
	Before     string
}

func (changeRow) TableName() string { return "changes" }

func newChangeRow(seq, commitID int64, c catalog.Change) (changeRow, error) {
	before, err := newPreImageDoc(c.Before)
	if err != nil {
		return changeRow{}, fmt.Errorf("pre-image of %s %s: %w", c.Resource, c.ResourceID, err)
	}
	return changeRow{
		Seq: seq, At: c.At.UTC(), Op: string(c.Op), Resource: string(c.Resource), ResourceID: c.ResourceID,
		ShelterID: c.ShelterID, Version: c.Version, Fields: strings.Join(c.Fields, ","), CommitID: commitID, Before: before,
	}, nil
}

func (r changeRow) change() (catalog.Change, error) {
	var fields []string
	if r.Fields != "" {
		fields = strings.Split(r.Fields, ",")
	}
	before, err := preImageOf(r)
	if err != nil {
		return catalog.Change{}, fmt.Errorf("pre-image of %s %s: %w", r.Resource, r.ResourceID, err)
	}
	return catalog.Change{
		Seq: r.Seq, CommitID: r.CommitID, At: r.At.UTC(), Op: catalog.Op(r.Op), Resource: catalog.Resource(r.Resource), ResourceID: r.ResourceID,
		ShelterID: r.ShelterID, Version: r.Version, Fields: fields, Before: before,
	}, nil
}

// headRow is the only row of the table log_head: the end of the log.
type headRow struct {
	ID               int
	Seq              int64
	Epoch            string
	Floor            int64
	CommitID         int64 // of the entry Seq
	PreviousCommitID int64 // of the entry before the last transaction's first
	FloorCommitID    int64 // of the entry Floor, which compaction may have deleted
}

func (headRow) TableName() string { return "log_head" }

func (r headRow) position() catalog.LogPosition {
	return catalog.LogPosition{Seq: r.Seq, Epoch: r.Epoch, CommitID: r.CommitID, Floor: r.Floor}
}

// changeColumns are the columns of a log entry without its pre-image, in the order of
// changeRow.
var changeColumns = []string{"seq", "at", "op", "resource", "resource_id", "shelter_id", "version", "fields", "commit_id"}

// Changes returns up to limit log entries after a number, without pre-images.
func (s *Store) Changes(ctx context.Context, after int64, limit int) ([]catalog.Change, error) {
	return s.changes(ctx, after, limit, changeColumns)
}

// ChangesWithBefore is Changes with pre-images.
func (s *Store) ChangesWithBefore(ctx context.Context, after int64, limit int) ([]catalog.Change, error) {
	return s.changes(ctx, after, limit, append(slices.Clone(changeColumns), "before"))
}

func (s *Store) changes(ctx context.Context, after int64, limit int, columns []string) ([]catalog.Change, error) {
	var rows []changeRow
	err := s.read(ctx, func(db *gorm.DB) (err error) {
		rows, err = changeRows(db.Model(&changeRow{}).Select(columns).Where("seq > ?", after).Order("seq").Limit(limit), columns)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("changes after %d: %w", after, err)
	}
	return convertAll(rows, changeRow.change)
}

// changeRows scans rows without GORM, which takes twice as long: every node reads the
// log continuously.
func changeRows(db *gorm.DB, columns []string) (rows []changeRow, err error) {
	cursor, err := db.Rows()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, cursor.Close()) }()
	for cursor.Next() {
		var r changeRow
		dest := []any{&r.Seq, &r.At, &r.Op, &r.Resource, &r.ResourceID, &r.ShelterID, &r.Version, &r.Fields, &r.CommitID, &r.Before}
		if err := cursor.Scan(dest[:len(columns)]...); err != nil {
			return nil, err
		}
		rows = append(rows, r)
	}
	return rows, cursor.Err()
}

// Head returns the end of the log. Its epoch is a random id that was generated with
// the tables.
func (s *Store) Head(ctx context.Context) (catalog.LogPosition, error) {
	var head catalog.LogPosition
	err := s.read(ctx, func(db *gorm.DB) (err error) {
		head, err = scanHead(db)
		return err
	})
	return head, err
}

func scanHead(db *gorm.DB) (catalog.LogPosition, error) {
	var row headRow
	if err := db.Take(&row).Error; err != nil {
		return catalog.LogPosition{}, fmt.Errorf("read the end of the log: %w", err)
	}
	return row.position(), nil
}

// endOfLogColumns are the number and the commit ID of the end of the log, as columns of
// rows that are read in the same statement.
const endOfLogColumns = "(SELECT seq FROM log_head) AS log_seq, (SELECT commit_id FROM log_head) AS log_commit_id"

// endOfLog has endOfLogColumns.
type endOfLog struct{ LogSeq, LogCommitID int64 }

func (e endOfLog) position() catalog.LogPosition {
	return catalog.LogPosition{Seq: e.LogSeq, Epoch: "", CommitID: e.LogCommitID, Floor: 0}
}

// isSetBack returns the condition that log_head is the end of a log that does not contain
// the entry of one of some positions of the same epoch. This cannot be known of entries
// below the floor, and of positions without a commit ID unless they are after the end.
func (d dialect) isSetBack(positions []catalog.LogPosition) (clause.Expr, error) {
	list, err := json.Marshal(mapSlice(positions, func(p catalog.LogPosition) [2]int64 { return [2]int64{p.Seq, p.CommitID} }))
	return gorm.Expr(`EXISTS (SELECT 1 FROM (
		SELECT CAST(value->>0 AS bigint) AS seq, CAST(value->>1 AS bigint) AS commit_id FROM `+d.jsonEach+`(?)) AS known
		WHERE log_head.seq < known.seq OR known.commit_id <> 0 AND (
			log_head.seq = known.seq AND log_head.commit_id <> known.commit_id OR
			floor = known.seq AND floor_commit_id <> known.commit_id OR
			log_head.seq > known.seq AND floor < known.seq AND
				known.commit_id <> coalesce((SELECT changes.commit_id FROM changes WHERE changes.seq = known.seq), -1)))`, string(list)), err
}

// HeadSince returns the end of the log. Its epoch is that of a known position only if
// the log still continues from there: if the log was set back, because a failover lost
// transactions or a backup was restored, HeadSince gives it a new epoch, so that all
// readers start over. It does the same if the log got a new epoch before and that was
// lost as well. What was read from the log before the call is valid if the epoch is the
// same. read are further positions at which rows or entries were read under that epoch:
// if it is the same, one log contains all of them.
func (s *Store) HeadSince(ctx context.Context, known catalog.LogPosition, read ...catalog.LogPosition) (catalog.LogPosition, error) {
	setBack, err := s.dialect.isSetBack(append(read, known))
	if err != nil {
		return catalog.LogPosition{}, fmt.Errorf("encode log positions: %w", err)
	}
	var row struct {
		Head    headRow `gorm:"embedded"`
		SetBack bool
	}
	err = s.read(ctx, func(db *gorm.DB) error {
		return db.Raw("SELECT seq, epoch, floor, commit_id, ? AS set_back FROM log_head", setBack).Scan(&row).Error
	})
	if err != nil {
		return catalog.LogPosition{}, fmt.Errorf("read the end of the log: %w", err)
	}
	head := row.Head.position()
	switch {
	case head.EpochNumber() < known.EpochNumber():
		setBack = gorm.Expr("TRUE")
	case head.Epoch != known.Epoch || !row.SetBack:
		return head, nil
	}
	next := catalog.PositionAt(known.Epoch, head.Seq).NextEpoch()
	if _, err := s.execOnce(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Exec("UPDATE log_head SET epoch = ? WHERE epoch = ? AND (?)", next, head.Epoch, setBack)
	}); err != nil {
		return catalog.LogPosition{}, fmt.Errorf("give the log a new epoch: %w", err)
	}
	return s.Head(ctx)
}

// RenewEpoch gives the log another epoch if it has lost a position, and the checkpoint of
// one of the webhooks is in the present epoch: it has received the message to start over.
// A node that stays connected to an old primary sends lost changes to webhooks even after
// other nodes have sent them that message.
func (s *Store) RenewEpoch(ctx context.Context, lost catalog.LogPosition, webhookIDs []string) error {
	if len(webhookIDs) == 0 {
		return nil
	}
	head, err := s.Head(ctx)
	if err != nil {
		return err
	}
	setBack, err := s.dialect.isSetBack([]catalog.LogPosition{lost})
	if err != nil {
		return fmt.Errorf("encode a log position: %w", err)
	}
	names := mapSlice(webhookIDs, catalog.WebhookLease)
	_, err = s.execOnce(ctx, func(db *gorm.DB) *gorm.DB {
		restarted := db.Model(&leaseRow{}).Select("1").Where("leases.epoch = ?", head.Epoch).Where(s.dialect.anyOf("name", names))
		return db.Model(&headRow{}).Where("epoch = ?", head.Epoch).Where("EXISTS (?)", restarted).
			Where(setBack).UpdateColumn("epoch", head.NextEpoch())
	})
	return wrapError(err, "give the log a new epoch")
}

// Append numbers changes without a gap, appends them to the log and returns its end
// before and after them. It locks the end of the log until the commit, so it comes last
// in a transaction.
func (t tx) Append(ctx context.Context, changes []catalog.Change) (before, after catalog.LogPosition, err error) {
	db := t.db.WithContext(ctx)
	var head headRow
	err = db.Raw(`UPDATE log_head SET seq = seq + ?, previous_commit_id = commit_id, commit_id = ?
		RETURNING seq, epoch, floor, commit_id, previous_commit_id`, len(changes), 1+rand.Int64N(math.MaxInt64)).Scan(&head).Error
	if err != nil {
		return before, after, fmt.Errorf("number %d changes: %w", len(changes), err)
	}
	before, after = head.position(), head.position()
	before.Seq, before.CommitID = head.Seq-int64(len(changes)), head.PreviousCommitID
	rows := make([]changeRow, len(changes))
	for i, c := range changes {
		if rows[i], err = newChangeRow(before.Seq+int64(i)+1, head.CommitID, c); err != nil {
			return before, after, err
		}
	}
	if err := t.dialect.insert(db, rows, false); err != nil {
		return before, after, fmt.Errorf("append %d changes: %w", len(changes), err)
	}
	return before, after, nil
}

// ChangesByKind returns the log entries of some resource types in the range
// after < number <= upto.
func (s *Store) ChangesByKind(ctx context.Context, resources []catalog.Resource, after, upto int64) ([]catalog.Change, error) {
	return s.changesWhere(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Select(changeColumns).Where("resource IN ? AND seq > ? AND seq <= ?", resources, after, upto)
	})
}

// ChangesByResourceID returns the log entries of some cats and shelters after a
// number, with pre-images.
func (s *Store) ChangesByResourceID(ctx context.Context, ids []string, after int64) ([]catalog.Change, error) {
	return s.changesWhere(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Where("resource IN ? AND resource_id IN ? AND seq > ?", []catalog.Resource{catalog.CatResource, catalog.ShelterResource}, ids, after)
	})
}

// changesWhere returns the log entries that filter selects, in order.
func (s *Store) changesWhere(ctx context.Context, filter func(*gorm.DB) *gorm.DB) ([]catalog.Change, error) {
	var rows []changeRow
	if err := s.read(ctx, func(db *gorm.DB) error { return filter(db).Order("seq").Find(&rows).Error }); err != nil {
		return nil, wrapError(err, "read the log")
	}
	return convertAll(rows, changeRow.change)
}

// preImageDoc is the stored pre-image of a log entry.
type preImageDoc struct {
	Number   int64              `json:"number"`
	Name     string             `json:"name,omitempty"`
	Status   string             `json:"status"`
	Source   string             `json:"source,omitempty"`
	Version  int64              `json:"version"`
	Stale    bool               `json:"stale,omitempty"`
	ListedAt time.Time          `json:"listed,omitzero"`
	Updated  time.Time          `json:"updated"`
	Rating   *ratingDoc         `json:"rating,omitempty"`
	Text     string             `json:"text,omitempty"` // the description
	Facts    json.RawMessage    `json:"facts"`
	Home     *shelterContextDoc `json:"home,omitempty"`
}

type shelterContextDoc struct {
	Region    string   `json:"region,omitempty"`
	Country   string   `json:"country,omitempty"`
	Lat       float64  `json:"lat"`
	Lng       float64  `json:"lng"`
	Withheld  withheld `json:"withheld,omitzero"`
	PartnerID string   `json:"partner,omitempty"`
}

func newPreImageDoc(b *catalog.PreImage) (string, error) {
	if b == nil {
		return "", nil
	}
	c := &b.Cat
	facts, err := encodeFacts(c)
	if err != nil {
		return "", err
	}
	doc := preImageDoc{
		Number:   c.Number,
		Name:     c.Name,
		Status:   string(c.Status),
		Source:   c.Source,
		Version:  c.Version,
		Stale:    c.Stale,
		ListedAt: c.ListedAt.UTC(),
		Updated:  c.UpdatedAt.UTC(),
		Rating:   ratingDocOf(c.Rating),
		Text:     c.Description,
		Facts:    json.RawMessage(facts),
		Home:     nil,
	}
	if h := b.Shelter; h != nil {
		doc.Home = &shelterContextDoc{Region: h.Region, Country: h.Country, Lat: h.Point.Lat, Lng: h.Point.Lng, Withheld: withheld(h.HiddenFrom), PartnerID: h.PartnerID}
	}
	return encode(doc)
}

// preImageOf returns the pre-image of a log entry, or nil if it has none or it was not
// selected.
func preImageOf(entry changeRow) (*catalog.PreImage, error) {
	if entry.Before == "" {
		return nil, nil //nolint:nilnil // there is none
	}
	var doc preImageDoc
	if err := decode(entry.Before, &doc); err != nil {
		return nil, err
	}
	var row catRow // only these columns are part of a pre-image
	row.Name, row.Status, row.ListedAt, row.Description = doc.Name, doc.Status, timeOrNil(doc.ListedAt), doc.Text
	b := &catalog.PreImage{
		Cat: catalog.Cat{
			ID:          entry.ResourceID,
			Number:      doc.Number,
			ShelterID:   entry.ShelterID,
			ExternalID:  "",
			Source:      doc.Source,
			Version:     doc.Version,
			ConfirmedAt: time.Time{},
			CreatedAt:   time.Time{},
			UpdatedAt:   doc.Updated,
			Stale:       doc.Stale,
			Rating:      doc.Rating.rating(),
			ErasedAt:    time.Time{},
			Reading:     catalog.ListingReading{}, // the document has it
			Facts:       row.columnFacts(),
		},
		Shelter: nil,
	}
	if err := decodeFacts(doc.Facts, &b.Cat); err != nil {
		return nil, err
	}
	if h := doc.Home; h != nil {
		b.Shelter = &catalog.ShelterContext{Region: h.Region, Country: h.Country, Point: geo.Point{Lat: h.Lat, Lng: h.Lng}, HiddenFrom: catalog.Restriction(h.Withheld), PartnerID: h.PartnerID}
	}
	return b, nil
}
