package imaging

import "image"

// Scaled is scaled, for tests.
var Scaled = scaled

// Open returns how many bytes the decoder of a file allocates by its header, and the decoder.
func Open(file []byte) (memory int, decode func() (image.Image, error), err error) {
	src, err := open(file)
	return src.memory, src.decode, err
}

// Progressive is progressive, for tests.
var Progressive = progressive
