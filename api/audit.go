package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/export"
	"trailcat/internal/httpkit"
)

// Audit remembers every write.
type Audit interface {
	AuditLog(ctx context.Context, after int64, limit int) ([]catalog.AuditEntry, error)
}

// AuditEntry is one write: who changed what, and from where.
type AuditEntry struct {
	ID        int64           `json:"id" example:"42"`                                                             // Number of the entry, increasing with gaps.
	At        time.Time       `json:"at" format:"date-time"`                                                       // When the write happened.
	What      string          `json:"what" example:"put_cats"`                                                     // Name of the write.
	KeyID     *string         `json:"key_id" extensions:"x-nullable" example:"mfrggzdfmztwq2lknnwg"`               // ID of the key that was used; null for the command line and the server itself.
	PartnerID *string         `json:"partner_id" extensions:"x-nullable" example:"prt_01kabq4z8vf3ht2v0xw9r6m5ec"` // ID of the partner that holds the key; null for an operator.
	Address   *string         `json:"address" extensions:"x-nullable" example:"192.0.2.1"`                         // IP address of the client; null for the command line and the server itself.
	RequestID *string         `json:"request_id" extensions:"x-nullable" example:"req_7mq3ynzk5mvwc4ehqz2t"`       // ID of the request; null for the command line and the server itself.
	Changes   []AuditedChange `json:"changes"`                                                                     // Changed resources.
} //	@name	AuditEntry

// AuditedChange is the change of one resource by a write.
type AuditedChange struct {
	Op            string   `json:"op" enums:"created,updated,status_changed,removed,rated"`                                // Kind of change.
	Resource      string   `json:"resource" enums:"cat,shelter,partner,key,assessment,health_item,outcome,webhook,search"` // Kind of resource.
	ID            string   `json:"id" example:"cat_01kabq4z8vf3ht2v0xw9r6m5ec"`                                            // ID of the resource.
	ShelterID     *string  `json:"shelter_id" extensions:"x-nullable" example:"shl_01kabq4z8vf3ht2v0xw9r6m5ec"`            // ID of the shelter of a cat; null for other resources.
	VersionBefore int64    `json:"version_before" example:"6"`                                                             // Version before the write; 0 for a new resource.
	VersionAfter  int64    `json:"version_after" example:"7"`                                                              // Version after the write.
	Fields        []string `json:"fields" example:"name,photos"`                                                           // Names of the changed fields; empty for a new resource.
} //	@name	AuditedChange

// AuditPage is a page of the audit log.
type AuditPage struct {
	Data []AuditEntry `json:"data"` // Entries, the oldest first.
	Page AuditPlace   `json:"page"` // Position in the audit log.
} //	@name	AuditPage

// AuditPlace is a position in the audit log.
type AuditPlace struct {
	NextAfter *int64 `json:"next_after" extensions:"x-nullable" example:"42"` // ID of the last entry of the page; send it as `after` to continue. Null while the log is empty.
	HasMore   bool   `json:"has_more"`                                        // Whether there are further entries.
} //	@name	AuditPlace

// AuditQuery says which part of the audit is wanted.
type AuditQuery struct {
	After int64 `query:"after" form:"after" validate:"optional" minimum:"0" default:"0"`                  // Return only entries after this entry.
	Limit int   `query:"limit" form:"limit" validate:"optional" minimum:"1" maximum:"1000" default:"100"` // Entries per page; NDJSON is not paginated.
} //	@name	AuditQuery

// listAudit shows who wrote what.
//
//	@Summary		Read the audit
//	@Description	Lists every write: who did it, with which key, from where, and the versions before and after. Oldest first; it only grows.
//	@Description	With `Accept: application/x-ndjson` everything after `after` comes as one stream, an entry a line.
//	@ID				listAudit
//	@Tags			operations
//	@Produce		json,application/x-ndjson
//	@Param			query	query		AuditQuery	false	"Which part"
//	@Success		200		{object}	AuditPage	"A part of the audit"
//	@Failure		default	{object}	httpkit.Problem		"What was wrong"
//	@Security		Bearer
//	@Security		OAuth2[admin]
//	@Router			/v1/audit [get]
func (a *API) listAudit(c echo.Context) error {
	in := AuditQuery{After: 0, Limit: 100}
	if err := httpkit.BindValidQuery(c, &in); err != nil {
		return err
	}
	c.Response().Header().Set("Vary", "Accept")
	if strings.Contains(c.Request().Header.Get("Accept"), export.MimeNDJSON) {
		return a.streamAudit(c, in.After)
	}
	entries, err := a.Audit.AuditLog(c.Request().Context(), in.After, in.Limit+1)
	if err != nil {
		return err
	}
	page := AuditPage{Data: []AuditEntry{}, Page: AuditPlace{NextAfter: nil, HasMore: len(entries) > in.Limit}}
	for _, e := range entries[:min(len(entries), in.Limit)] {
		page.Data = append(page.Data, NewAuditEntry(e))
		page.Page.NextAfter = new(e.ID)
	}
	return sendPrivate(c, http.StatusOK, page)
}

// streamAudit sends the audit a line an entry, a thousand at a time.
func (a *API) streamAudit(c echo.Context, after int64) error {
	const some = 1000
	for begun := false; ; begun = true {
		entries, err := a.Audit.AuditLog(c.Request().Context(), after, some)
		if err != nil {
			return err
		}
		if !begun {
			c.Response().Header().Set("Cache-Control", "no-store")
			c.Response().Header().Set(echo.HeaderContentType, export.MimeNDJSON)
			c.Response().WriteHeader(http.StatusOK)
		}
		for _, e := range entries {
			line, err := binding.EncodeJSON(NewAuditEntry(e))
			if err != nil {
				return err
			}
			if _, err := c.Response().Write(append(line, '\n')); err != nil {
				return err
			}
			after = e.ID
		}
		if len(entries) < some {
			return nil
		}
	}
}

// NewAuditEntry shows an entry of the audit.
func NewAuditEntry(e catalog.AuditEntry) AuditEntry {
	out := AuditEntry{
		ID:        e.ID,
		At:        e.At,
		What:      e.Action,
		KeyID:     wire.OrNull(e.Actor.KeyID),
		PartnerID: wire.OrNull(e.Actor.PartnerID),
		Address:   wire.OrNull(e.Actor.Address),
		RequestID: wire.OrNull(e.Actor.RequestID),
		Changes:   make([]AuditedChange, len(e.Changes)),
	}
	for i, change := range e.Changes {
		out.Changes[i] = AuditedChange{
			Op:            string(change.Op),
			Resource:      string(change.Resource),
			ID:            change.ResourceID,
			ShelterID:     wire.OrNull(change.ShelterID),
			VersionBefore: change.Version - 1,
			VersionAfter:  change.Version,
			Fields:        append([]string{}, change.Fields...),
		}
	}
	return out
}
