package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"index/suffixarray"
	"slices"
	"strings"
)

// SnapshotPlan is the effect of importing a file as a snapshot, that is as the
// complete list of a shelter's cats: listed cats that the file lacks are removed.
type SnapshotPlan struct {
	Missing      []string // external IDs that are listed but absent from the file, in their previous order
	ListedBefore int      // how many cats are listed before the import
	Listed       int      // how many cats the file has, rejected rows included
	Unidentified int      // how many rows were rejected without an ID, so that they could be missing cats
	Blank        bool     // the file has no text at all, not even a header
	Partial      bool     // the file is one page of a longer list, by its own statement
	Unreadable   bool     // so much of the file is unreadable that it cannot be said which cats are missing
}

// removalThreshold is how many cats a snapshot may remove without confirmation.
const removalThreshold = 5

// PlanSnapshot compares the cats that a source has listed with its new file. A
// cat in a rejected row is not missing, nor is one whose ID occurs anywhere in an
// unreadable row: a misplaced quote must not remove a cat.
func PlanSnapshot(listedBefore []string, d *Dataset) SnapshotPlan {
	plan := SnapshotPlan{
		Missing: nil, ListedBefore: len(listedBefore), Listed: len(d.byID),
		Unidentified: d.unidentified, Blank: d.blank, Partial: d.Partial, Unreadable: d.unreadable.isCut,
	}
	unreadable := suffixarray.New(d.unreadable.text)
	for _, id := range listedBefore {
		if _, present := d.byID[hashID(id)]; !present && len(unreadable.Lookup([]byte(id), 1)) == 0 {
			plan.Missing = append(plan.Missing, id)
		}
	}
	return plan
}

// unreadableText holds the text of unreadable rows, up to maxUnreadable bytes.
type unreadableText struct {
	text  []byte
	isCut bool
}

const maxUnreadable = 1 << 20

func (u *unreadableText) add(row string) {
	if u.isCut = u.isCut || len(u.text)+len(row) >= maxUnreadable; !u.isCut {
		u.text = append(append(u.text, row...), '\n')
	}
}

// ConfirmationReason returns a sentence that says why a snapshot needs
// confirmation, or "" if it does not. Confirmation is needed for a file that may be
// incomplete: a blank one, one in which no row or only a part could be read, or one page of a list. It
// is also needed for a file that would remove more than 5 listings and has no cats, or
// would remove more than half of the listings.
func (p SnapshotPlan) ConfirmationReason() string {
	missing := len(p.Missing)
	switch {
	case missing == 0:
		return ""
	case p.Blank:
		return fmt.Sprintf("The file is empty. As a snapshot it would remove all %d listings. A list without cats has at least a header, or is [] in JSON.", missing)
	case p.Partial:
		return fmt.Sprintf("The file is one page of a longer list (has_more). As a snapshot it would remove the %d listings on the other pages. Send all pages in one file.", missing)
	case p.Unreadable:
		return fmt.Sprintf("A large part of the file is unreadable, so it cannot be said which cats are missing. As a snapshot it would remove %d of %d listings.", missing, p.ListedBefore)
	case p.Listed == 0 && p.Unidentified > 0:
		return fmt.Sprintf("None of the %d rows could be read. As a snapshot the file would remove all %d listings.", p.Unidentified, missing)
	case missing <= removalThreshold:
		return ""
	case p.Listed == 0:
		return fmt.Sprintf("The file contains no cats. As a snapshot it would remove all %d listings.", missing)
	case missing*2 > p.ListedBefore:
		return fmt.Sprintf("The file would remove %d of %d listings, which is more than half.", missing, p.ListedBefore)
	default:
		return ""
	}
}

// ConfirmsByRepetition reports whether the same list on another day confirms a
// snapshot. A file that may be incomplete can be so every day.
func (p SnapshotPlan) ConfirmsByRepetition() bool {
	return !p.Blank && !p.Partial && !p.Unreadable && p.Unidentified == 0
}

// MissingDigest identifies the set of missing cats. It is "" if none are missing.
func (p SnapshotPlan) MissingDigest() string {
	if len(p.Missing) == 0 {
		return ""
	}
	sum := sha256.Sum256([]byte(strings.Join(slices.Sorted(slices.Values(p.Missing)), "\n")))
	return hex.EncodeToString(sum[:8])
}

// ConfirmationToken returns the token that confirms a snapshot. It is valid for
// one file, by its hash, and one shelter.
func ConfirmationToken(fileHash, shelterID string) string {
	sum := sha256.Sum256([]byte("trailcat snapshot\n" + shelterID + "\n" + fileHash))
	return hex.EncodeToString(sum[:8])
}
