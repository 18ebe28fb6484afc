package demo

import "math"

// scenes returns what is drawn behind cats, in the order of drawnCoats. Lengths are in thousandths of
// the shorter side, from the upper left corner; the longer side has 1333.
func scenes() []func(p *catPicture, width, height float64) {
	return []func(p *catPicture, width, height float64){
		livingRoom("#f6d9b8", "#c98d5f", "#e4572e"),
		night,
		garden("#bfe3f5", "#8cc084"),
		window("#cfe0d4", "#b98b62"),
		livingRoom("#f7e3a1", "#8a6d4f", "#4f86a6"),
		garden("#f9d7c3", "#d9b36a"),
		window("#a9c6dd", "#7d5a44"),
		livingRoom("#dcedec", "#d3b48c", "#e7a13d"),
		bookshelf,
	}
}

func (p *catPicture) rectangle(color string, x, y, width, height float64) {
	p.polygon(color, x, y, x+width, y, x+width, y+height, x, y+height)
}

// livingRoom has a floor, a picture on the wall, a rug and a plant.
func livingRoom(wall, floor, accent string) func(p *catPicture, width, height float64) {
	return func(p *catPicture, width, height float64) {
		p.rectangle(wall, 0, 0, width, height)
		p.rectangle(floor, 0, height*0.66, width, height)
		p.rectangle("#fffaf0", 0, height*0.645, width, height*0.02)
		p.rectangle("#7a5a40", width*0.07, height*0.1, width*0.2, height*0.24)
		p.rectangle("#fffaf0", width*0.085, height*0.115, width*0.17, height*0.21)
		p.ellipse(accent, width*0.17, height*0.22, 55, 55, 0)
		p.ellipse(accent, width*0.5, height*0.9, width*0.42, height*0.085, 0)
		p.ellipse("#fff4dd", width*0.5, height*0.9, width*0.34, height*0.062, 0)
		for _, lean := range []float64{-95, -50, 0, 50, 95} {
			p.stroke("#4e8f5b", 30, 8, width*0.87, height*0.6, width*0.87+lean*0.7, height*0.5, width*0.87+lean*1.25, height*0.38+math.Abs(lean)*0.7)
		}
		p.polygon("#b5573a", width*0.81, height*0.58, width*0.93, height*0.58, width*0.915, height*0.74, width*0.825, height*0.74)
	}
}

// night is a window at night, with the moon.
func night(p *catPicture, width, height float64) {
	p.rectangle("#39456b", 0, 0, width, height)
	p.rectangle("#1d2644", width*0.08, height*0.07, width*0.84, height*0.56)
	p.ellipse("#f6e7b0", width*0.76, height*0.2, 80, 80, 0)
	p.ellipse("#1d2644", width*0.72, height*0.18, 68, 68, 0)
	for _, at := range [][2]float64{{0.15, 0.15}, {0.28, 0.11}, {0.2, 0.32}, {0.5, 0.12}, {0.86, 0.4}, {0.62, 0.1}, {0.13, 0.5}} {
		p.ellipse("#f6e7b0", width*at[0], height*at[1], 8, 8, 0)
	}
	p.rectangle("#d8cdbb", width*0.495, height*0.07, width*0.012, height*0.56)
	p.rectangle("#d8cdbb", width*0.05, height*0.62, width*0.9, height*0.04)
	p.rectangle("#5b4a63", 0, height*0.72, width, height*0.28)
	p.ellipse("#8d6c8f", width*0.5, height*0.9, width*0.4, height*0.075, 0)
}

// garden has hills, a sun, clouds and flowers.
func garden(sky, grass string) func(p *catPicture, width, height float64) {
	return func(p *catPicture, width, height float64) {
		p.rectangle(sky, 0, 0, width, height)
		p.ellipse("#ffe48a", width*0.16, height*0.16, 95, 95, 0)
		for _, at := range [][2]float64{{0.72, 0.12}, {0.9, 0.24}, {0.42, 0.2}} {
			p.ellipse("#ffffff", width*at[0], height*at[1], 95, 32, 0)
			p.ellipse("#ffffff", width*at[0]+30, height*at[1]-26, 52, 36, 0)
		}
		p.ellipse("#6ba583", width*0.2, height*0.75, width*0.5, height*0.24, 0)
		p.ellipse("#5a946f", width*0.85, height*0.78, width*0.45, height*0.3, 0)
		p.rectangle(grass, 0, height*0.7, width, height*0.3)
		for i, at := range [][2]float64{{0.06, 0.8}, {0.17, 0.93}, {0.9, 0.84}, {0.8, 0.95}, {0.96, 0.95}, {0.3, 0.97}} {
			color := []string{"#f2637e", "#fff3f0", "#f4b740"}[i%3]
			for _, d := range [][2]float64{{-16, 0}, {16, 0}, {0, -16}, {0, 16}} {
				p.ellipse(color, width*at[0]+d[0], height*at[1]+d[1], 14, 14, 0)
			}
			p.ellipse("#8a5a2b", width*at[0], height*at[1], 9, 9, 0)
		}
	}
}

// window has curtains, a view and a sill.
func window(wall, sill string) func(p *catPicture, width, height float64) {
	return func(p *catPicture, width, height float64) {
		p.rectangle(wall, 0, 0, width, height)
		p.rectangle("#fffaf2", width*0.14, height*0.05, width*0.72, height*0.66)
		p.rectangle("#d8effa", width*0.165, height*0.07, width*0.67, height*0.62)
		p.ellipse("#a8cfa0", width*0.36, height*0.69, width*0.19, height*0.12, 0)
		p.ellipse("#7fb38a", width*0.66, height*0.69, width*0.17, height*0.16, 0)
		p.rectangle("#d8effa", width*0.165, height*0.69, width*0.67, height*0.01)
		p.rectangle(wall, 0, height*0.7, width, height*0.3)
		p.rectangle("#fffaf2", width*0.49, height*0.05, width*0.02, height*0.65)
		p.rectangle("#fffaf2", width*0.14, height*0.34, width*0.72, height*0.02)
		for _, left := range []bool{true, false} {
			x := func(share float64) float64 {
				if left {
					return width * share
				}
				return width * (1 - share)
			}
			p.polygon("#d9705a", x(0.06), 0, x(0.27), 0, x(0.22), height*0.3, x(0.16), height*0.5, x(0.19), height*0.75, x(0.06), height*0.75)
			p.polygon("#c25e4a", x(0.11), 0, x(0.14), 0, x(0.13), height*0.75, x(0.1), height*0.75)
		}
		p.rectangle(sill, 0, height*0.8, width, height*0.2)
		p.rectangle("#fffaf2", 0, height*0.79, width, height*0.02)
	}
}

// bookshelf has books on two shelves, and a cushion.
func bookshelf(p *catPicture, width, height float64) {
	p.rectangle("#6d4c3d", 0, 0, width, height)
	colors := []string{"#b5473c", "#e3b04b", "#4d7c8a", "#f1e4cf", "#7a9e7e", "#3d405b"}
	for shelf := range 2 {
		bottom := height * (0.3 + 0.33*float64(shelf))
		p.rectangle("#4e3529", 0, bottom-height*0.25, width, height*0.25)
		x := width * 0.03
		for i := 0; x < width*0.94; i++ {
			thickness := 38 + float64((i*17+shelf*11)%34)
			tall := height * (0.16 + 0.02*float64((i*5+shelf*3)%4))
			p.rectangle(colors[(i*7+shelf*2)%len(colors)], x, bottom-tall, thickness-5, tall)
			x += thickness
		}
	}
	p.rectangle("#c9a27e", 0, height*0.7, width, height*0.3)
	p.ellipse("#5d8a8f", width*0.5, height*0.9, width*0.4, height*0.085, 0)
	p.ellipse("#79a7a8", width*0.5, height*0.88, width*0.36, height*0.06, 0)
}
