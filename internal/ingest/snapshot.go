package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// SnapshotPlan says what a file means that holds all that a shelter offers: the
// cats that it lacks are no longer listed.
type SnapshotPlan struct {
	Missing      []string // external ids that were listed before and are absent now, in their order before
	ListedBefore int      // how many were listed before
	Listed       int      // how many cats the file tells of, those in refused rows included
	Partial      bool     // the file says that it is only one page of the list
}

// removalThreshold is how many cats a snapshot may remove without being asked about it.
const removalThreshold = 5

// PlanSnapshot compares the cats that a source listed before with its new file.
// What stands in a refused row is not absent, nor is what stands anywhere in a row
// that could not be read: who is there must not vanish over a misplaced quote.
func PlanSnapshot(listedBefore []string, l *Dataset) SnapshotPlan {
	present := map[string]bool{}
	for _, r := range l.rows {
		present[r.id] = true
	}
	for _, id := range l.rejectedIDs {
		present[id] = true
	}
	plan := SnapshotPlan{Missing: nil, ListedBefore: len(listedBefore), Listed: len(present), Partial: l.Partial}
	for _, id := range listedBefore {
		unread := slices.ContainsFunc(l.unreadableRows, func(text string) bool { return strings.Contains(text, id) })
		if !present[id] && !unread {
			plan.Missing = append(plan.Missing, id)
		}
	}
	return plan
}

// ConfirmationReason says why a snapshot must be confirmed before it is believed, as a sentence.
// It is empty if the snapshot may be believed at once: a file that tells of no cat
// must be confirmed, one that is only a page of a list, and one that would remove
// more than half of the listings and more than 5.
func (p SnapshotPlan) ConfirmationReason() string {
	switch {
	case len(p.Missing) == 0:
		return ""
	case p.Listed == 0:
		return fmt.Sprintf("The file tells of no cat. As a snapshot it would remove all %d listings.", len(p.Missing))
	case p.Partial:
		return fmt.Sprintf("The file says that it is one page of a longer list (has_more). As a snapshot it would remove the %d listings on the other pages. Send all pages in one file.", len(p.Missing))
	case len(p.Missing) > removalThreshold && len(p.Missing)*2 > p.ListedBefore:
		return fmt.Sprintf("The file would remove %d of %d listings, which is more than half.", len(p.Missing), p.ListedBefore)
	default:
		return ""
	}
}

// ConfirmationToken is the word by which a sender confirms a doubtful snapshot: it holds for
// one file, by its hash, and one shelter.
func ConfirmationToken(fileHash, shelterID string) string {
	sum := sha256.Sum256([]byte("trailcat snapshot\n" + shelterID + "\n" + fileHash))
	return hex.EncodeToString(sum[:8])
}
