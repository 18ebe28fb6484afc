package main

import (
	"bufio"
	"encoding/json"

	"trailcat/api"
	"trailcat/internal/store"
)

// auditCommand prints the audit log.
type auditCommand struct {
	databaseFlags
	After int64 `help:"Print only entries after the one with this ID." placeholder:"ID"`
}

// Run prints the audit log as JSON, one entry per line.
func (c *auditCommand) Run(p *process) error {
	const pageSize = 1000
	return c.using(p, func(db *store.Store) error {
		out := bufio.NewWriter(p.stdout)
		encoder := json.NewEncoder(out)
		encoder.SetEscapeHTML(false)
		for after := c.After; ; {
			entries, err := db.AuditLog(p.ctx, after, pageSize)
			if err != nil {
				return err
			}
			for _, e := range entries {
				if err := encoder.Encode(api.NewAuditEntry(e)); err != nil {
					return err
				}
				after = e.ID
			}
			if len(entries) < pageSize {
				return out.Flush()
			}
		}
	})
}
