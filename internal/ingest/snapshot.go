package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// SnapshotPlan is the effect of importing a file as a snapshot, that is as the
// complete list of a shelter's cats: listed cats that the file lacks are removed.
type SnapshotPlan struct {
	Missing      []string // external IDs that are listed but absent from the file, in their previous order
	ListedBefore int      // how many cats are listed before the import
	Listed       int      // how many cats the file has, rejected rows included
	Partial      bool     // the file is one page of a longer list, by its own statement
}

// removalThreshold is how many cats a snapshot may remove without confirmation.
const removalThreshold = 5

// PlanSnapshot compares the cats that a source has listed with its new file. A
// cat in a rejected row is not missing, nor is one whose ID occurs anywhere in an
// unreadable row: a misplaced quote must not remove a cat.
func PlanSnapshot(listedBefore []string, d *Dataset) SnapshotPlan {
	present := map[string]bool{}
	for _, r := range d.rows {
		present[r.id] = true
	}
	for _, id := range d.rejectedIDs {
		present[id] = true
	}
	plan := SnapshotPlan{Missing: nil, ListedBefore: len(listedBefore), Listed: len(present), Partial: d.Partial}
	for _, id := range listedBefore {
		unreadable := slices.ContainsFunc(d.unreadableRows, func(text string) bool { return strings.Contains(text, id) })
		if !present[id] && !unreadable {
			plan.Missing = append(plan.Missing, id)
		}
	}
	return plan
}

// ConfirmationReason returns a sentence that says why a snapshot needs
// confirmation, or "" if it does not. Confirmation is needed for a file without
// cats, for one that is only a page of a list, and for one that would remove more
// than half of the listings and more than 5.
func (p SnapshotPlan) ConfirmationReason() string {
	switch {
	case len(p.Missing) == 0:
		return ""
	case p.Listed == 0:
		return fmt.Sprintf("The file contains no cats. As a snapshot it would remove all %d listings.", len(p.Missing))
	case p.Partial:
		return fmt.Sprintf("The file says that it is one page of a longer list (has_more). As a snapshot it would remove the %d listings on the other pages. Send all pages in one file.", len(p.Missing))
	case len(p.Missing) > removalThreshold && len(p.Missing)*2 > p.ListedBefore:
		return fmt.Sprintf("The file would remove %d of %d listings, which is more than half.", len(p.Missing), p.ListedBefore)
	default:
		return ""
	}
}

// ConfirmationToken returns the token that confirms a snapshot. It is valid for
// one file, by its hash, and one shelter.
func ConfirmationToken(fileHash, shelterID string) string {
	sum := sha256.Sum256([]byte("trailcat snapshot\n" + shelterID + "\n" + fileHash))
	return hex.EncodeToString(sum[:8])
}
