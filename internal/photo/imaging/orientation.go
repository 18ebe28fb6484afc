package imaging

import "image"

// oriented returns an image rotated and mirrored as its EXIF orientation says. The image has
// 4:4:4 or 4:2:0 samples. Values other than 2 to 8 change nothing.
func oriented(m *image.YCbCr, orientation int) *image.YCbCr {
	if orientation < 2 || orientation > 8 {
		return m
	}
	bounds := m.Rect
	if isTransposed(orientation) {
		bounds = image.Rect(0, 0, m.Rect.Dy(), m.Rect.Dx())
	}
	out := image.NewYCbCr(bounds, m.SubsampleRatio)
	from, to := planes(m), planes(out)
	for i := range from {
		orientPlane(to[i], from[i], orientation)
	}
	return out
}

func isTransposed(orientation int) bool { return orientation >= 5 }

func orientPlane(dst, src plane, orientation int) {
	fromRight := orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8
	fromBottom := orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7
	for y := range dst.height {
		row := dst.row(y)
		for x := range row {
			sx, sy := x, y
			if isTransposed(orientation) {
				sx, sy = y, x
			}
			if fromRight {
				sx = src.width - 1 - sx
			}
			if fromBottom {
				sy = src.height - 1 - sy
			}
			row[x] = src.pix[sy*src.stride+sx]
		}
	}
}
