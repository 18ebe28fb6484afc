package ingest

import "trailcat/internal/catalog"

func parseShelter(n node) *Shelter {
	var s Shelter
	p := &s.Profile
	n.forEachSetting(map[string]func(node){
		"external_id": setText(&s.ExternalID),
		"name":        setText(&p.Name),
		"kind": func(n node) {
			var kinds []string
			for _, k := range catalog.ShelterKinds() {
				kinds = append(kinds, string(k))
			}
			p.Kind = catalog.ShelterKind(n.oneOf(kinds...))
		},
		"street":       setText(&p.Address.Street),
		"city":         setText(&p.Address.City),
		"region":       setText(&p.Address.Region),
		"postal_code":  setText(&p.Address.PostalCode),
		"country":      setText(&p.Address.Country),
		"phone":        setText(&p.Phone),
		"email":        setText(&p.Email),
		"website":      setText(&p.Website),
		"adoption_url": setText(&p.AdoptionURL),
	})
	if s.ExternalID == "" || p.Name == "" || p.Address.PostalCode == "" || p.Address.Country == "" {
		n.addError("needs external_id, name, postal_code and country")
	}
	return &s
}
