package imaging

import (
	"encoding/binary"
	"image"
	"image/color"
	"math"
)

// toSRGB converts the colors of an image from those of an ICC profile. Only profiles of RGB
// images that consist of a matrix and three curves are applied, as cameras and phones write
// them; any other image is returned as it is.
func toSRGB(m *image.YCbCr, profile []byte) *image.YCbCr {
	space, ok := parseProfile(profile)
	if !ok || space.isSRGB() {
		return m
	}
	encode := make([]byte, 1<<12+1)
	for i := range encode {
		encode[i] = byte(math.Round(255 * srgbEncode(float64(i)/(1<<12))))
	}
	out := image.NewYCbCr(m.Rect, image.YCbCrSubsampleRatio444)
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			c := m.YCbCrAt(x, y)
			linear := space.linear(color.YCbCrToRGB(c.Y, c.Cb, c.Cr))
			at := out.YOffset(x, y)
			out.Y[at], out.Cb[at], out.Cr[at] = color.RGBToYCbCr(encode[level(linear[0])], encode[level(linear[1])], encode[level(linear[2])])
		}
	}
	return out
}

func level(linear float64) int { return int(min(max(linear, 0), 1)*(1<<12) + 0.5) }

// rgbSpace is a color space of ICC.
type rgbSpace struct {
	curves [3][256]float64 // linear light of each value of a channel, 0 to 1
	matrix [3][3]float64   // from there to linear light of sRGB
}

// linear returns the linear light of sRGB of a color. Values beyond 0 to 1 are outside of sRGB.
func (s *rgbSpace) linear(r, g, b byte) [3]float64 {
	lr, lg, lb := s.curves[0][r], s.curves[1][g], s.curves[2][b]
	m := &s.matrix
	return [3]float64{
		m[0][0]*lr + m[0][1]*lg + m[0][2]*lb,
		m[1][0]*lr + m[1][1]*lg + m[1][2]*lb,
		m[2][0]*lr + m[2][1]*lg + m[2][2]*lb,
	}
}

// isSRGB reports whether the colors differ from those of sRGB by two steps of 255 at most.
func (s *rgbSpace) isSRGB() bool {
	values := []byte{0, 64, 128, 192, 255}
	for _, r := range values {
		for _, g := range values {
			for _, b := range values {
				linear := s.linear(r, g, b)
				for i, v := range []byte{r, g, b} {
					if math.Abs(255*srgbEncode(min(max(linear[i], 0), 1))-float64(v)) > 2 {
						return false
					}
				}
			}
		}
	}
	return true
}

// xyzToSRGB converts XYZ, adapted to the white point D50 as in ICC profiles, to linear sRGB. It
// is the inverse of the matrix of the sRGB profile.
var xyzToSRGB = [3][3]float64{
	{3.1341359, -1.6173863, -0.4906622},
	{-0.9787956, 1.9162545, 0.0334429},
	{0.0719552, -0.2289769, 1.4053857},
}

// parseProfile reads an ICC profile. It reports false unless it is an RGB profile of a matrix
// and curves.
func parseProfile(profile []byte) (*rgbSpace, bool) {
	if len(profile) < 132 || string(profile[12:16]) == "link" || string(profile[16:20]) != "RGB " || string(profile[20:24]) != "XYZ " {
		return nil, false
	}
	var space rgbSpace
	var toXYZ [3][3]float64
	for i, channel := range []string{"r", "g", "b"} {
		if !readCurve(&space.curves[i], profileTag(profile, channel+"TRC")) {
			return nil, false
		}
		primary := profileTag(profile, channel+"XYZ")
		if len(primary) < 20 {
			return nil, false
		}
		for j := range 3 {
			toXYZ[j][i] = fixed16(primary[8+4*j:])
		}
	}
	for i := range 3 {
		for j := range 3 {
			for k := range 3 {
				space.matrix[i][j] += xyzToSRGB[i][k] * toXYZ[k][j]
			}
		}
	}
	return &space, true
}

// profileTag returns the data of a tag of a profile, nil if there is none.
func profileTag(profile []byte, name string) []byte {
	count := min(binary.BigEndian.Uint32(profile[128:]), 100)
	for i := range int(count) {
		entry := profile[min(len(profile), 132+12*i):]
		if len(entry) < 12 {
			return nil
		}
		if string(entry[:4]) == name {
			from, size := uint64(binary.BigEndian.Uint32(entry[4:])), uint64(binary.BigEndian.Uint32(entry[8:]))
			if from+size > uint64(len(profile)) {
				return nil
			}
			return profile[from : from+size]
		}
	}
	return nil
}

// readCurve computes the linear light of each value, from the curve of a tag. It reports false
// if the tag has no curve.
func readCurve(out *[256]float64, tag []byte) bool {
	if len(tag) < 12 {
		return false
	}
	var curve func(x float64) float64
	switch string(tag[:4]) {
	case "curv":
		curve = tableCurve(tag[8:])
	case "para":
		curve = parametricCurve(int(binary.BigEndian.Uint16(tag[8:])), tag[12:])
	}
	if curve == nil {
		return false
	}
	for i := range out {
		if out[i] = curve(float64(i) / 255); math.IsNaN(out[i]) || math.IsInf(out[i], 0) {
			return false
		}
	}
	return true
}

// tableCurve returns the curve of a table of values, nil if it is not complete.
func tableCurve(data []byte) func(x float64) float64 {
	count := int(binary.BigEndian.Uint32(data))
	values := data[4:]
	if count < 0 || count > len(values)/2 {
		return nil
	}
	value := func(i int) float64 { return float64(binary.BigEndian.Uint16(values[2*i:])) }
	switch count {
	case 0:
		return func(x float64) float64 { return x }
	case 1:
		return func(x float64) float64 { return math.Pow(x, value(0)/256) }
	}
	return func(x float64) float64 {
		at, part := math.Modf(x * float64(count-1))
		low, high := value(int(at)), value(min(int(at)+1, count-1))
		return (low + part*(high-low)) / 65535
	}
}

// parametricCurve returns a curve of a type of the ICC specification, nil if it is not complete.
func parametricCurve(kind int, data []byte) func(x float64) float64 {
	counts := []int{1, 3, 4, 5, 7}
	if kind >= len(counts) || len(data) < 4*counts[kind] {
		return nil
	}
	var p [7]float64
	for i := range counts[kind] {
		p[i] = fixed16(data[4*i:])
	}
	gamma, a, b, c, d, e, f := p[0], p[1], p[2], p[3], p[4], p[5], p[6]
	switch kind {
	case 0:
		a = 1
	case 1:
		d = -b / a
	case 2:
		d, e, f, c = -b/a, c, c, 0
	}
	return func(x float64) float64 {
		if x >= d {
			return math.Pow(a*x+b, gamma) + e
		}
		return c*x + f
	}
}

// fixed16 returns a fixed-point number with 16 fractional bits.
func fixed16(b []byte) float64 { return float64(int32(binary.BigEndian.Uint32(b))) / 65536 }

func srgbEncode(linear float64) float64 {
	if linear <= 0.0031308 {
		return 12.92 * linear
	}
	return 1.055*math.Pow(linear, 1/2.4) - 0.055
}
