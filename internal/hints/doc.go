// Package hints reads what a listing says about a cat's traits from its fields,
// tags and description.
//
// In the same pass it reads what the listing says of temperament and household.
//
// It depends on package catalog for the facts of a listing and on package vocab for
// the words that mean a temperament. Its rules are data in rules.yaml and
// readings.yaml, each with an example. The package handles English negation ("isn't
// shy"), questions, hopes, conditions and the past, decides whether a phrase is
// about the cat ("his owner loves hiking" is not), and reads which flags report a
// health item. Every hint quotes the words or the field that it comes from.
//
// Package rating decides what a hint is worth. The two are separate because a
// published rubric never changes, while these rules are improved. The package uses
// the facts of one listing only, and the same facts give the same hints. It keeps what it
// found in the texts that were read last.
package hints
