package ingest

import "trailcat/internal/catalog"

func parseShelter(n node) *Shelter {
	var s Shelter
	p := &s.Profile
	n.settings(map[string]func(node){
		"external_id": into(&s.ExternalID),
		"name":        into(&p.Name),
		"kind": func(n node) {
			var kinds []string
			for _, k := range catalog.ShelterKinds() {
				kinds = append(kinds, string(k))
			}
			p.Kind = catalog.ShelterKind(n.oneOf(kinds...))
		},
		"street":       into(&p.Address.Street),
		"city":         into(&p.Address.City),
		"region":       into(&p.Address.Region),
		"postal_code":  into(&p.Address.PostalCode),
		"country":      into(&p.Address.Country),
		"phone":        into(&p.Phone),
		"email":        into(&p.Email),
		"website":      into(&p.Website),
		"adoption_url": into(&p.AdoptionURL),
	})
	if s.ExternalID == "" || p.Name == "" || p.Address.PostalCode == "" || p.Address.Country == "" {
		n.addError("needs external_id, name, postal_code and country")
	}
	return &s
}
