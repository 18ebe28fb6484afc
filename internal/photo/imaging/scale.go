package imaging

import (
	"image"
	"image/color"
	"image/draw"
	"math"
)

// scaled returns an image with a width and height in pixels. It samples with the Catmull-Rom
// filter. Channels of luma and chroma are scaled as they are stored, without a copy of the
// image in RGB; the result has 4:4:4 or 4:2:0 samples. Transparent pixels become white.
func scaled(src image.Image, width, height int) *image.YCbCr {
	bounds := image.Rect(0, 0, width, height)
	if src.Bounds() == bounds {
		if m, ok := src.(*image.YCbCr); ok && (m.SubsampleRatio == image.YCbCrSubsampleRatio444 || m.SubsampleRatio == image.YCbCrSubsampleRatio420) {
			return m
		}
	}
	switch m := src.(type) {
	case *image.YCbCr:
		return scaleYCbCr(m, bounds)
	case *image.Gray:
		return scaleGray(m, bounds)
	}
	return scaleRGB(src, bounds)
}

// plane is one channel of an image.
type plane struct {
	pix                   []byte
	stride, width, height int
}

func newPlane(width, height int) plane {
	return plane{make([]byte, width*height), width, width, height}
}

func (p plane) row(y int) []byte { return p.pix[y*p.stride : y*p.stride+p.width] }

// planes returns the channels of an image.
func planes(m *image.YCbCr) [3]plane {
	x, y := subsampling(m.SubsampleRatio)
	w, h := m.Rect.Dx(), m.Rect.Dy()
	cw, ch := (w+x-1)/x, (h+y-1)/y
	return [3]plane{{m.Y, m.YStride, w, h}, {m.Cb, m.CStride, cw, ch}, {m.Cr, m.CStride, cw, ch}}
}

// subsampling returns how many pixels share a chroma sample horizontally and vertically.
func subsampling(ratio image.YCbCrSubsampleRatio) (x, y int) {
	switch ratio {
	case image.YCbCrSubsampleRatio422:
		return 2, 1
	case image.YCbCrSubsampleRatio420:
		return 2, 2
	case image.YCbCrSubsampleRatio440:
		return 1, 2
	case image.YCbCrSubsampleRatio411:
		return 4, 1
	case image.YCbCrSubsampleRatio410:
		return 4, 2
	default:
		return 1, 1
	}
}

func scaleYCbCr(src *image.YCbCr, bounds image.Rectangle) *image.YCbCr {
	ratio := image.YCbCrSubsampleRatio420
	if src.SubsampleRatio == image.YCbCrSubsampleRatio444 {
		ratio = src.SubsampleRatio
	}
	dst := image.NewYCbCr(bounds, ratio)
	stepX, stepY := steps(src.Bounds(), bounds)
	srcX, srcY := subsampling(src.SubsampleRatio)
	dstX, dstY := subsampling(ratio)
	chromaX, chromaY := stepX*float64(dstX)/float64(srcX), stepY*float64(dstY)/float64(srcY)
	from, to := planes(src), planes(dst)
	narrow := newPlane(to[0].width, from[0].height)
	scalePlane(to[0], from[0], narrow, stepX, stepY)
	scalePlane(to[1], from[1], narrow, chromaX, chromaY)
	scalePlane(to[2], from[2], narrow, chromaX, chromaY)
	return dst
}

func scaleGray(src *image.Gray, bounds image.Rectangle) *image.YCbCr {
	dst := image.NewYCbCr(bounds, image.YCbCrSubsampleRatio420)
	for i := range dst.Cb {
		dst.Cb[i], dst.Cr[i] = 128, 128
	}
	stepX, stepY := steps(src.Bounds(), bounds)
	from := plane{src.Pix, src.Stride, src.Rect.Dx(), src.Rect.Dy()}
	scalePlane(planes(dst)[0], from, newPlane(bounds.Dx(), from.height), stepX, stepY)
	return dst
}

// scaleRGB converts and scales row by row.
func scaleRGB(src image.Image, bounds image.Rectangle) *image.YCbCr {
	dst := image.NewYCbCr(bounds, image.YCbCrSubsampleRatio444)
	from := src.Bounds()
	stepX, stepY := steps(from, bounds)
	horizontal := newFilter(from.Dx(), bounds.Dx(), stepX)
	var narrow [3]plane
	for i := range narrow {
		narrow[i] = newPlane(bounds.Dx(), from.Dy())
	}
	row := image.NewRGBA(image.Rect(0, 0, from.Dx(), 1))
	channels := newPlane(from.Dx(), 3)
	for y := range from.Dy() {
		draw.Draw(row, row.Rect, image.White, image.Point{}, draw.Src)
		draw.Draw(row, row.Rect, src, from.Min.Add(image.Pt(0, y)), draw.Over)
		for x := range channels.width {
			p := row.Pix[4*x : 4*x+3 : 4*x+3]
			channels.pix[x], channels.pix[channels.stride+x], channels.pix[2*channels.stride+x] = color.RGBToYCbCr(p[0], p[1], p[2])
		}
		for i := range narrow {
			horizontal.row(narrow[i].row(y), channels.row(i))
		}
	}
	vertical := newFilter(from.Dy(), bounds.Dy(), stepY)
	for i, to := range planes(dst) {
		vertical.columns(to, narrow[i])
	}
	return dst
}

// steps returns how many pixels of src one pixel of dst spans.
func steps(src, dst image.Rectangle) (x, y float64) {
	return float64(src.Dx()) / float64(dst.Dx()), float64(src.Dy()) / float64(dst.Dy())
}

// scalePlane scales src to dst. It uses narrow, which is at least as wide as dst and as high as
// src, for the pixels that are scaled horizontally only.
func scalePlane(dst, src, narrow plane, stepX, stepY float64) {
	narrow.width, narrow.height = dst.width, src.height
	horizontal := newFilter(src.width, dst.width, stepX)
	for y := range src.height {
		horizontal.row(narrow.row(y), src.row(y))
	}
	newFilter(src.height, dst.height, stepY).columns(dst, narrow)
}

// filter says which samples of a row or column make each scaled sample.
type filter []tap

// tap is the weights of consecutive samples, from the index first. Their sum is one, which is
// 1<<fraction.
type tap struct {
	first   int
	weights []int32
}

const fraction = 14 // bits

// newFilter returns the filter that makes dst samples of src samples. One of dst spans step
// of src.
func newFilter(src, dst int, step float64) filter {
	out := make(filter, dst)
	stretch := max(1, step)
	for i := range out {
		center := (float64(i)+0.5)*step - 0.5
		first := min(max(0, int(math.Ceil(center-2*stretch))), src-1)
		last := min(max(first, int(math.Floor(center+2*stretch))), src-1)
		out[i] = newTap(first, last, func(at int) float64 { return catmullRom((float64(at) - center) / stretch) })
	}
	return out
}

func newTap(first, last int, kernel func(at int) float64) tap {
	sum := 0.0
	for at := first; at <= last; at++ {
		sum += kernel(at)
	}
	t := tap{first, make([]int32, last-first+1)}
	left, largest := int32(1<<fraction), 0
	for i := range t.weights {
		if sum != 0 {
			t.weights[i] = int32(math.Round(kernel(first+i) / sum * (1 << fraction)))
		}
		left -= t.weights[i]
		if t.weights[i] > t.weights[largest] {
			largest = i
		}
	}
	t.weights[largest] += left
	for len(t.weights) > 1 && t.weights[0] == 0 {
		t.first, t.weights = t.first+1, t.weights[1:]
	}
	for len(t.weights) > 1 && t.weights[len(t.weights)-1] == 0 {
		t.weights = t.weights[:len(t.weights)-1]
	}
	return t
}

func catmullRom(x float64) float64 {
	switch x = math.Abs(x); {
	case x < 1:
		return (1.5*x-2.5)*x*x + 1
	case x < 2:
		return ((-0.5*x+2.5)*x-4)*x + 2
	default:
		return 0
	}
}

// row scales a row.
func (f filter) row(dst, src []byte) {
	for i, t := range f {
		sum := int32(1 << (fraction - 1))
		samples := src[t.first : t.first+len(t.weights)]
		for j, w := range t.weights {
			sum += w * int32(samples[j])
		}
		dst[i] = clamp(sum >> fraction)
	}
}

// columns scales all columns.
func (f filter) columns(dst, src plane) {
	sums := make([]int32, dst.width)
	for y, t := range f {
		for x := range sums {
			sums[x] = 1 << (fraction - 1)
		}
		for j, w := range t.weights {
			samples := src.row(t.first + j)[:len(sums)]
			for x, s := range samples {
				sums[x] += w * int32(s)
			}
		}
		row := dst.row(y)[:len(sums)]
		for x, sum := range sums {
			row[x] = clamp(sum >> fraction)
		}
	}
}

func clamp(v int32) byte { return byte(min(max(v, 0), 255)) }
