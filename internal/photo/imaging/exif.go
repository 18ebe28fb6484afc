package imaging

import (
	"bytes"

	"github.com/bep/imagemeta"
)

// exifOrientation returns the orientation that EXIF data states, 1 to 8; 0 if it states none
// or cannot be read.
func exifOrientation(exif []byte) int {
	orientation := 0
	_, err := imagemeta.Decode(imagemeta.Options{
		R: bytes.NewReader(exif), ImageFormat: imagemeta.TIFF, Sources: imagemeta.EXIF,
		ShouldHandleTag: func(tag imagemeta.TagInfo) bool {
			return tag.Tag == "Orientation" && tag.Namespace == "IFD0"
		},
		HandleTag: func(tag imagemeta.TagInfo) error {
			if value, ok := tag.Value.(uint16); ok && value <= 8 {
				orientation = int(value)
			}
			return imagemeta.ErrStopWalking
		},
	})
	if err != nil {
		return 0
	}
	return orientation
}
