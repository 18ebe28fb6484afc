package ingest

// ExternalIDs returns the shelter's IDs of these cats, in the order of the file.
func (d *Dataset) ExternalIDs() []string {
	var ids []string
	for r, err := range d.records() {
		if err != nil {
			return append(ids, err.Error())
		}
		ids = append(ids, r.id)
	}
	return ids
}
