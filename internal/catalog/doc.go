// Package catalog is the heart of Trailcat: the cats that shelters offer, the
// shelters that offer them, and the log of everything that changed.
//
// It knows what is true and what may be changed, and every write goes through
// it. It knows no database, no HTTP and no file format; those know the catalog.
package catalog
