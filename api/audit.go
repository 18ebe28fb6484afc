package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/export"
	"trailcat/internal/httpkit"
)

// Audit reads the audit log.
type Audit interface {
	// AuditLog returns up to limit entries with an id greater than after, in order.
	AuditLog(ctx context.Context, after int64, limit int) ([]catalog.AuditEntry, error)
}

// AuditEntry is one write: who changed what, and from where.
type AuditEntry struct {
	ID        int64           `json:"id" example:"42"`                                                             // Number of the entry, increasing with gaps.
	At        time.Time       `json:"at" format:"date-time"`                                                       // When the write happened.
	What      string          `json:"what" example:"put_cats"`                                                     // Name of the write.
	KeyID     *string         `json:"key_id" extensions:"x-nullable" example:"mfrggzdfmztwq2lknnwg"`               // ID of the key that was used; null for the command line and the server itself.
	PartnerID *string         `json:"partner_id" extensions:"x-nullable" example:"prt_01kabq4z8vf3ht2v0xw9r6m5ec"` // ID of the partner that holds the key; null for an operator.
	Address   *string         `json:"address" extensions:"x-nullable" example:"192.0.2.1"`                         // IP address of the client; null for the command line and the server itself, and after 90 days unless the operator configures another time.
	RequestID *string         `json:"request_id" extensions:"x-nullable" example:"req_7mq3ynzk5mvwc4ehqz2t"`       // ID of the request; null for the command line and the server itself.
	Changes   []AuditedChange `json:"changes"`                                                                     // Changed resources.
} //	@name	AuditEntry

// AuditedChange is the change of one resource by a write.
type AuditedChange struct {
	Op            string   `json:"op" enums:"created,updated,status_changed,removed,rated,erased,redacted"`                // Kind of change.
	Resource      string   `json:"resource" enums:"cat,shelter,partner,key,assessment,health_item,outcome,webhook,search"` // Kind of resource.
	ID            string   `json:"id" example:"cat_01kabq4z8vf3ht2v0xw9r6m5ec"`                                            // ID of the resource.
	ShelterID     *string  `json:"shelter_id" extensions:"x-nullable" example:"shl_01kabq4z8vf3ht2v0xw9r6m5ec"`            // ID of the shelter of a cat; null for other resources.
	VersionBefore int64    `json:"version_before" example:"6"`                                                             // Version before the write; 0 for a new resource.
	VersionAfter  int64    `json:"version_after" example:"7"`                                                              // Version after the write.
	Fields        []string `json:"fields" example:"name,photos"`                                                           // Names of the changed fields; empty for a new resource.
} //	@name	AuditedChange

// AuditPage is a page of the audit log.
type AuditPage struct {
	Data []AuditEntry  `json:"data"` // Entries, the oldest first.
	Page wire.PageInfo `json:"page"` // Position in the audit log. `next_cursor` is set on the last page too; send it later to get newer entries.
} //	@name	AuditPage

// AuditQuery holds the query parameters of the audit log.
type AuditQuery struct {
	Cursor string `form:"cursor" validate:"optional" maxLength:"50"`                          // `next_cursor` of the previous page.
	Limit  int    `form:"limit" validate:"optional" minimum:"1" maximum:"1000" default:"100"` // Entries per page; NDJSON is not paginated.
} //	@name	AuditQuery

// listAudit lists the entries of the audit log.
//
//	@Summary		List the audit log
//	@Description	Lists every write, oldest first: who made it, with which key, from which address, and the versions before and after.
//	@Description	Entries are never changed or removed, except that addresses are erased on request, and after 90 days unless the operator configures another time.
//	@Description
//	@Description	With `Accept: application/x-ndjson` the response is a stream of all entries after `cursor`, one per line.
//	@ID				listAudit
//	@Tags			operations
//	@Produce		json,application/x-ndjson
//	@Param			query	query		AuditQuery		false	"Page"
//	@Success		200		{object}	AuditPage		"A page of the audit log"
//	@Header			200		{string}	Link			"URL of the next page, with rel=next"
//	@Failure		default	{object}	httpkit.Problem	"The request failed; the problem says why"
//	@Security		Bearer
//	@Security		OAuth2[admin]
//	@Router			/v1/audit [get]
func (a *API) listAudit(c echo.Context) error {
	in := AuditQuery{Cursor: "", Limit: 100}
	errs, err := httpkit.BindQuery(c, &in)
	if err != nil {
		return err
	}
	after, ok := parseAuditCursor(in.Cursor)
	binding.AddErrorIf(&errs, !ok, "cursor", errcode.BadCursor, "Must be the next_cursor of a page of this list.")
	if err := errs.Err(catalog.Malformed); err != nil {
		return err
	}
	c.Response().Header().Set("Vary", "Accept")
	if strings.Contains(c.Request().Header.Get("Accept"), export.MimeNDJSON) {
		return a.streamAudit(c, after)
	}
	entries, err := a.Audit.AuditLog(c.Request().Context(), after, in.Limit+1)
	if err != nil {
		return err
	}
	page := AuditPage{Data: []AuditEntry{}, Page: wire.PageInfo{NextCursor: wire.OrNull(in.Cursor), HasMore: len(entries) > in.Limit, Total: nil}}
	for _, e := range entries[:min(len(entries), in.Limit)] {
		page.Data = append(page.Data, NewAuditEntry(e))
		page.Page.NextCursor = new(auditCursor(e.ID))
	}
	if page.Page.HasMore {
		httpkit.LinkNext(c, *page.Page.NextCursor)
	}
	return sendPrivate(c, http.StatusOK, page)
}

const auditCursorPrefix = "audit_"

// auditCursor returns the cursor of the entries after the one with an id.
func auditCursor(id int64) string { return auditCursorPrefix + strconv.FormatInt(id, 10) }

// parseAuditCursor returns the id in a cursor, which is 0 if the cursor is empty.
func parseAuditCursor(cursor string) (id int64, ok bool) {
	if cursor == "" {
		return 0, true
	}
	digits, ok := strings.CutPrefix(cursor, auditCursorPrefix)
	id, err := strconv.ParseInt(digits, 10, 64)
	return id, ok && err == nil && id > 0 && auditCursor(id) == cursor
}

// streamAudit sends all entries after an id as NDJSON. It reads a batch at a time.
func (a *API) streamAudit(c echo.Context, after int64) error {
	const batch = 1000
	response := c.Response()
	for {
		entries, err := a.Audit.AuditLog(c.Request().Context(), after, batch)
		if err != nil {
			return err
		}
		if !response.Committed {
			response.Header().Set("Cache-Control", "no-store")
			response.Header().Set(echo.HeaderContentType, export.MimeNDJSON)
			response.WriteHeader(http.StatusOK)
		}
		for _, e := range entries {
			line, err := binding.EncodeJSON(NewAuditEntry(e))
			if err != nil {
				return err
			}
			if _, err := response.Write(append(line, '\n')); err != nil {
				return err
			}
			after = e.ID
		}
		if len(entries) < batch {
			return nil
		}
	}
}

// NewAuditEntry returns the JSON shape of an entry of the audit log.
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
