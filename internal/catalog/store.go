package catalog

import (
	"context"
	"time"

	"trailcat/internal/access"
)

// Store persists the catalog.
type Store interface {
	// Write runs fn in one transaction: either everything that fn wrote is kept or
	// nothing is. It may run fn again when the database asks for a retry, so fn must
	// not keep results of an earlier run.
	Write(ctx context.Context, fn func(Tx) error) error
	// WriteCat performs a write in one transaction, which it shares with writes of other cats
	// that wait at the same time, and returns nil when it is committed. Perform is the same
	// function for all of them.
	WriteCat(ctx context.Context, w *CatWrite, perform PerformCatWrites) error
}

// PerformCatWrites performs writes of different cats in a transaction, perhaps several times.
// Unless mayWait is set, it returns those that it has left to a later transaction, because they
// need a lock for which it would wait. If it fails for several writes, each is performed alone.
type PerformCatWrites func(ctx context.Context, tx Tx, writes []*CatWrite, mayWait bool) (postponed []*CatWrite, err error)

// Tx gives access to one write transaction, by the part of the catalog that uses it.
type Tx struct {
	Group    GroupTx
	Cats     CatTx
	Photos   PhotoTx
	Shelters ShelterTx
	Evidence EvidenceTx
	Outcomes OutcomeTx
	Partners PartnerTx
	Imports  ImportTx
	Formats  FormatTx
	Webhooks WebhookTx
	Searches SearchTx
	Erasure  ErasureTx
	Log      LogTx
}

// GroupTx reads what several writes of single cats need.
type GroupTx interface {
	// ShelterUsages returns shelters, which it locks until the end of the transaction, with
	// what limits their cats. Shelters that do not exist are absent. So are those that
	// another transaction has locked, unless wait is set.
	ShelterUsages(ctx context.Context, ids []string, wait bool) (map[string]ShelterUsage, error)
	// CatsByKey returns cats, as far as they exist.
	CatsByKey(ctx context.Context, keys []CatKey) (map[CatKey]Cat, error)
}

// CatTx reads and writes cats.
type CatTx interface {
	// Cat returns a cat and locks its shelter until the end of the transaction. The
	// error is NotFound when the cat does not exist.
	Cat(ctx context.Context, id string) (Cat, error)
	// CatsByID returns the existing cats among ids, in no particular order, and
	// locks their shelters until the end of the transaction.
	CatsByID(ctx context.Context, ids []string) ([]Cat, error)
	// CatsByExternalID returns a shelter's cats by external id, as far as they exist.
	CatsByExternalID(ctx context.Context, shelterID string, externalIDs []string) (map[string]Cat, error)
	// CatsAfter returns up to limit cats whose number is greater than number, in
	// order of number, without removed cats. It locks nothing.
	CatsAfter(ctx context.Context, number int64, limit int) ([]Cat, error)
	// CatsOfShelter returns up to limit cats of a shelter whose number is greater
	// than after, in order of number, including removed cats.
	CatsOfShelter(ctx context.Context, shelterID string, after int64, limit int) ([]Cat, error)
	// StaleCats returns up to limit listed cats that are not marked stale yet and
	// were not confirmed within the period that their shelter allows. Cats of demo
	// shelters are never stale.
	StaleCats(ctx context.Context, now time.Time, limit int) ([]Cat, error)
	// FreshCats returns up to limit listed cats that are marked stale although they
	// were confirmed, before now, within the period that their shelter allows.
	FreshCats(ctx context.Context, now time.Time, limit int) ([]Cat, error)
	// CountStaleCats returns how many cats StaleCats would return without a limit. If
	// there are any, it also returns how many cats are listed.
	CountStaleCats(ctx context.Context, now time.Time) (due, listed int, err error)
	// SaveCats inserts the created cats and replaces the stored version of the
	// changed ones.
	SaveCats(ctx context.Context, created, changed []Cat) error
	// MarkSeen sets when cats were last confirmed by their source. It is not a change.
	MarkSeen(ctx context.Context, catIDs []string, at time.Time) error
}

// ShelterTx reads and writes shelters. Reads lock the shelter until the end of the
// transaction; the error is NotFound when the shelter does not exist.
type ShelterTx interface {
	Shelter(ctx context.Context, id string) (Shelter, error)
	ShelterByExternalID(ctx context.Context, externalID string) (Shelter, error)
	// ShelterUsage returns a shelter and what limits its cats, with one statement.
	// Concurrent writes to other shelters of the partner are not counted yet.
	ShelterUsage(ctx context.Context, id string) (Shelter, CatUsage, error)
	// SaveShelter inserts a shelter or replaces its stored version.
	SaveShelter(ctx context.Context, s Shelter) error
}

// EvidenceTx reads and writes what was observed and verified of cats.
type EvidenceTx interface {
	// Evidence returns the recorded evidence by cat id, including withdrawn and
	// superseded assessments. Cats without evidence are absent.
	Evidence(ctx context.Context, catIDs []string) (map[string]Evidence, error)
	// SaveAssessments inserts assessments, or replaces their stored versions.
	SaveAssessments(ctx context.Context, all []Assessment) error
	// SaveHealth inserts health items, or replaces those of the same cat and code.
	SaveHealth(ctx context.Context, items []HealthItem) error
	// DeleteHealth deletes health items, by cat and code.
	DeleteHealth(ctx context.Context, items []HealthItem) error
}

// OutcomeTx reads and writes adoption outcomes.
type OutcomeTx interface {
	// Outcomes returns the outcomes of a cat in the order in which they were reported.
	Outcomes(ctx context.Context, catID string) ([]Outcome, error)
	SaveOutcome(ctx context.Context, o Outcome) error
}

// PartnerTx reads and writes partners and their keys. Reads lock the row until the
// end of the transaction; the error is NotFound when it does not exist.
type PartnerTx interface {
	Partner(ctx context.Context, id string) (Partner, error)
	SavePartner(ctx context.Context, p Partner) error
	Key(ctx context.Context, id string) (access.Key, error)
	// KeysOfPartner returns the keys of a partner, and locks the partner until the end of
	// the transaction.
	KeysOfPartner(ctx context.Context, partnerID string) ([]access.Key, error)
	SaveKey(ctx context.Context, k access.Key) error
	// ReplaceSuccessor makes a key the successor of another one and of all keys whose
	// successor that is.
	ReplaceSuccessor(ctx context.Context, successorID, newID string) error
}

// ImportTx writes the records of imports.
type ImportTx interface {
	// SaveImport inserts an import, or saves its format and its result. The error is
	// Conflict while another import of the same shelter runs.
	SaveImport(ctx context.Context, i Import) error
	DeleteImport(ctx context.Context, id string) error
	// SaveImportFile saves a part of the file of an import; the first is part 0. The error is
	// Conflict when the import no longer runs.
	SaveImportFile(ctx context.Context, id string, part int, content []byte) error
	// DeleteImportFile deletes the file of an import, if it has one. The error is Conflict
	// while the import runs.
	DeleteImportFile(ctx context.Context, id string, at time.Time) error
	// TouchImport records that a running import made progress at a moment. It
	// writes nothing else. The error is Conflict when the import no longer runs,
	// because it was silent for longer than ImportLease and another took its place.
	TouchImport(ctx context.Context, id string, at time.Time) error
	// InterruptImports marks the running imports that made no progress for ImportLease
	// before now as interrupted, and returns how many.
	InterruptImports(ctx context.Context, now time.Time) (int, error)
	// TrimImportFiles deletes files that a partner sent, other than its newest keep. One
	// call deletes a limited number, so that writers do not wait; further calls delete
	// the rest.
	TrimImportFiles(ctx context.Context, partnerID string, keep int64, at time.Time) error
}

// FormatTx reads and writes the formats of shelters, which must be locked.
type FormatTx interface {
	// ImportFormat returns a format of a shelter. The error is NotFound if it has none of that
	// name.
	ImportFormat(ctx context.Context, shelterID, name string) (ImportFormat, error)
	// ImportFormatVersion returns a version of a format. The error is NotFound when it does not
	// exist.
	ImportFormatVersion(ctx context.Context, shelterID, name string, number int) (ImportFormatVersion, error)
	CountImportFormats(ctx context.Context, shelterID string) (int64, error)
	// SaveImportFormat inserts a format or replaces its stored state.
	SaveImportFormat(ctx context.Context, f ImportFormat) error
	// AddImportFormatVersion inserts a version, and deletes all but the newest keep and the
	// active one.
	AddImportFormatVersion(ctx context.Context, f ImportFormat, v ImportFormatVersion, keep int) error
	// MarkImportFormatTried sets when a version was tried, unless it was tried before.
	MarkImportFormatTried(ctx context.Context, shelterID, name string, number int, at time.Time) error
	// DeleteImportFormat deletes a format with its versions.
	DeleteImportFormat(ctx context.Context, shelterID, name string) error
}

// WebhookTx reads and writes webhooks.
type WebhookTx interface {
	// Webhook returns a webhook and locks it until the end of the transaction. The
	// error is NotFound when it does not exist.
	Webhook(ctx context.Context, id string) (Webhook, error)
	// WebhooksOfKey returns the webhooks that a key owns, without their secrets, and locks
	// them until the end of the transaction.
	WebhooksOfKey(ctx context.Context, keyID string) ([]Webhook, error)
	// WebhooksOfExpiredKeys is WebhooksOfKey for the webhooks that are not paused of all keys
	// that had expired at a moment.
	WebhooksOfExpiredKeys(ctx context.Context, at time.Time) ([]Webhook, error)
	CountWebhooks(ctx context.Context, owner access.Owner) (int64, error)
	SaveWebhook(ctx context.Context, w Webhook) error
	// SaveWebhookState saves the owner, the status and the version of a stored webhook, and
	// nothing else.
	SaveWebhookState(ctx context.Context, w Webhook) error
	// DeleteWebhook deletes a webhook with its deliveries, saved searches and checkpoint.
	DeleteWebhook(ctx context.Context, id string) error
	// SetCheckpoint sets the checkpoint of a lease, regardless of its holder.
	SetCheckpoint(ctx context.Context, lease string, checkpoint int64) error
}

// SearchTx reads and writes saved searches.
type SearchTx interface {
	// Search returns a saved search and locks it until the end of the transaction.
	// The error is NotFound when it does not exist.
	Search(ctx context.Context, id string) (SavedSearch, error)
	CountSearches(ctx context.Context, owner access.Owner) (int64, error)
	// MoveSearches gives the saved searches that a key owns to another key.
	MoveSearches(ctx context.Context, fromKeyID, toKeyID string) error
	SaveSearch(ctx context.Context, s SavedSearch) error
	DeleteSearch(ctx context.Context, id string) error
}

// LogTx writes counters, the audit and the change log.
type LogTx interface {
	// NextNumbers reserves n numbers of a counter permanently and returns the first.
	NextNumbers(ctx context.Context, counter string, n int) (int64, error)
	// Audit records who made changes.
	Audit(ctx context.Context, entries ...AuditEntry) error
	// Append numbers changes, appends them to the log and returns the end of the log
	// before and after them. It locks the end of the log, so it comes last in a
	// transaction.
	Append(ctx context.Context, changes []Change) (before, after LogPosition, err error)
}

// Snapshot is a consistent view of the catalog at one log position. Concurrent
// writes do not affect it.
type Snapshot interface {
	// Head returns the end of the log at which the snapshot was taken.
	Head() LogPosition
	// Shelters returns all shelters, ordered by code.
	Shelters(ctx context.Context) ([]Shelter, error)
	// CountCats counts listed cats by shelter id: those of one status or, with an
	// empty status, all of them.
	CountCats(ctx context.Context, status Status) (map[string]int, error)
	// RestrictedCats returns the listed cats with a restriction of their own.
	RestrictedCats(ctx context.Context) ([]Cat, error)
	// Cats passes every listed cat to each, in batches and in order of number. A
	// batch is read but not decoded until it is called, which may happen later and
	// in another goroutine.
	Cats(ctx context.Context, each func(batch func() ([]Cat, error)) error) error
}

// Leases assigns work to one of several nodes and stores how far it got.
type Leases interface {
	// TakeLease gives the lease to holder for ttl unless another node holds it. It
	// returns the last stored checkpoint, initially 0.
	TakeLease(ctx context.Context, name, holder string, now time.Time, ttl time.Duration) (lease Lease, ok bool, err error)
	// KeepLease stores a checkpoint and extends the lease by ttl. It returns false
	// when another node holds the lease by now.
	KeepLease(ctx context.Context, name, holder string, checkpoint int64, now time.Time, ttl time.Duration) (bool, error)
	// DropLease releases the lease at once.
	DropLease(ctx context.Context, name, holder string) error
}

// Lease is the right of one node to do some work, with the checkpoint it reached.
type Lease struct {
	Name       string
	Holder     string
	Checkpoint int64
	Epoch      string // of the log that the checkpoint of a webhook refers to
}
