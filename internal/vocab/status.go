package vocab

import (
	"slices"
	"strings"
	"sync"
)

// statusPhrases are the words for statuses that shelters and their software use, in
// English and French. Each line has phrases in the form of Fold.
//
//nolint:misspell // French
var statusPhrases = map[string]string{
	"available": `
		available, available now, available for adoption, adoptable, for adoption, up for adoption, open for adoption, ready for adoption, ready to adopt, urgent
		disponible, disponible pour adoption, disponible a l adoption, pour adoption, a adopter, a l adoption, pret a l adoption, prete a l adoption`,
	"pending": `
		pending, adoption pending, pending adoption, application pending, applications pending, pending application, application received, application in review, under application
		adoption in progress, reserved, on reserve, trial, on trial, trial adoption, adoption trial, foster to adopt, meet and greet
		en attente, en attente d adoption, adoption en attente, adoption en cours, en cours d adoption, demande en cours, reserve, reservee, a l essai`,
	"on_hold": `
		on hold, hold, held, stray hold, medical hold, behavior hold, behaviour hold, quarantine, in quarantine, bite quarantine, rabies quarantine
		unavailable, not available, not available for adoption, not adoptable, not for adoption, not ready for adoption, not yet available
		coming soon, soon available, soon, under evaluation, evaluation, in care
		foster, in foster, in foster care, foster care, foster home, fostered, needs foster, permanent foster, hospice, sanctuary
		bientot disponible, disponible bientot, disponible prochainement, a venir, non disponible, pas disponible, indisponible
		famille d accueil, en famille d accueil, quarantaine, en quarantaine, en evaluation`,
	"adopted": `
		adopted, adopted out, adoption complete, adoption completed, adoption finalized, rehomed, re homed, homed
		adopte, adoptee, adoptes, adoptees`,
	"removed": `
		removed, delete, deleted, withdrawn, inactive, archived, unlisted, deceased, died, dead, passed away, euthanized, euthanised
		transfer, transferred, transferred out, return to owner, returned to owner, rto, reclaimed, redeemed, escaped, stolen, released, returned to field
		decede, decedee, euthanasie, transfere, transferee, rendu au proprietaire, rendue au proprietaire`,
}

// plainStatusWords are phrases that say no more than the status does.
var plainStatusWords = []string{"pending", "on hold", "hold", "removed", "delete", "deleted"}

var statusesByPhrase = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for status, phrases := range statusPhrases {
		for line := range strings.Lines(strings.TrimSpace(phrases)) {
			for phrase := range strings.SplitSeq(strings.TrimSpace(line), ", ") {
				out[phrase] = status
			}
		}
	}
	return out
})

// ParseStatus returns the status that a word or phrase means, and the reason for it:
// the phrase itself if it says more than the status. It reports false for a phrase
// that is not known.
func ParseStatus(text string) (status, reason string, ok bool) {
	phrase := Fold(text)
	status, ok = statusesByPhrase()[phrase]
	if limitation, found := strings.CutPrefix(phrase, "available "); !ok && found {
		status, ok = availableWith(limitation), true
	}
	switch {
	case !ok:
		return "", "", false
	case status == "available", status == "adopted", slices.Contains(plainStatusWords, phrase):
		return status, "", true
	default:
		return status, text, true
	}
}

// availableWith returns the status of a cat that is available with an addition, such as
// "soon", "adoption pending" or "in foster".
func availableWith(addition string) string {
	has := func(words ...string) bool {
		return slices.ContainsFunc(strings.Fields(addition), func(word string) bool { return slices.Contains(words, word) })
	}
	switch {
	case has("soon", "later", "not", "after", "from", "until", "when", "hold", "quarantine"):
		return "on_hold"
	case has("pending", "reserved", "application", "applications", "trial"):
		return "pending"
	default:
		return "available"
	}
}
