package demo

// PhotosOf is photosOf.
var PhotosOf = photosOf

// Thumbnail returns a picture as a PNG file of a sixth of its size.
func Thumbnail(p Picture) ([]byte, error) { return p.png(1.0 / 6) }
