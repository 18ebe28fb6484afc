package catalog

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"trailcat/internal/errcode"
)

// Erasure is the result of an erasure.
type Erasure struct {
	At    time.Time // when it happened: of a cat or shelter that was erased before, that time
	Count int64     // cats, notes, records or addresses that were erased; 0 if there were none
}

// ErasedError returns the error for a resource that was erased.
func ErasedError(resource string, at time.Time) error {
	return Errorf(Gone, errcode.Erased, "The %s was erased at %s. Delete your copy.", resource, at.UTC().Format(time.RFC3339))
}

// erasedAssessor replaces the id of an assessor.
const erasedAssessor = "erased"

// erasedExternalID returns the external id of an erased cat, which must be unique within
// the shelter.
func erasedExternalID(id string) string { return "erased/" + id }

// reservedExternalIDs is the beginning of the external ids of erased cats.
var reservedExternalIDs = erasedExternalID(CatPrefix + "_")

// ErasureTx erases what is stored of cats, shelters and people besides the rows of cats
// and shelters.
type ErasureTx interface {
	// ErasableCat returns a cat, erased or not, and locks its shelter until the end of the
	// transaction.
	ErasableCat(ctx context.Context, id string) (Cat, error)
	// ErasableShelter returns a shelter, erased or not, and locks it until the end of the
	// transaction.
	ErasableShelter(ctx context.Context, id string) (Shelter, error)
	// EraseEvidence deletes the assessments, health items and outcomes of cats.
	EraseEvidence(ctx context.Context, catIDs []string) error
	// EraseNotes deletes the notes of the assessments and outcomes of a cat, and returns of
	// how many.
	EraseNotes(ctx context.Context, catID string) (int64, error)
	// ErasePreImages deletes the pre-images of the log entries about cats and shelters.
	ErasePreImages(ctx context.Context, ids []string) error
	// EditPreImages replaces the pre-images of the log entries about a cat by what edit makes
	// of them.
	EditPreImages(ctx context.Context, catID string, edit func(PreImage) PreImage) error
	// AssessedBy returns the ids of a shelter's cats that an assessor assessed or whose
	// health an assessor verified.
	AssessedBy(ctx context.Context, shelterID, assessorID string) ([]string, error)
	// HasRunningImport reports whether an import of a shelter runs.
	HasRunningImport(ctx context.Context, shelterID string) (bool, error)
	// EraseImportContent deletes the files of a shelter's imports and replaces each report
	// that has details of rows by what edit makes of it.
	EraseImportContent(ctx context.Context, shelterID string, at time.Time, edit func(report []byte) ([]byte, error)) error
	// DeleteShelterRecords deletes the imports, the formats and the statistics of a shelter.
	DeleteShelterRecords(ctx context.Context, shelterID string) error
	// EraseResponses deletes the stored responses to idempotent requests with the keys of a
	// partner and of operators, and those that contain one of the ids. The requests
	// themselves stay known, so that repeating one has no effect.
	EraseResponses(ctx context.Context, partnerID string, ids []string) error
	// EraseDeliveryResponses deletes what webhooks responded, which may repeat what they
	// were sent.
	EraseDeliveryResponses(ctx context.Context) error
	// EraseAddresses deletes network addresses from the audit and from imports: those that
	// equal address, unless that is empty, and are from before a moment. It returns how many.
	EraseAddresses(ctx context.Context, address string, before time.Time) (int64, error)
}

// eraseBatch is how many cats are erased with one statement.
const eraseBatch = 500

// EraseCat erases a cat with its evidence, outcomes and whatever else is stored of it. What
// remains is a row with its id, from which the name, the external id and all facts were
// deleted. Erasing it again changes nothing. The same cat in a later request or file is a
// new cat. The error is Conflict while an import of the shelter runs.
func (c *Catalog) EraseCat(ctx context.Context, id string) (Erasure, error) {
	var result Erasure
	err := c.write(ctx, "erase_cat", func(tx Tx) ([]Change, error) {
		cat, shelter, err := c.erasableCat(ctx, tx, id)
		if result = (Erasure{At: cat.ErasedAt, Count: 0}); err != nil || !cat.ErasedAt.IsZero() {
			return nil, err
		}
		result = Erasure{At: c.now(), Count: 1}
		changes, err := c.eraseCats(ctx, tx, []Cat{cat})
		if err != nil {
			return nil, err
		}
		return changes, c.eraseCopies(ctx, tx, shelter, []string{id})
	})
	return result, wrap(err, "erase cat %s", id)
}

// EraseShelter erases a shelter with its cats, as EraseCat does, and its imports. Erasing it
// again changes nothing. The count is that of the cats and the shelter. The error is Conflict
// while an import of the shelter runs.
func (c *Catalog) EraseShelter(ctx context.Context, id string) (Erasure, error) {
	ctx = WithWorkload(ctx, JobWorkload)
	var result Erasure
	err := c.write(ctx, "erase_shelter", func(tx Tx) ([]Change, error) {
		shelter, err := tx.Erasure.ErasableShelter(ctx, id)
		if result = (Erasure{At: shelter.ErasedAt, Count: 0}); err != nil || !shelter.ErasedAt.IsZero() {
			return nil, err
		}
		changes, err := c.eraseCatsOf(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		if err := c.eraseCopies(ctx, tx, shelter, []string{id}); err != nil {
			return nil, err
		}
		if err := tx.Erasure.ErasePreImages(ctx, []string{id}); err != nil {
			return nil, err
		}
		if err := tx.Erasure.DeleteShelterRecords(ctx, id); err != nil {
			return nil, err
		}
		now := c.now()
		erased := Shelter{ID: id, Code: shelter.Code, ExternalID: "", PartnerID: "", Version: shelter.Version + 1, CreatedAt: now, UpdatedAt: now, ErasedAt: now, Profile: Profile{}}
		changes = append(changes, newChange(OpErased, ShelterResource, id, id, erased.Version, now, nil))
		result = Erasure{At: now, Count: int64(len(changes))}
		return changes, tx.Shelters.SaveShelter(ctx, erased)
	})
	return result, wrap(err, "erase shelter %s", id)
}

// ErasePeople erases what is stored of the people around a cat: the notes of its assessments
// and outcomes, the reason of its status, the credit of its terms and the postal code of its
// foster home. The count is that of the notes and facts.
func (c *Catalog) ErasePeople(ctx context.Context, catID string) (Erasure, error) {
	var result Erasure
	err := c.write(ctx, "erase_people", func(tx Tx) ([]Change, error) {
		known, shelter, err := c.erasableCat(ctx, tx, catID)
		if err == nil && !known.ErasedAt.IsZero() {
			err = ErasedError("cat", known.ErasedAt)
		}
		if err != nil {
			return nil, err
		}
		result.At = c.now()
		if result.Count, err = tx.Erasure.EraseNotes(ctx, catID); err != nil {
			return nil, err
		}
		if err := tx.Erasure.EditPreImages(ctx, catID, PreImage.WithoutPeople); err != nil {
			return nil, err
		}
		if err := c.eraseCopies(ctx, tx, shelter, []string{catID}); err != nil {
			return nil, err
		}
		cat := known
		cat.Facts = known.withoutPeople()
		fields := DiffFacts(known.Facts, cat.Facts)
		if result.Count += int64(len(fields)); result.Count == 0 {
			return nil, nil
		}
		cat.Version, cat.UpdatedAt = cat.Version+1, c.now()
		return []Change{newChange(OpRedacted, CatResource, cat.ID, cat.ShelterID, cat.Version, cat.UpdatedAt, fields)}, tx.Cats.SaveCats(ctx, nil, []Cat{cat})
	})
	return result, wrap(err, "erase people of cat %s", catID)
}

// EraseAssessor replaces the id of an assessor in the assessments and health items of a
// shelter's cats. Two assessors of one cat stay two, so that its rating stays the same. The
// count is that of the assessments and health items.
func (c *Catalog) EraseAssessor(ctx context.Context, shelterID, assessorID string) (Erasure, error) {
	ctx = WithWorkload(ctx, JobWorkload)
	var result Erasure
	err := c.write(ctx, "erase_assessor", func(tx Tx) ([]Change, error) {
		result = Erasure{At: c.now(), Count: 0}
		shelter, err := tx.Shelters.Shelter(ctx, shelterID)
		if err == nil {
			err = c.checkEraser(shelter)
		}
		if err != nil {
			return nil, err
		}
		catIDs, err := tx.Erasure.AssessedBy(ctx, shelterID, assessorID)
		if err != nil {
			return nil, err
		}
		var changes []Change
		for batch := range slices.Chunk(catIDs, eraseBatch) {
			evidence, err := tx.Evidence.Evidence(ctx, batch)
			if err != nil {
				return nil, err
			}
			for _, catID := range batch {
				erased, err := c.eraseAssessorOf(ctx, tx, shelterID, evidence[catID], assessorID)
				if err != nil {
					return nil, err
				}
				changes = append(changes, erased...)
			}
		}
		result.Count = int64(len(changes))
		return changes, tx.Erasure.EraseResponses(ctx, shelter.PartnerID, catIDs)
	})
	return result, wrap(err, "erase an assessor of shelter %s", shelterID)
}

// EraseAddresses erases network addresses from the audit and from imports: those that were
// stored before a moment and, unless address is empty, equal it.
func (c *Catalog) EraseAddresses(ctx context.Context, address string, before time.Time) (Erasure, error) {
	ctx = WithWorkload(ctx, JobWorkload)
	result := Erasure{At: c.now(), Count: 0}
	err := c.write(ctx, "erase_addresses", func(tx Tx) (_ []Change, err error) {
		result.Count, err = tx.Erasure.EraseAddresses(ctx, address, before)
		return nil, err
	})
	return result, wrap(err, "erase addresses")
}

// withoutPeople returns the facts without those about people.
func (f Facts) withoutPeople() Facts {
	f.StatusReason, f.FosterPostalCode, f.Terms.Credit = "", "", ""
	return f
}

// erasableCat returns a cat, erased or not, and its shelter, which it locks.
func (c *Catalog) erasableCat(ctx context.Context, tx Tx, id string) (Cat, Shelter, error) {
	cat, err := tx.Erasure.ErasableCat(ctx, id)
	if err != nil {
		return Cat{}, Shelter{}, err
	}
	shelter, err := tx.Erasure.ErasableShelter(ctx, cat.ShelterID)
	if err == nil {
		err = c.checkEraser(shelter)
	}
	return cat, shelter, err
}

// checkEraser returns an error if the actor may not erase what belongs to a shelter.
func (c *Catalog) checkEraser(shelter Shelter) error {
	if c.checkOwner == nil {
		return nil
	}
	return c.checkOwner(shelter)
}

// eraseCatsOf erases the cats of a shelter and returns the log entries.
func (c *Catalog) eraseCatsOf(ctx context.Context, tx Tx, shelterID string) ([]Change, error) {
	var changes []Change
	for after := int64(-1); ; {
		cats, err := tx.Cats.CatsOfShelter(ctx, shelterID, after, eraseBatch)
		if err != nil || len(cats) == 0 {
			return changes, err
		}
		after = cats[len(cats)-1].Number
		erased, err := c.eraseCats(ctx, tx, slices.DeleteFunc(cats, func(cat Cat) bool { return !cat.ErasedAt.IsZero() }))
		if err != nil {
			return nil, err
		}
		changes = append(changes, erased...)
	}
}

// eraseCats replaces cats by tombstones, deletes what is stored of them in other tables, and
// returns the log entries.
func (c *Catalog) eraseCats(ctx context.Context, tx Tx, cats []Cat) ([]Change, error) {
	now := c.now()
	ids, tombstones, changes := make([]string, len(cats)), make([]Cat, len(cats)), make([]Change, len(cats))
	for i, cat := range cats {
		tombstones[i] = Cat{
			ID: cat.ID, Number: cat.Number, ShelterID: cat.ShelterID, ExternalID: erasedExternalID(cat.ID), Source: "", Version: cat.Version + 1,
			ConfirmedAt: now, CreatedAt: now, UpdatedAt: now, Stale: false, Rating: Rating{}, Reading: ListingReading{}, ErasedAt: now,
			Facts: Facts{Status: Removed, StatusChangedAt: now},
		}
		ids[i], changes[i] = cat.ID, newChange(OpErased, CatResource, cat.ID, cat.ShelterID, cat.Version+1, now, nil)
	}
	for _, erase := range []func(context.Context, []string) error{tx.Erasure.EraseEvidence, tx.Erasure.ErasePreImages} {
		if err := erase(ctx, ids); err != nil {
			return nil, err
		}
	}
	if err := tx.Photos.ErasePhotos(ctx, cats); err != nil {
		return nil, err
	}
	return changes, tx.Cats.SaveCats(ctx, nil, tombstones)
}

// eraseCopies erases what else may repeat the content of a shelter or its cats: import files
// and the details of reports, and stored responses.
func (c *Catalog) eraseCopies(ctx context.Context, tx Tx, shelter Shelter, ids []string) error {
	now := c.now()
	if _, err := tx.Imports.InterruptImports(ctx, now); err != nil {
		return err
	}
	if running, err := tx.Erasure.HasRunningImport(ctx, shelter.ID); err != nil {
		return err
	} else if running { // it would store its file again when it ends
		return Errorf(Conflict, errcode.ImportRunning, "An import for this shelter is running. Nothing was erased. Repeat the request when it has finished; GET /v1/imports shows its progress.")
	}
	edit := func(report []byte) ([]byte, error) { return eraseRowDetails(report, now) }
	if err := tx.Erasure.EraseImportContent(ctx, shelter.ID, now, edit); err != nil {
		return err
	}
	if err := tx.Erasure.EraseResponses(ctx, shelter.PartnerID, ids); err != nil {
		return err
	}
	return tx.Erasure.EraseDeliveryResponses(ctx)
}

// eraseRowDetails returns the report of an import without its lists, which contain words of
// the file. The counts stay.
func eraseRowDetails(report []byte, at time.Time) ([]byte, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(report, &members); err != nil {
		return nil, fmt.Errorf("decode the report of an import: %w", err)
	}
	maps.DeleteFunc(members, func(_ string, value json.RawMessage) bool { return value[0] == '[' })
	members["details_erased_at"] = json.RawMessage(`"` + at.UTC().Format(time.RFC3339) + `"`)
	return json.Marshal(members)
}

// eraseAssessorOf replaces the id of an assessor in the evidence of one cat by one that no
// other assessor or verifier of the cat has, and returns the log entries.
func (c *Catalog) eraseAssessorOf(ctx context.Context, tx Tx, shelterID string, evidence Evidence, assessorID string) ([]Change, error) {
	used := map[string]bool{}
	for _, a := range evidence.Assessments {
		used[a.AssessorID] = true
	}
	for _, h := range evidence.Health {
		used[h.VerifiedBy] = true
	}
	replacement := erasedAssessor
	for n := 2; used[replacement]; n++ {
		replacement = fmt.Sprintf("%s-%d", erasedAssessor, n)
	}
	var changes []Change
	for _, a := range evidence.Assessments {
		if a.AssessorID != assessorID {
			continue
		}
		a.AssessorID = replacement
		if err := tx.Evidence.SaveAssessments(ctx, []Assessment{a}); err != nil {
			return nil, err
		}
		changes = append(changes, newChange(Updated, AssessmentResource, a.ID, shelterID, 2, c.now(), []string{"assessor"}))
	}
	for _, h := range evidence.Health {
		if h.VerifiedBy != assessorID {
			continue
		}
		h.VerifiedBy = replacement
		if err := tx.Evidence.SaveHealth(ctx, []HealthItem{h}); err != nil {
			return nil, err
		}
		changes = append(changes, newChange(Updated, HealthResource, h.CatID+"/"+h.Code, shelterID, 1, c.now(), []string{"verified_by"}))
	}
	return changes, nil
}
