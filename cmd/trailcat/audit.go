package main

import (
	"bufio"
	"encoding/json"

	"trailcat/api"
	"trailcat/internal/store"
)

type auditCommand struct {
	databaseFlags
	After int64 `help:"Only what was written after the entry with this id." placeholder:"ID"`
}

// Run prints who wrote what, an entry a line, as JSON.
func (c *auditCommand) Run(p *process) error {
	const some = 1000
	return c.using(p, func(db *store.Store) error {
		out := bufio.NewWriter(p.stdout)
		lines := json.NewEncoder(out)
		lines.SetEscapeHTML(false)
		for after := c.After; ; {
			entries, err := db.AuditLog(p.ctx, after, some)
			if err != nil {
				return err
			}
			for _, e := range entries {
				if err := lines.Encode(api.NewAuditEntry(e)); err != nil {
					return err
				}
				after = e.ID
			}
			if len(entries) < some {
				return out.Flush()
			}
		}
	})
}
