// Package demo fills a catalog with cats for trying Trailcat out: the lists that
// two real shelters published, or a synthetic national data set of any size.
//
// The lists come with one sample of each kind of resource that is not public, which have the IDs
// of the examples in the OpenAPI document.
//
// Synthetic cats are drawn from distributions that were counted in real listings
// (data/counts.tsv.gz, written by gen) and described with sentences of real
// descriptions. They depend only on a seed and a day, so the same options always
// give the same data. The package writes through the catalog, as every importer
// does, and does not know the database.
package demo
