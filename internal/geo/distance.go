package geo

import "math"

const (
	// KmPerMile is the international mile in kilometres.
	KmPerMile = 1.609344
	// earthRadiusKm is the mean radius of the Earth (IUGG, 2a+b over 3).
	earthRadiusKm = 6371.0088
)

// DistanceKm is the great-circle distance from p to q in kilometres, on a sphere of the
// Earth's mean radius: within about 0.5 % of the distance on the ellipsoid.
func (p Point) DistanceKm(q Point) float64 {
	lat1, lat2 := radians(p.Lat), radians(q.Lat)
	halfLat, halfLng := (lat2-lat1)/2, radians(q.Lng-p.Lng)/2
	h := sq(math.Sin(halfLat)) + math.Cos(lat1)*math.Cos(lat2)*sq(math.Sin(halfLng))
	return 2 * earthRadiusKm * math.Asin(math.Sqrt(min(h, 1)))
}

// UnitVector is the point as a vector of length 1 from the Earth's centre. The larger
// the dot product of two such vectors, the nearer their points, so many points
// can be put in order of distance without trigonometry.
func (p Point) UnitVector() [3]float64 {
	lat, lng := radians(p.Lat), radians(p.Lng)
	return [3]float64{
		math.Cos(lat) * math.Cos(lng),
		math.Cos(lat) * math.Sin(lng),
		math.Sin(lat),
	}
}

// Dot is the dot product of two vectors.
func Dot(a, b [3]float64) float64 { return a[0]*b[0] + a[1]*b[1] + a[2]*b[2] }

// KmFromDot is the great-circle distance in kilometres of two points whose unit
// vectors have this dot product. It goes by the chord, which keeps the error
// under a metre however near the points are.
func KmFromDot(dot float64) float64 {
	halfChord := math.Sqrt(max(0, 1-dot) / 2)
	return 2 * earthRadiusKm * math.Asin(min(halfChord, 1))
}

// DotFromKm is the dot product of two points that are km apart: a point is
// within km of another when their dot product is no less. From half the
// Earth's girth on, every point is.
func DotFromKm(km float64) float64 {
	half := min(max(0, km)/(2*earthRadiusKm), math.Pi/2)
	return 1 - 2*sq(math.Sin(half))
}

func radians(deg float64) float64 { return deg * math.Pi / 180 }

func sq(x float64) float64 { return x * x }
