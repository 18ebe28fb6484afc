package demo

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"trailcat/internal/catalog"
	"trailcat/internal/drawing"
	"trailcat/internal/vocab"
)

// Picture is a drawn picture of a cat, which serves as a photo.
type Picture struct {
	Name          string // such as orange-tabby-sitting
	Alt           string // the alternative text, such as "Drawing of an orange tabby cat, sitting."
	Width, Height int    // pixels
	draw          func(p *catPicture)
}

// The sides of pictures: in pixels, and in the units in which they are drawn.
const (
	longPixels, shortPixels = 1200, 900 // 1600 × 1200 take twice the time
	longSide, shortSide     = 1600, 1200
)

// poses is how many pictures each coat has.
const poses = 3

var allPictures = sync.OnceValue(func() []Picture {
	var out []Picture
	for i, coat := range drawnCoats() {
		out = append(out, posesOf(i, coat)...)
	}
	return append(out, Picture{Name: "toys", Alt: "Drawing of a ball of yarn, a toy mouse and a feather.", Width: longPixels, Height: shortPixels, draw: drawToys})
})

// Pictures returns the pictures: the poses of each coat of drawnCoats, and toys, which any cat may
// have. No two look alike.
func Pictures() []Picture { return slices.Clone(allPictures()) }

// photosOf returns n photos, up to poses + 1, for a cat of colors and a breed. They are pictures of
// a cat with these colors; the seed decides what they leave open.
func photosOf(colors vocab.Colors, breed string, n int, seed uint64) []catalog.Photo {
	coats := uint64(len(drawnCoats()))
	coat, ok := coatOf(colors, breed)
	if !ok {
		coat = int(seed / poses % coats)
	}
	pictures := allPictures()
	var out []catalog.Photo
	for i := range n {
		picture := pictures[len(pictures)-1]
		if i < poses {
			picture = pictures[coat*poses+int((seed+uint64(i))%poses)]
		}
		out = append(out, catalog.Photo{URL: picture.URL(), Width: picture.Width, Height: picture.Height, Alt: picture.Alt})
	}
	return out
}

// Keep keeps the photo in a file. *photo.Keeper implements it.
type Keep func(ctx context.Context, file []byte) (catalog.KeptPhoto, error)

// neverFetched is when the photos of the demo are due to be fetched: their addresses do not exist.
var neverFetched = time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC)

// KeepPictures keeps pictures and records them as the photos at their URLs, so that the cats of the
// demo show them, also those that are written afterwards.
func KeepPictures(ctx context.Context, c *catalog.Catalog, pictures []Picture, keep Keep, now time.Time) error {
	group, ctx := errgroup.WithContext(catalog.WithWorkload(ctx, catalog.JobWorkload))
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, picture := range pictures {
		group.Go(func() error {
			file, err := picture.PNG()
			if err != nil {
				return fmt.Errorf("draw the picture %s: %w", picture.Name, err)
			}
			kept, err := keep(ctx, file)
			if err != nil {
				return fmt.Errorf("keep the picture %s: %w", picture.Name, err)
			}
			return c.AddPhotoSource(ctx, catalog.PhotoSource{URL: picture.URL(), Hash: kept.Hash, CheckedAt: now, NextAt: neverFetched})
		})
	}
	return group.Wait()
}

func posesOf(i int, coat drawnCoat) []Picture {
	all := scenes()
	scene := func(pose int) func(p *catPicture, width, height float64) { return all[(i+2*pose)%len(all)] }
	// placeCat sets where the middle of the cat is, so that no two pictures are alike.
	placeCat := func(p *catPicture, x, y, scale float64) {
		p.x, p.y, p.scale, p.mirrored = x+float64(i*53%7-3)*24, y, scale, i%2 == 1
	}
	return []Picture{
		{Name: coat.name + "-sitting", Alt: coat.alt + ", sitting.", Width: shortPixels, Height: longPixels, draw: func(p *catPicture) {
			p.drawScene(scene(0))
			placeCat(p, 600, 690, 1.9+0.05*float64(i%3))
			p.sitting(coat)
		}},
		{Name: coat.name + "-lying", Alt: coat.alt + ", lying.", Width: longPixels, Height: shortPixels, draw: func(p *catPicture) {
			p.drawScene(scene(1))
			x := 1060.0
			if i%2 == 1 {
				x = 540
			}
			placeCat(p, x, 710, 1.85+0.05*float64(i%4))
			p.lying(coat)
		}},
		{Name: coat.name + "-face", Alt: coat.alt + ", close up.", Width: longPixels, Height: shortPixels, draw: func(p *catPicture) {
			p.drawScene(scene(2))
			placeCat(p, 800+float64(i%3-1)*90, 560, 3.2+0.2*float64(i%4))
			p.face(coat)
		}},
	}
}

// drawScene draws a scene over the whole picture.
func (p *catPicture) drawScene(scene func(p *catPicture, width, height float64)) {
	p.x, p.y, p.scale, p.mirrored = 0, 0, float64(shortSide)/1000, false
	scene(p, float64(p.Width)/p.scale, float64(p.Height)/p.scale)
}

// drawToys draws a ball of yarn, a mouse and a feather.
func drawToys(p *catPicture) {
	p.drawScene(func(p *catPicture, width, height float64) {
		p.rectangle("#e9dcc3", 0, 0, width, height)
		for i := range 7 {
			p.rectangle("#dfcfb0", 0, float64(i)*150, width, 12)
		}
		p.ellipse("#cf5b74", 420, 560, 240, 240, 0)
		for _, bend := range []float64{-160, -90, -20, 50, 120} {
			p.stroke("#e88ba0", 14, 14, 420+bend*0.9, 360+math.Abs(bend)*0.5, 420+bend+70, 560, 420+bend*0.9, 760-math.Abs(bend)*0.5)
		}
		p.stroke("#cf5b74", 14, 14, 560, 760, 700, 850, 860, 800, 980, 880, 1200, 860)
		p.stroke("#b98f8f", 16, 8, 1140, 600, 1220, 640, 1260, 560, 1300, 590)
		p.blob("#8f97a3", 840, 560, 930, 470, 1060, 470, 1150, 560, 1140, 640, 1000, 660, 860, 640)
		p.ellipse("#b9bfc9", 930, 470, 52, 52, 0)
		p.ellipse("#f0b6b0", 930, 470, 30, 30, 0)
		p.ellipse("#17171c", 900, 570, 13, 15, 0)
		p.ellipse("#f0a0a0", 838, 592, 16, 14, 0)
		p.stroke("#8a6d4f", 18, 18, 760, 60, 900, 200, 1010, 330)
		for i, color := range []string{"#3f8f8b", "#f0b643", "#e4572e"} {
			p.ellipse(color, 1040+float64(i)*34, 330-float64(i)*36, 110, 34, 50-float64(i)*22)
		}
	})
}

// PNG returns the picture as a PNG file. It is the same each time.
func (p Picture) PNG() ([]byte, error) { return p.png(1) }

// png returns the picture as a PNG file, scaled by a factor.
func (p Picture) png(factor float64) ([]byte, error) {
	const units = float64(shortSide) / shortPixels
	scaled := func(side int, factor float64) int { return int(math.Round(float64(side) * factor)) }
	canvas := catPicture{Drawing: drawing.Drawing{Width: scaled(p.Width, units), Height: scaled(p.Height, units)}}
	p.draw(&canvas)
	return canvas.PNG(drawing.Canvas{Width: scaled(p.Width, factor), Height: scaled(p.Height, factor)})
}

// URL returns the address of the picture as a photo. The address does not exist.
func (p Picture) URL() string { return "https://photos.example.org/" + p.Name + ".jpg" }
