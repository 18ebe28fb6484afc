// Package demo fills a catalog for trying it out: with two small lists that real
// shelters published, and with a made national one of any size.
//
// It knows what real listings look like (data/counts.tsv.gz, counted by gen from
// what shelters publish) and how to speak of a cat (data/phrases.txt, in our own
// words). What it makes follows from a seed and a day alone, so that the same
// question always has the same answer. It writes through the catalog as every
// importer does, and knows no database.
package demo
