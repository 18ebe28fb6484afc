package rating

// TraitTask returns the title of a trait and what to do with a cat to observe it, in words
// for staff. Both are empty for an unknown trait.
func (r *Rubric) TraitTask(code string) (title, task string) {
	i, ok := r.traitIndex[code]
	if !ok {
		return "", ""
	}
	return r.doc.Traits[i].Title, r.doc.Traits[i].Task
}

// IsTrait reports whether the rubric has a trait of a code.
func (r *Rubric) IsTrait(code string) bool {
	_, ok := r.traitIndex[code]
	return ok
}
