package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"trailcat/api"
	"trailcat/internal/access"
	"trailcat/internal/assessform"
	"trailcat/internal/catalog"
	"trailcat/internal/rating"
	"trailcat/internal/store"
)

// assessLinkCommand creates a link to the assessment form.
type assessLinkCommand struct {
	databaseFlags
	Shelter   string        `help:"Shelter whose cats are assessed, by ID or code." required:"" placeholder:"CODE"`
	Cat       string        `help:"The only cat that the link is for, by the shelter's own ID (default all cats)." placeholder:"ID"`
	Role      string        `help:"Role of those who get the link, for example staff, volunteer or foster (default they choose)." placeholder:"ROLE"`
	Expires   time.Duration `help:"How long the link works, up to 168h (default ${default})." default:"12h" min:"1m"`
	Key       string        `help:"ID of the API key that issues the link; revoking the key ends the link (default the newest key with the scope assessments:write of the shelter's partner, or of the operator)." placeholder:"ID"`
	PublicURL *url.URL      `name:"public-url" help:"Public base URL of the server (default http://127.0.0.1:8080)." placeholder:"URL"`
	QR        string        `name:"qr" help:"Write the QR code of the link to this SVG file." placeholder:"FILE"`
}

// Run creates a link and prints it, on a terminal with its QR code.
func (c *assessLinkCommand) Run(p *process) error {
	if c.Expires > access.MaxLinkTTL {
		return fmt.Errorf("--expires %s is too long; a link works for at most 168h", c.Expires)
	}
	return c.using(p, func(db *store.Store) error {
		link, key, err := c.link(p, db)
		if err != nil {
			return err
		}
		base := "http://127.0.0.1:8080"
		if c.PublicURL != nil {
			base = strings.TrimSuffix(c.PublicURL.String(), "/")
		}
		return c.print(p, api.AssessmentURL(base, key.IssueLink(link)), link, key)
	})
}

// link returns what the link permits, and the key that issues it.
func (c *assessLinkCommand) link(p *process, db *store.Store) (access.AssessmentLink, access.Key, error) {
	shelter, err := db.Shelter(p.ctx, c.Shelter)
	if catalog.KindOf(err) == catalog.NotFound {
		shelter, err = db.ShelterByCode(p.ctx, c.Shelter)
	}
	if err != nil {
		return access.AssessmentLink{}, access.Key{}, err
	}
	link := access.AssessmentLink{ShelterID: shelter.ID, Role: c.Role, ExpiresAt: p.now().Add(c.Expires).UTC().Truncate(time.Second)}
	if err := checkFormRole(c.Role); err != nil {
		return link, access.Key{}, err
	}
	if c.Cat != "" {
		cat, err := db.CatByExternalID(p.ctx, shelter.ID, c.Cat)
		if err != nil {
			return link, access.Key{}, err
		}
		link.CatID = cat.ID
	}
	key, err := c.issuer(p, db, shelter)
	if !key.ExpiresAt.IsZero() && key.ExpiresAt.Before(link.ExpiresAt) {
		link.ExpiresAt = key.ExpiresAt.UTC().Truncate(time.Second)
	}
	return link, key, err
}

// checkFormRole returns an error unless the assessment form offers the role or it is empty.
func checkFormRole(role string) error {
	rubrics, err := rating.Open()
	if err != nil {
		return err
	}
	form, err := assessform.New(rubrics.Latest())
	if err == nil && role != "" && !form.HasRole(role) {
		err = fmt.Errorf("unknown role %q; choose from %s", role, strings.Join(form.RoleCodes(), ", "))
	}
	return err
}

// issuer returns the key that issues a link for the cats of a shelter.
func (c *assessLinkCommand) issuer(p *process, db *store.Store, shelter catalog.Shelter) (access.Key, error) {
	usable := func(k access.Key) bool {
		holder := k.Principal()
		return k.ValidAt(p.now()) && holder.HasScope(access.AssessmentsWrite) && holder.Owns(shelter.PartnerID)
	}
	if c.Key != "" {
		key, err := db.Key(p.ctx, c.Key)
		switch {
		case errors.Is(err, access.ErrUnknown):
			return key, fmt.Errorf("key %q does not exist; list the keys with: %s", c.Key, c.commandLine("keys list"))
		case err == nil && !usable(key):
			return key, fmt.Errorf("key %s cannot assess the cats of %s; it needs the scope assessments:write, and must belong to the shelter's partner or the operator", key.ID, shelter.Code)
		}
		return key, err
	}
	for _, partnerID := range []string{shelter.PartnerID, ""} {
		keys, err := db.Keys(p.ctx, partnerID)
		if err != nil {
			return access.Key{}, err
		}
		var newest access.Key
		for _, k := range keys {
			if usable(k) && !k.Test && k.CreatedAt.After(newest.CreatedAt) {
				newest = k
			}
		}
		if newest.ID != "" {
			return newest, nil
		}
	}
	return access.Key{}, fmt.Errorf("no key can assess the cats of %s; create one with: %s", shelter.Code, c.commandLine("keys create --name assessments --scope assessments:write --partner "+shelterPartner(shelter)))
}

// shelterPartner returns the partner of a shelter as commands name it.
func shelterPartner(shelter catalog.Shelter) string {
	if shelter.PartnerID == "" {
		return "PARTNER"
	}
	return shelter.PartnerID
}

func (c *assessLinkCommand) print(p *process, address string, link access.AssessmentLink, key access.Key) error {
	if c.QR != "" {
		svg, err := assessform.QRCode(address)
		if err == nil {
			err = os.WriteFile(c.QR, []byte(svg), 0o600)
		}
		if err != nil {
			return err
		}
	}
	if file, ok := p.stdout.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		code, err := assessform.QRText(address)
		if err != nil {
			return err
		}
		_, _ = fmt.Fprint(p.stdout, code) // the next print returns the error
	}
	_, err := fmt.Fprintf(p.stdout, "%s\n\nIt works until %s. To end it earlier, revoke the key that issued it: %s\n",
		address, link.ExpiresAt.Format(time.RFC3339), c.commandLine("keys revoke "+key.ID))
	return err
}
