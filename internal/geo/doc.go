// Package geo places things on the Earth and tells how far apart they are. It
// knows points, great circles, and a gazetteer of the postal codes and cities
// of the United States, Puerto Rico and Canada, which it carries with it.
//
// It does not know streets, roads or driving times, and it asks no service: a
// place that is not among its postal codes is unknown to it, and it says so
// with the nearest guesses it has.
//
// The postal codes are GeoNames' (https://www.geonames.org, CC BY 4.0), brought
// into a compact form by the program in gen.
package geo
