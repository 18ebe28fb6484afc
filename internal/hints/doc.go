// Package hints reads what a listing already says of a cat's nature: its fields,
// its tags and its description.
//
// It knows rules (data: rules.yaml, with an example each), how English denies
// ("isn't shy"), asks, hopes and looks back, of whom a sentence speaks ("his owner
// loves hiking"), and which flags report something about health. Each hint carries
// the words or the field that it was read from, so that whoever reads it can judge.
//
// It does not know what a hint is worth: weights, caps and what makes a trait
// seen are the rubric's, in package rating. It looks at nothing but the facts of
// one listing, and the same facts give the same hints.
//
// It is a room of its own beside rating since that one knows no words: a rubric
// is arithmetic that stays for ever, while these rules grow.
package hints
