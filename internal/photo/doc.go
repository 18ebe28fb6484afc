// Package photo keeps copies of the photos of cats: it stores files that are sent, fetches
// photos from the addresses that shelters give, and deletes copies that no cat shows.
//
// A photo is processed by package imaging in a child process of the same program, its files are
// in a store of package files, and everything else is in the database, which catalog and store
// write. The files of a photo are stored before it is recorded, so that a process that ends in
// between leaves nothing but files that the Collector deletes. The package knows no HTTP API.
package photo
