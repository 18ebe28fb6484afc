// Package catjson reads a cat from JSON into an edit of its facts: whole (PUT), partial
// (merge patch) or one row of a bulk request. It reports every error with its JSON
// pointer and keeps words that it does not understand as unparsed words.
//
// It depends on catalog, vocab and ingest. It knows no HTTP.
package catjson
